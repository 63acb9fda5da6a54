/** The card at a glance, for whoever has it on the reader: state, certificates, what is unfinished, and for staff whose it is. */
import type { OpenWrite } from '../../wire/backend-card-work.ts'
import { record } from '../audit/record.ts'
import type { CertRow } from '../ca/states.ts'
import type { Actor, Context } from '../context.ts'
import { type PendingSession, pendingSessions } from '../scripts/journal.ts'
import { type CardRow, cardBySerial } from './card-states.ts'
import { openWrites } from './card-writes.ts'
import type { People, Person } from './people.ts'

export interface Glance {
  readonly card: CardRow
  readonly certificates: readonly CertRow[]
  readonly scripts: readonly PendingSession[]
  readonly writes: readonly OpenWrite[]
  readonly person?: Person
}

/** `staff`: the holder's entry of the register too, and a line that it was shown. Throws `unknownCard`. */
export async function glance(
  { store, clock }: Context,
  people: People,
  serial: string,
  by: Actor,
  staff: boolean,
): Promise<Glance> {
  const card = await cardBySerial(store, serial)
  const certificates = await store.all<CertRow>('SELECT * FROM cert WHERE card = ? ORDER BY id', serial)
  const scripts = await pendingSessions(store, serial, clock.now())
  const writes = await openWrites(store, serial)
  if (!staff) return { card, certificates, scripts, writes }
  const { holder } = card
  await store.transaction((tx) =>
    record(tx, { ...by, procedure: 'card.shown', holder, object: `card ${serial}`, result: 'done' }, clock.now()),
  )
  return { card, certificates, scripts, writes, person: await people.get(store, holder) }
}
