/** One line of the audit log: whose data, when, which terminal, operator, procedure, result. Ids only, never names or numbers of people. */
import { newId } from '../store/ids.ts'
import type { Migration } from '../store/migrate.ts'
import type { Queries } from '../store/store.ts'

export const auditTables: Migration = {
  name: 'audit',
  statements: [
    `CREATE TABLE audit (
      id TEXT PRIMARY KEY, at BIGINT NOT NULL, terminal TEXT NOT NULL, operator TEXT NOT NULL, procedure_name TEXT NOT NULL,
      holder TEXT NOT NULL, object TEXT NOT NULL, result TEXT NOT NULL, position BIGINT)`,
    'CREATE INDEX audit_holder ON audit (holder, at)',
    // The order of the log: a position once given never changes (tiles and checkpoints are made of it).
    'CREATE UNIQUE INDEX audit_position ON audit (position)',
    'CREATE INDEX audit_waiting ON audit (id) WHERE position IS NULL',
    'CREATE TABLE audit_hash (level BIGINT NOT NULL, idx BIGINT NOT NULL, hash BYTEA NOT NULL, PRIMARY KEY (level, idx))',
    'CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL, at BIGINT NOT NULL)',
    'CREATE TABLE audit_key (id TEXT PRIMARY KEY, key_id TEXT NOT NULL, public_key BYTEA NOT NULL)',
  ],
}

export interface AuditEntry {
  readonly terminal: string
  readonly operator?: string | undefined
  /** Verb of the domain: `certificate.signed`, `card.delivered`. */
  readonly procedure: string
  /** Whose data; empty where it is nobody's. */
  readonly holder: string
  /** What it was done to: `certificate 01-16777301`, `card …`. */
  readonly object: string
  readonly result: string
}

/** Writes the line in the transaction of the deed itself: neither is ever there alone. */
export const record = (tx: Queries, entry: AuditEntry, now: number): Promise<number> =>
  tx.run(
    'INSERT INTO audit (id, at, terminal, operator, procedure_name, holder, object, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    newId(now),
    now,
    entry.terminal,
    entry.operator ?? '',
    entry.procedure,
    entry.holder,
    entry.object,
    entry.result,
  )
