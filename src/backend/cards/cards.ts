/** Verbs on cards: apply, dispatch, set up, deliver, suspend, abolish. Always by serial (P6). */
import { record } from '../audit/record.ts'
import { endCertificatesOf } from '../ca/revoke.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import type { Queries } from '../store/store.ts'
import { type CardRow, type CardState, cardBySerial, moveCard } from './card-states.ts'
import { mustBeChecked } from './identity-checks.ts'
import type { People } from './people.ts'

export const CARD_CRASH_POINTS = ['card.start', 'card.committed'] as const

export interface Application {
  readonly serial: string
  readonly holder: string
  readonly expires: string
  readonly faceAuth: boolean
}

/** What the terminal read from the chip right before the hand-over (P7). */
export interface SelfTest {
  readonly applicationsSelect: boolean
  readonly pinsVerify: boolean
  readonly certificatesGood: boolean
}

export type CardOrder =
  | { readonly to: 'dispatched' | 'setUp' | 'suspended' | 'abolished' }
  /** `identity` at counters with staff: the check of the person who takes the card. */
  | {
      readonly to: 'delivered'
      readonly selfTest: SelfTest
      readonly identity?: { readonly check: string | undefined }
    }

export interface CardAnswer {
  readonly serial: string
  readonly state: CardState
}

/** Registers a card that was applied for. */
export async function applyForCard(
  context: Context,
  people: People,
  application: Application,
  by: Actor,
  named: Request,
): Promise<CardAnswer> {
  const now = context.clock.now()
  const { serial, holder, expires, faceAuth } = application
  return context.store.transaction((tx) =>
    idempotent(tx, named, now, async () => {
      const person = await people.get(tx, holder)
      if (person.status === 'left') throw new Refusal('notEntitled', 'not in the register')
      if ((await tx.get('SELECT serial FROM card WHERE serial = ?', serial)) !== undefined)
        throw new Refusal('cardExists')
      await tx.run(
        `INSERT INTO card (serial, holder, municipality, state, state_at, expires, face_auth, set_up_for, at)
         VALUES (?, ?, ?, 'applied', ?, ?, ?, NULL, ?)`,
        serial,
        holder,
        person.municipality,
        now,
        expires,
        faceAuth ? 1 : 0,
        now,
      )
      await record(tx, { ...by, procedure: 'card.applied', holder, object: `card ${serial}`, result: 'done' }, now)
      return { serial, state: 'applied' as const }
    }),
  )
}

/** Moves a card on. Throws `cardState`, `cardOutdated`, `selfTestFailed`, `cardElsewhere`, `identityNotChecked`. */
export async function moveCardOn(
  context: Context,
  people: People,
  serial: string,
  order: CardOrder,
  by: Actor,
  named: Request,
): Promise<CardAnswer> {
  const { store, clock, crash } = context
  crash('card.start')
  const at = clock.now()
  const answer = await store.transaction((tx) =>
    idempotent(tx, named, at, async () => {
      const card = await cardBySerial(tx, serial)
      if (order.to === 'delivered') {
        await mayDeliver(tx, people, card, order.selfTest)
        if (order.identity !== undefined) await mustBeChecked(tx, card, 'delivery', order.identity.check, by, at)
      }
      const person = await people.get(tx, card.holder)
      const setUp = order.to === 'setUp' ? { setUpFor: person.version, municipality: person.municipality } : {}
      if (order.to === 'setUp' && person.status === 'left') throw new Refusal('notEntitled', 'not in the register')
      await moveCard(tx, { card, to: order.to, by, at, ...setUp })
      if (order.to === 'suspended') await endCertificatesOf(tx, serial, { to: 'held' }, by, at)
      if (order.to === 'abolished')
        await endCertificatesOf(tx, serial, { to: 'revoked', reason: 'cessationOfOperation' }, by, at)
      return { serial, state: order.to }
    }),
  )
  crash('card.committed')
  return answer
}

/** P5, P7: the chip passed its self-test, and was set up for what the register says of its holder now. */
async function mayDeliver(tx: Queries, people: People, card: CardRow, selfTest: SelfTest): Promise<void> {
  if (!selfTest.applicationsSelect || !selfTest.pinsVerify || !selfTest.certificatesGood)
    throw new Refusal('selfTestFailed')
  const person = await people.get(tx, card.holder)
  if (person.status === 'left') throw new Refusal('notEntitled', 'not in the register')
  if (card.municipality !== person.municipality) throw new Refusal('cardElsewhere')
  if (card.state === 'setUp' && card.set_up_for !== person.version) throw new Refusal('cardOutdated')
  const pending = await tx.get("SELECT id FROM cert WHERE card = ? AND state IN ('reserved', 'signed')", card.serial)
  if (pending !== undefined) throw new Refusal('selfTestFailed', 'a certificate on it is not proven')
  const other = "SELECT serial FROM card WHERE holder = ? AND serial <> ? AND state IN ('delivered', 'suspended')"
  if ((await tx.get(other, card.holder, card.serial)) !== undefined) throw new Refusal('otherCardDelivered')
}
