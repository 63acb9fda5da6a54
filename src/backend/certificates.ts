/** Orders for certificates as a terminal gives them: the person, card and town are looked up, the rules of who may have what applied. */
import { noSubstitutes, type PersonalData } from '../pki/personal-data.ts'
import { ageOn, type CalendarDate, dateInJapan } from '../pki/validity.ts'
import { type Issued, type IssueParts, issue } from './ca/issue.ts'
import type { CertificateKind } from './ca/kinds.ts'
import type { Order } from './ca/order.ts'
import { cardBySerial } from './cards/card-states.ts'
import type { People, Person } from './cards/people.ts'
import type { Actor } from './context.ts'
import { Refusal } from './refusal.ts'
import type { Queries } from './store/store.ts'
import { mustServe, townOf } from './towns/gate.ts'

export interface CertificateOrder {
  readonly kind: CertificateKind
  /** Serial of the card; for the phone's kinds the card that vouches for it. */
  readonly card: string
  /** Id of the phone, for its kinds. */
  readonly phone?: string
  readonly publicKey: Uint8Array
  readonly by: Actor
  readonly key: string
  readonly body: string
}

/** 署名用 from this age on (facts 7.1). */
const SIGN_AGE = 15

/** Issues after the register: throws what `issue` throws, and `unknownCard`, `notEntitled`, `townDown`, `cardState`. */
export async function orderCertificate(parts: IssueParts, people: People, asked: CertificateOrder): Promise<Issued> {
  const card = await cardBySerial(parts.store, asked.card)
  const person = await people.get(parts.store, card.holder)
  const town = townOf(person.municipality)
  await mustServe(parts.store, town.code, 'counter')
  const onPhone = asked.kind === 'phoneSign' || asked.kind === 'phoneAuth'
  if (card.state === 'suspended' || card.state === 'abolished' || card.state === 'applied')
    throw new Refusal('cardState', card.state)
  if (onPhone && card.state !== 'delivered') throw new Refusal('cardState', card.state)
  if (onPhone !== (asked.phone !== undefined)) throw new Refusal('badInput', 'phone')
  mayHave(person, asked.kind, card.face_auth === 1, dateInJapan(parts.clock.now()))
  const order: Order = {
    kind: asked.kind,
    holder: person.id,
    card: asked.phone ?? card.serial,
    municipality: { code: town.code, prefecture: town.romanPrefecture, name: town.romanName },
    birth: person.birth,
    cardExpiry: card.expires,
    abroad: person.abroad,
    personalData: personalDataFor(person),
    publicKey: asked.publicKey,
  }
  // Between looking up and reserving the register may change; a certificate must never say what it no longer says (P5).
  const mustStillHold = async (tx: Queries) => {
    const { version } = await people.get(tx, person.id)
    const { state } = await cardBySerial(tx, card.serial)
    if (version !== person.version || state !== card.state) throw new Refusal('registerChanged')
  }
  return issue(parts, { order, by: asked.by, key: asked.key, body: asked.body, mustStillHold })
}

/** F13: no signature certificate on a face-authentication card; none under 15; none for who left the register. */
function mayHave(person: Person, kind: CertificateKind, faceAuth: boolean, today: CalendarDate): void {
  if (person.status === 'left') throw new Refusal('notEntitled', 'not in the register')
  if (kind === 'auth') return
  if (faceAuth) throw new Refusal('notEntitled', 'face-authentication card')
  if ((kind === 'sign' || kind === 'phoneSign') && ageOn(today, person.birth) < SIGN_AGE)
    throw new Refusal('notEntitled', 'under 15')
}

const ERAS: readonly (readonly [CalendarDate, string])[] = [
  ['20190501', '5'],
  ['19890108', '4'],
  ['19261225', '3'],
  ['19120730', '2'],
  ['18680125', '1'],
]

/** Era digit and Gregorian date (facts 5.4). */
const birthOf = (birth: CalendarDate) => `${ERAS.find(([start]) => birth >= start)?.[1] ?? '0'}${birth}`

const personalDataFor = ({ name, sex, birth, address }: Person): PersonalData => ({
  name,
  nameSubstitutes: noSubstitutes(name),
  sex,
  birth: birthOf(birth),
  address,
  addressSubstitutes: noSubstitutes(address),
})
