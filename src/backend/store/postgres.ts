/** The store on PostgreSQL, or any engine that speaks its protocol and is serializable. */
import { createRequire } from 'node:module'
import type pg from 'pg'
import { Conflict, defaultRetry, type RetryPolicy, withRetry } from './retry.ts'
import { type Queries, type Row, type SqlValue, type Store, StoreUnavailable, UniqueViolation } from './store.ts'

/** Loaded when a database of this kind is opened: the other engine starts without it. */
const load = (): typeof pg => createRequire(import.meta.url)('pg')

/** Integers as numbers (ours are safe ones), bytes as plain Uint8Array: the same values as the other engine gives. */
const parsers = ({ builtins, getTypeParser }: typeof pg.types): pg.CustomTypesConfig => ({
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === builtins.INT8 || oid === builtins.NUMERIC) return Number
    if (oid === builtins.BYTEA) return (text: string) => Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
    return getTypeParser(oid, format as 'text')
  },
})

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
const UNIQUE = '23505'
/** Connection exceptions, insufficient resources, operator intervention (PostgreSQL, appendix A). */
const UNAVAILABLE = /^(08|53|57P)/

export interface PostgresOptions {
  /** Most connections this process holds. */
  readonly connections?: number
  readonly retry?: RetryPolicy
}

/** Opens the database at `url` (`postgresql://user@host/db`, or `postgresql:///db?host=/socket/folder&port=…`). */
export function openPostgres(url: string, options: PostgresOptions = {}): Store {
  const retry = options.retry ?? defaultRetry
  const { Pool, types } = load()
  const pool = new Pool({
    connectionString: url,
    max: options.connections ?? 10,
    types: parsers(types),
    connectionTimeoutMillis: 5_000,
    application_name: 'madoguchi',
  })
  // An idle connection that dies is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})

  async function once<T>(work: (tx: Queries) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch(rethrow)
    let broken: Error | undefined
    try {
      await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
      const value = await work(queries(client))
      await client.query('COMMIT')
      return value
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => (broken = failure))
      return rethrow(error)
    } finally {
      client.release(broken)
    }
  }

  const { all, get } = queries(pool)
  return {
    engine: 'postgres',
    changes: () => undefined,
    all,
    get,
    transaction: (work) => withRetry(retry, () => once(work)),
    close: () => pool.end(),
  }
}

/** One number per statement text, so that a connection plans each of them once. */
const statements = new Map<string, { readonly name: string; readonly text: string }>()
function statement(sql: string) {
  let found = statements.get(sql)
  if (found === undefined) {
    let n = 0
    found = { name: `m${statements.size}`, text: sql.replace(/\?/g, () => `$${++n}`) }
    statements.set(sql, found)
  }
  return found
}

function queries(client: pg.Pool | pg.PoolClient): Queries {
  const query = (sql: string, params: readonly SqlValue[]) =>
    client
      .query({ ...statement(sql), values: params.map((v) => (v instanceof Uint8Array ? Buffer.from(v) : v)) })
      .catch(rethrow)
  return {
    all: async <T extends Row>(sql: string, ...params: readonly SqlValue[]) => (await query(sql, params)).rows as T[],
    get: async <T extends Row>(sql: string, ...params: readonly SqlValue[]) =>
      (await query(sql, params)).rows[0] as T | undefined,
    run: async (sql, ...params) => (await query(sql, params)).rowCount ?? 0,
  }
}

function rethrow(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === SERIALIZATION_FAILURE || code === DEADLOCK)
    throw new Conflict('lost against another transaction', { cause: error })
  if (code === UNIQUE) throw new UniqueViolation((error as Error).message, { cause: error })
  const lost = code === undefined ? isConnectionLoss(error) : UNAVAILABLE.test(code) || code.startsWith('E')
  if (lost) throw new StoreUnavailable('the database is not reachable', { cause: error })
  throw error
}

/** `pg` reports a lost connection as a plain Error with one of these sentences and no code. */
const isConnectionLoss = (error: unknown) =>
  error instanceof Error && /^(Connection terminated|timeout exceeded|Client has encountered)/.test(error.message)
