/** A backend, an invented town and its cards: what `npm start`, the end-to-end tests and demonstrations happen in. All simulated. */
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { masterKey } from '../../src/backend/keys/master-key.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { HttpPort } from '../../src/host/http-port.ts'
import { DEMO_STAFF, prepareTown } from '../backend/demo.ts'
import { type Running, runBackend } from '../backend/run.ts'
import { plainHttpPort } from '../testkit/http-port.ts'
import { forgottenCards, type KeptCards, keptCards } from './kept-cards.ts'
import { makeCard, TOWN } from './make-card.ts'
import { type CardWords, SPECIMEN_NAMES, SPECIMENS, type Specimen, TWIN } from './specimens.ts'

export interface WorldCard {
  readonly words: CardWords
  readonly card: SimulatedCard
}

export interface WorldOptions {
  /** Keeps everything in this folder, and goes on from there; forgotten at the end when left out. */
  readonly data?: string
  readonly clock?: Clock
  readonly log?: (event: object) => void
  /** Told what is going on, with the share that is done. */
  readonly progress?: (done: number, of: number) => void
}

const SAVE_MS = 250

export class World implements AsyncDisposable {
  readonly cards: ReadonlyMap<string, WorldCard>
  readonly #running: Running
  readonly #kept: KeptCards
  readonly #forget: () => void
  readonly #timer: NodeJS.Timeout
  #saving: Promise<void> = Promise.resolve()

  constructor(cards: ReadonlyMap<string, WorldCard>, running: Running, kept: KeptCards, forget: () => void) {
    this.cards = cards
    this.#running = running
    this.#kept = kept
    this.#forget = forget
    this.#timer = setInterval(() => {
      // A disk that is full for a moment: the next round tries again, and whoever closes the world hears of it.
      this.save().catch(() => {})
    }, SAVE_MS).unref()
  }

  get backend(): Backend {
    return this.#running.backend
  }

  /** `http://127.0.0.1:…`: terminals name themselves here, which is only allowed on one machine. */
  get address(): string {
    return this.#running.address
  }

  /** How a terminal of this machine reaches the backend. */
  get line(): HttpPort {
    return plainHttpPort(this.address)
  }

  /** By its name; throws RangeError. */
  card(name: string): SimulatedCard {
    const found = this.cards.get(name)
    if (found === undefined) throw new RangeError(`there is no specimen card "${name}"`)
    return found.card
  }

  /** What was written to the cards is on the disk. */
  async save(): Promise<void> {
    const saved = this.#saving.then(() => this.#kept.save(this.cards))
    this.#saving = saved.catch(() => {})
    await saved
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      await this.save()
    } finally {
      await this.#running.stop()
      this.#forget()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Throws `StoreRefused` where another process has the folder, `CardImageError` for a spoilt card. */
export async function openWorld({ data, clock, log = () => {}, progress }: WorldOptions = {}): Promise<World> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'madoguchi-world-'))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const forget = () => {
    if (data === undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const running = await runBackend({
      ...{
        place: { folder },
        crlFolder: join(folder, 'crl'),
        ceremony: CEREMONY,
        simulation: true,
        prepare: prepareTown,
      },
      ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'simulation', log },
      master: data === undefined ? createSecretKey(randomBytes(32)) : masterKey(join(folder, 'master.key'), true),
      ...(clock && { clock }),
    })
    try {
      const kept = data === undefined ? forgottenCards : await keptCards(join(folder, 'cards'))
      const cards = await makeCards(running.backend, kept, progress)
      await kept.save(cards)
      return new World(cards, running, kept, forget)
    } catch (error) {
      await running.stop()
      throw error
    }
  } catch (error) {
    forget()
    throw error
  }
}

/** The cards of today are RSA cards: their generation of authorities is enough. */
const standard = JSON.parse(readFileSync(new URL('../backend/ceremony.json', import.meta.url), 'utf8'))
const CEREMONY = {
  authorities: standard.authorities.filter(({ algorithm }: { algorithm: string }) => algorithm === 'rsa2048-sha256'),
}

async function makeCards(
  backend: Backend,
  kept: KeptCards,
  progress: WorldOptions['progress'] = () => {},
): Promise<ReadonlyMap<string, WorldCard>> {
  const { parts, people } = backend
  const known = await parts.store.get("SELECT id FROM person WHERE id = 'twin'")
  if (known === undefined) await parts.store.transaction((tx) => people.add(tx, 'twin', TOWN, TWIN, parts.clock.now()))
  let done = 0
  const of = SPECIMEN_NAMES.length + DEMO_STAFF.length
  const one = async (name: string, words: CardWords, make: () => Promise<CardImage>) => {
    const image = (await kept.load(name)) ?? (await make())
    progress(++done, of)
    return [name, { words, card: SimulatedCard.fromImage(image) }] as const
  }
  return new Map(
    await Promise.all([
      ...SPECIMEN_NAMES.map((name) => {
        const specimen: Specimen = SPECIMENS[name]
        return one(name, specimen.words, () => makeCard(backend, name, specimen))
      }),
      ...DEMO_STAFF.map(({ operator, name, cardSerial }) => {
        const make = () => makeCardImage('resident', { serial: cardSerial, holder: { name } })
        const short = name.replace('　', ' ')
        return one(operator, { ja: [short, '職員証'], en: [short, 'Staff card'] }, make)
      }),
    ]),
  )
}
