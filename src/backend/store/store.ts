/** The database as the rooms of the backend see it: one SQL text, two engines (SQLite, PostgreSQL). */

/** What a column holds: text, an integer (epoch milliseconds where it is a time), bytes, or nothing. */
export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, SqlValue>>

/** Statements take `?` placeholders, in order. No statement text may hold a literal question mark. */
export interface Reads {
  all<T extends Row>(sql: string, ...params: readonly SqlValue[]): Promise<T[]>
  /** The first row, if any. */
  get<T extends Row>(sql: string, ...params: readonly SqlValue[]): Promise<T | undefined>
}

/** Inside a transaction. */
export interface Queries extends Reads {
  /** Rows touched. Compare-and-set is an UPDATE that names the state it expects; 0 means somebody else moved it (rule 3). */
  run(sql: string, ...params: readonly SqlValue[]): Promise<number>
}

/**
 * Reads outside a transaction see committed data only.
 *
 * A transaction is serializable and durable once its promise resolves. `work` may run more than once (rule 16), so it must
 * do nothing but queries: no signing, no network, no crash that somebody relies on.
 */
export interface Store extends Reads {
  readonly engine: 'sqlite' | 'postgres'
  /** How often something was committed; undefined where others commit too, so that nothing can be concluded from it. */
  changes(): number | undefined
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A unique index refused a row. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
}

/** The database cannot be reached or will not take the work now; what became of a running COMMIT is unknown. Try again. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** The folder, file or schema cannot be used as it is; the message is one sentence for the operator. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused'
}
