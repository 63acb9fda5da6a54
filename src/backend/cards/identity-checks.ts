/** Identity checks at counters (F05, F58): recorded by who looked, good for half an hour, one card and one purpose (decision 0163). */
import type { IdentityCheck, IdentityPurpose } from '../../wire/backend-card-work.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import { newId } from '../store/ids.ts'
import type { Reads, Row } from '../store/store.ts'
import { type CardRow, cardBySerial } from './card-states.ts'

export const CHECKED_MS = 30 * 60_000

interface CheckRow extends Row {
  readonly purpose: IdentityPurpose
}

/** Throws `unknownCard`; `identityRefused` for somebody whose face is not that of the photo, which is kept in the audit log alone. */
export async function recordIdentityCheck(
  { store, clock }: Context,
  card: string,
  { documents, face, proxy, purpose }: IdentityCheck,
  by: Actor,
  named: Request,
): Promise<{ readonly check: string; readonly expiresAt: number }> {
  const at = clock.now()
  const recorded = await store.transaction((tx) =>
    idempotent(tx, named, at, async () => {
      const { holder } = await cardBySerial(tx, card)
      const isThem = face !== 'different'
      const procedure = isThem ? 'identity.checked' : 'identity.refused'
      const looked = [
        purpose,
        `face ${face}`,
        ...documents,
        ...(proxy === undefined ? [] : [`proxy ${proxy.relation}`]),
      ]
      await record(tx, { ...by, procedure, holder, object: `card ${card}`, result: looked.join(', ') }, at)
      if (!isThem) return null
      const id = newId(at)
      const expiresAt = at + CHECKED_MS
      const papers = [JSON.stringify(documents), face, proxy === undefined ? null : JSON.stringify(proxy)] as const
      await tx.run(
        `INSERT INTO identity_check (id, card, operator, terminal, purpose, documents, face, proxy, at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, card, by.operator ?? '', by.terminal, purpose, ...papers, at, expiresAt],
      )
      return { check: id, expiresAt }
    }),
  )
  if (recorded === null) throw new Refusal('identityRefused')
  return recorded
}

/** Throws `identityNotChecked`. One check for a delivery is also good for the first PINs, which are set in it. */
export async function mustBeChecked(
  store: Reads,
  { serial, state }: CardRow,
  purpose: IdentityPurpose,
  check: string | undefined,
  by: Actor,
  now: number,
): Promise<void> {
  const row = await store.get<CheckRow>(
    'SELECT purpose FROM identity_check WHERE id = ? AND card = ? AND operator = ? AND expires_at > ?',
    ...[check ?? '', serial, by.operator ?? '', now],
  )
  const fits = row?.purpose === purpose || (row?.purpose === 'delivery' && state === 'setUp')
  if (!fits) throw new Refusal('identityNotChecked')
}
