/** A town from nothing, in a folder: authorities, register, staff and cards, all simulated. Whoever opens the folder goes on from there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { openBackend } from '../../src/backend/backend.ts'
import { tendResponders } from '../../src/backend/ca/responder.ts'
import { masterKey } from '../../src/backend/keys/master-key.ts'
import type { Clock } from '../../src/base/clock.ts'
import { addMonths, dateInJapan, endOfDay } from '../../src/pki/validity.ts'
import { prepareTown } from '../backend/demo.ts'
import type { Cards } from './kept-cards.ts'
import { makeCard, TOWN } from './make-card.ts'
import { type CardWords, SPECIMEN_NAMES, SPECIMENS, type Specimen, TWIN } from './specimens.ts'
import { STAFF_CARDS } from './staff-cards.ts'

/** Certificates are good for five birthdays: who got them when the town was founded has expired ones. */
const FOUNDED_MONTHS_AGO = 72

/** What every card of the town is called, by its name in the folder. */
export const CARD_WORDS: ReadonlyMap<string, CardWords> = new Map<string, CardWords>([
  ...SPECIMEN_NAMES.map((name) => [name, SPECIMENS[name].words] as const),
  ...STAFF_CARDS.map(({ name, words }) => [name, words] as const),
])

export const placesIn = (folder: string) => ({
  place: { folder },
  crlFolder: join(folder, 'crl'),
  cards: join(folder, 'cards'),
  masterKey: join(folder, 'master.key'),
})

/** The cards of the town, nowhere kept yet. `told` hears of each one that is done. */
export async function foundTown(folder: string, clock: Clock, told: () => void): Promise<Cards> {
  const { place, crlFolder, masterKey: key } = placesIn(folder)
  const founded = endOfDay(addMonths(dateInJapan(clock.now()), -FOUNDED_MONTHS_AGO))
  let early = true
  const history: Clock = { now: () => (early ? founded : clock.now()) }
  const backend = await openBackend({
    ...{ place, crlFolder, ceremony: CEREMONY, simulation: true, clock: history, master: masterKey(key, true) },
  })
  const made = new Map<string, SimulatedCard>()
  const make = async (name: string, image: Promise<CardImage>) => {
    made.set(name, SimulatedCard.fromImage(await image))
    told()
  }
  const makeThose = (chosen: (specimen: Specimen) => boolean) =>
    SPECIMEN_NAMES.filter((name) => chosen(SPECIMENS[name])).map((name) =>
      make(name, makeCard(backend, name, SPECIMENS[name])),
    )
  try {
    await prepareTown(backend)
    await Promise.all(makeThose((specimen) => specimen.early === true))
    early = false
    const { parts, people } = backend
    await Promise.all([
      // Theirs of six years ago have run out.
      tendResponders(parts),
      parts.store.transaction((tx) => people.add(tx, 'twin', TOWN, TWIN, clock.now())),
      ...makeThose((specimen) => specimen.early !== true),
      ...STAFF_CARDS.map(({ name, image }) => make(name, image(clock))),
    ])
    return made
  } finally {
    await backend.close()
  }
}

/** The cards of today are RSA cards: their generation of authorities is enough. */
const standard = JSON.parse(readFileSync(new URL('../backend/ceremony.json', import.meta.url), 'utf8'))
const CEREMONY = {
  authorities: standard.authorities
    .filter(({ algorithm }: { algorithm: string }) => algorithm === 'rsa2048-sha256')
    .map((authority: object) => ({ ...authority, validYears: 20 })),
}
