/** Sessions and steps in the database: what a script says is durable before it goes out, what was answered before the next one (rule 10). */

import { equal } from '../../base/bytes.ts'
import type { CardScript, ScriptProcedureName, ScriptReport } from '../../wire/card-script.ts'
import { record } from '../audit/record.ts'
import type { Actor } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { bodyHash, KeyReused, type Request } from '../store/idempotency.ts'
import type { Queries, Reads, Row } from '../store/store.ts'
import { statusWordOf } from './compose.ts'

export interface SessionRow extends Row {
  readonly id: string
  readonly procedure_name: ScriptProcedureName
  readonly card: string
  readonly terminal: string
  readonly operator: string
  readonly state: 'open' | 'finished' | 'refused'
  readonly seq: number
  readonly sealed: Uint8Array
  readonly at: number
  readonly touched_at: number
  readonly reservation: string | null
  readonly open_key: string
  readonly open_hash: Uint8Array
}

/** A session that nobody asked for this long is over; its terminal opens another one. */
export const SESSION_MS = 24 * 3_600_000

/** Throws `unknownSession`: also for one of another terminal, or too old. */
export async function sessionOf(store: Reads, id: string, terminal: string, now: number): Promise<SessionRow> {
  const row = await store.get<SessionRow>('SELECT * FROM script_session WHERE id = ?', id)
  if (row === undefined || row.terminal !== terminal || now - row.touched_at > SESSION_MS)
    throw new Refusal('unknownSession')
  return row
}

/** The session that the same request opened before. Throws `KeyReused`. */
export async function openedBy(store: Reads, request: Request): Promise<SessionRow | undefined> {
  const { actor, key } = request
  const row = await store.get<SessionRow>(
    'SELECT * FROM script_session WHERE terminal = ? AND open_key = ?',
    actor,
    key,
  )
  if (row !== undefined && !equal(row.open_hash, bodyHash(request)))
    throw new KeyReused('this idempotency key belongs to another request')
  return row
}

/** Other open ones of the same procedure, card and terminal. */
export const openSessions = (store: Reads, { procedure_name, card, terminal }: SessionRow): Promise<SessionRow[]> =>
  store.all<SessionRow>(
    "SELECT * FROM script_session WHERE card = ? AND state = 'open' AND procedure_name = ? AND terminal = ?",
    card,
    procedure_name,
    terminal,
  )

export interface PendingSession {
  readonly session: string
  readonly procedure: ScriptProcedureName
  readonly terminal: string
  readonly at: number
  readonly touchedAt: number
}

/** Sessions of a card that are open and not too old, oldest first. */
export async function pendingSessions(store: Reads, card: string, now: number): Promise<PendingSession[]> {
  const rows = await store.all<SessionRow>(
    "SELECT * FROM script_session WHERE card = ? AND state = 'open' AND touched_at >= ? ORDER BY id",
    card,
    now - SESSION_MS,
  )
  return rows.map(({ id, procedure_name, terminal, at, touched_at }) => ({
    ...{ session: id, procedure: procedure_name, terminal, at, touchedAt: touched_at },
  }))
}

export const insertSession = (tx: Queries, row: SessionRow): Promise<number> =>
  tx.run(
    `INSERT INTO script_session (id, procedure_name, card, terminal, operator, state, seq, sealed, at, touched_at, reservation,
       open_key, open_hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.id,
    row.procedure_name,
    row.card,
    row.terminal,
    row.operator,
    row.state,
    row.seq,
    row.sealed,
    row.at,
    row.touched_at,
    row.reservation,
    row.open_key,
    row.open_hash,
  )

export interface Advance {
  readonly session: SessionRow
  readonly state: SessionRow['state']
  readonly sealed: Uint8Array
  readonly script?: CardScript
  readonly report?: ScriptReport
  /** For the audit log, when the session ends. */
  readonly result?: string
  readonly holder: string
  readonly by: Actor
  readonly at: number
}

/** By compare-and-set on the sequence number. False: the same report was answered by somebody else; nothing was written. */
export async function advance(tx: Queries, step: Advance): Promise<boolean> {
  const { session, script, report, at } = step
  const touched = await tx.run(
    "UPDATE script_session SET state = ?, seq = ?, sealed = ?, touched_at = ? WHERE id = ? AND seq = ? AND state = 'open'",
    step.state,
    script?.seq ?? session.seq,
    step.sealed,
    at,
    session.id,
    session.seq,
  )
  if (touched === 0) return false
  for (const [i, answer] of (report?.answers ?? []).entries())
    await tx.run(
      'UPDATE script_step SET sw = ? WHERE session = ? AND seq = ? AND step = ?',
      statusWordOf(answer),
      session.id,
      session.seq,
      i,
    )
  if (script !== undefined) await writeSteps(tx, script)
  if (step.state !== 'open')
    await record(
      tx,
      {
        ...step.by,
        procedure: `script.${session.procedure_name}.${step.state}`,
        holder: step.holder,
        object: `card ${session.card}`,
        result: step.result ?? 'done',
      },
      at,
    )
  return true
}

/** Ends sessions that nobody asked for any more; keys of channels and one-time values go with them. Returns how many. */
export const forgetSessions = (tx: Queries, now: number): Promise<number> =>
  tx.run(
    "UPDATE script_session SET state = 'refused', sealed = ? WHERE state = 'open' AND touched_at < ?",
    new Uint8Array(0),
    now - SESSION_MS,
  )

export async function writeSteps(tx: Queries, { session, seq, steps }: CardScript): Promise<void> {
  for (const [i, { label }] of steps.entries())
    await tx.run(
      'INSERT INTO script_step (session, seq, step, label, sw) VALUES (?, ?, ?, ?, NULL)',
      session,
      seq,
      i,
      label,
    )
}
