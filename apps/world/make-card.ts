/** A specimen and its card, brought to where they stand: registered, certificates issued by the backend and proven by the card's keys. */
import { pooledKeys } from '../../applets-sim/factory/key-source.ts'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { confirm } from '../../src/backend/ca/confirm.ts'
import { applyForCard, moveCardOn } from '../../src/backend/cards/cards.ts'
import { registryEvent } from '../../src/backend/cards/registry-events.ts'
import { orderCertificate } from '../../src/backend/certificates.ts'
import { hex } from '../../src/base/hex.ts'
import { addMonths, dateInJapan } from '../../src/pki/validity.ts'
import type { Specimen } from './specimens.ts'

export const TOWN = '132217'
/** Where who moved away from `TOWN` lives now. */
const OTHER_TOWN = '132209'
const BY = { terminal: 'world' }

/** EFs of the JPKI application: the certificate, and the one of its authority (facts 2.6). */
const FILES = { sign: ['0001', '0002'], auth: ['000A', '000B'] } as const

const named = (key: string) => ({ actor: 'world', key, body: key })

/** Registers person and card, and gives the image of the card. */
export async function makeCard(backend: Backend, holder: string, specimen: Specimen): Promise<CardImage> {
  const { parts, people } = backend
  const { serial, person, profile, reached, faceAuth = false, changes = {} } = specimen
  const now = parts.clock.now()
  await parts.store.transaction((tx) => people.add(tx, holder, TOWN, person, now))
  // Valid as printed on a card made last year.
  const expires = `${Number(addMonths(dateInJapan(now), -12).slice(0, 4)) + 10}${person.birth.slice(4)}`
  await applyForCard(parts, people, { serial, holder, expires, faceAuth }, BY, named(`${serial} applied`))
  const move = (order: Parameters<typeof moveCardOn>[3]) =>
    moveCardOn(parts, people, serial, order, BY, named(`${serial} ${order.to}`))
  await move({ to: 'dispatched' })
  const { name, sex, birth, address } = person
  const image = await makeCardImage(
    profile,
    { serial, cardExpiry: expires, ...changes, holder: { name, sex, birth, address } },
    { clock: parts.clock },
  )
  const cells: Record<string, Record<string, string>> = {
    ...image.cells,
    isd: { ...image.cells['isd'], '00CF': `CF0A0000${serial}0` },
  }
  if (reached !== 'dispatched') {
    cells['jpki'] = { ...cells['jpki'] }
    for (const kind of ['sign', 'auth'] as const)
      if (FILES[kind][0] in cells['jpki']) Object.assign(cells['jpki'], await certificateCells(backend, serial, kind))
    await move({ to: 'setUp' })
  }
  if (reached === 'delivered')
    await move({ to: 'delivered', selfTest: { applicationsSelect: true, pinsVerify: true, certificatesGood: true } })
  if (specimen.later === 'moved') {
    const event = { kind: 'moved', municipality: OTHER_TOWN, address: '東京都東大和市見本１－１' } as const
    await registryEvent(parts, people, { id: `${holder} moved`, holder, event }, BY)
  }
  return { ...image, cells }
}

/** Ordered, signed with the card's own key over the challenge, active: as a terminal does it, without the terminal. */
async function certificateCells({ parts, people }: Backend, card: string, kind: 'sign' | 'auth') {
  const key = pooledKeys(kind, card)
  const order = { kind, card, publicKey: key.spki, by: BY, key: `${card} ${kind}`, body: `${card} ${kind}` }
  const { issuer, serial, certificate, authority, challenge } = await orderCertificate(parts, people, order)
  await confirm(parts, {
    ...{ issuer, serial, signature: key.sign(challenge), readBack: certificate },
    ...{ by: BY, key: `${card} ${kind} proof`, body: `${card} ${kind} proof` },
  })
  const [own, authoritys] = FILES[kind]
  return { [own]: hex(certificate), [authoritys]: hex(authority) }
}
