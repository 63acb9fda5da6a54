/**
 * A restored backup is behind: what the audit log says happened after it is applied before anybody may use it (rule 14). Ends of
 * certificates are carried out, serials given out since are never given again, and the log goes on where it had been.
 */
import { REASON } from '../../pki/reason.ts'
import type { CertState, Reason } from '../ca/states.ts'
import type { Migration } from '../store/migrate.ts'
import type { Queries, Reads, Store } from '../store/store.ts'
import { StoreRefused } from '../store/store.ts'
import { type LogLine, logSize, restoreLine, storedKey } from './log.ts'
import { verifyExport } from './verify.ts'

export const restoredTables: Migration = {
  name: 'restored',
  statements: ['CREATE TABLE restored (id TEXT PRIMARY KEY, at BIGINT NOT NULL)'],
}

/** The row that a backup brings with it. */
export const RESTORED = 'backup'

/** When the backup was made that this database comes from, while the audit log was not applied. */
export async function restoredAt(store: Reads): Promise<number | undefined> {
  return (await store.get<{ at: number }>('SELECT at FROM restored WHERE id = ?', RESTORED))?.at
}

/** Rule 14: nobody uses a restored backup before. Throws `StoreRefused`. */
export async function mustBeReapplied(store: Reads): Promise<void> {
  const at = await restoredAt(store)
  if (at === undefined) return
  const day = new Date(at).toISOString().slice(0, 10)
  throw new StoreRefused(
    `This database is a backup of ${day}; "madoguchi backend restore" must apply the audit log to it first.`,
  )
}

export interface Reapplied {
  /** Lines of the log that were newer than the backup. */
  readonly lines: number
  /** Certificates ended by them. */
  readonly ended: number
}

const ENDS: Readonly<Record<string, CertState>> = {
  'certificate.held': 'held',
  'certificate.revoked': 'revoked',
  'certificate.void': 'void',
}

/**
 * Applies an export of the log to a store opened on a backup. The export must verify under the log's own key, and contain the log
 * of the backup as its beginning. Throws `StoreRefused` in one sentence; nothing is changed then.
 */
export async function reapply(store: Store, exported: readonly string[]): Promise<Reapplied> {
  const key = await storedKey(store)
  if (key === undefined)
    throw new StoreRefused('This backup is older than its audit log; nothing can be checked against it.')
  const verified = await verifyExport(exported, key.publicKey)
  if (!verified.ok) {
    const where = verified.line === undefined ? '' : ` at line ${verified.line}`
    throw new StoreRefused(`The export of the audit log does not verify: ${verified.problem}${where}.`)
  }
  const lines = exported.slice(0, verified.size).map((line) => JSON.parse(line) as LogLine)
  return store.transaction(async (tx) => {
    const size = await logSize(tx)
    if (size > lines.length) throw new StoreRefused('The export of the audit log is older than the backup.')
    const known = await tx.get<{ id: string }>('SELECT id FROM audit WHERE position = ?', size - 1)
    if (size > 0 && known?.id !== lines[size - 1]?.id)
      throw new StoreRefused('The export of the audit log is of another database.')
    // Lines that had no position yet in the backup have theirs in the export.
    await tx.run('DELETE FROM audit WHERE position IS NULL')
    let ended = 0
    for (const line of lines.slice(size)) {
      await restoreLine(tx, line)
      ended += await applyLine(tx, line)
    }
    await tx.run('DELETE FROM restored WHERE id = ?', RESTORED)
    return { lines: lines.length - size, ended }
  })
}

async function applyLine(tx: Queries, { procedure, object, result, at }: LogLine): Promise<number> {
  const [, issuer, digits] = /^certificate (\S+) (\d+)$/.exec(object) ?? []
  if (issuer === undefined) return 0
  const serial = Number(digits)
  // A serial given out after the backup is gone with it, and never given again.
  await tx.run(
    'UPDATE issuer SET next_index = ? - first_serial + 1 WHERE id = ? AND next_index <= ? - first_serial',
    serial,
    issuer,
    serial,
  )
  const to = ENDS[procedure]
  if (to === undefined) return 0
  const reason = REASON[result as Reason] ?? REASON.unspecified
  // By the log's word, from whatever state the backup knew; a state that is further on already stays.
  return tx.run(
    `UPDATE cert SET state = ?, ended_at = COALESCE(ended_at, ?), reason = ?
     WHERE issuer = ? AND serial = ? AND state <> ? AND state NOT IN ('revoked', 'void')`,
    to,
    at,
    reason,
    issuer,
    serial,
    to,
  )
}
