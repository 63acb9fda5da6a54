/** The store on `node:sqlite`: WAL, a commit is synced, one process only. */
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { makeFolder } from './make-folder.ts'
import {
  type Queries,
  type Row,
  type SqlValue,
  type Store,
  StoreRefused,
  StoreUnavailable,
  UniqueViolation,
} from './store.ts'

/** Transactions that wait while another one commits share the next commit, at most this many: one sync for all of them. */
const GROUP = 128

const [SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_NOTADB] = [5, 11, 26]
const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
/** Primary codes of what the disk or memory does not give now: NOMEM, READONLY, IOERR, FULL, CANTOPEN. */
const UNAVAILABLE: ReadonlySet<number> = new Set([7, 8, 10, 13, 14])

/**
 * Opens `folder/madoguchi.db`, made when missing. A second process (or a second call) is refused with `StoreRefused` for as
 * long as this one lives: the lock is an open transaction on a file beside it, which the system drops with the process.
 */
export function openSqlite(folder: string): Store {
  makeFolder(folder)
  const lock = takeLock(folder)
  const { writer, reader } = openBoth(folder, lock)
  const tx = queries(writer)
  const look = reader.prepare('BEGIN')
  const lookAway = reader.prepare('COMMIT')
  let looking = false
  // Between two commits there is one state to be seen, so reads share one look at it: the locks cost more than the reading.
  const { all, get } = queries(reader, () => {
    if (looking) return
    look.run()
    looking = true
  })
  const begin = writer.prepare('BEGIN IMMEDIATE')
  const commit = writer.prepare('COMMIT')
  const savepoint = writer.prepare('SAVEPOINT work')
  const release = writer.prepare('RELEASE work')
  const back = writer.prepare('ROLLBACK TO work')

  interface Job {
    readonly work: (tx: Queries) => Promise<unknown>
    readonly resolve: (value: unknown) => void
    readonly reject: (error: unknown) => void
  }
  const waiting: Job[] = []
  let running: Promise<void> | undefined
  let changes = 0

  /** One transaction as a savepoint of the shared one; returns how to tell its caller, to be done after the commit. */
  async function attempt(job: Job): Promise<() => void> {
    savepoint.run()
    try {
      const value = await job.work(tx)
      release.run()
      return () => job.resolve(value)
    } catch (error) {
      // A full disk has ended the whole transaction, with everybody in it.
      if (!writer.isTransaction) throw error
      back.run()
      release.run()
      return () => job.reject(error)
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Whoever became ready while the last commit synced joins this one.
      await new Promise((resolve) => setImmediate(resolve))
      const group = waiting.splice(0, GROUP)
      try {
        begin.run()
        const outcomes: (() => void)[] = []
        for (const job of group) outcomes.push(await attempt(job))
        // Nobody looks while it commits: the log could not begin anew, and who looks afterwards must see what is new.
        if (reader.isTransaction) lookAway.run()
        looking = false
        commit.run()
        changes++
        for (const tell of outcomes) tell()
      } catch (error) {
        if (writer.isTransaction) writer.exec('ROLLBACK')
        const cause = translated(error)
        for (const job of group) job.reject(cause)
      }
    }
    running = undefined
  }

  return {
    engine: 'sqlite',
    changes: () => changes,
    ...{ all, get },
    transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
        running ??= drain()
      })
    },
    async close() {
      await running
      reader.close()
      writer.close()
      lock.close()
    },
  }
}

function openBoth(folder: string, lock: DatabaseSync) {
  const path = join(folder, 'madoguchi.db')
  try {
    const writer = new DatabaseSync(path)
    writer.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF')
    // What a savepoint would undo is kept in memory: in a file, which it otherwise spills to, it costs more than the work itself.
    writer.exec('PRAGMA temp_store=MEMORY')
    return { writer, reader: new DatabaseSync(path, { readOnly: true }) }
  } catch (error) {
    lock.close()
    throw refused(folder, error)
  }
}

function takeLock(folder: string): DatabaseSync {
  let lock: DatabaseSync
  try {
    lock = new DatabaseSync(join(folder, 'lock.db'))
  } catch (error) {
    throw refused(folder, error)
  }
  try {
    lock.exec('PRAGMA busy_timeout=0; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (primaryCode(error) !== SQLITE_BUSY) throw refused(folder, error)
    throw new StoreRefused(`Another backend is running on ${folder}; stop it, or give each its own --data folder.`)
  }
}

/** `before` is called before each. */
function queries(db: DatabaseSync, before = () => {}): Queries {
  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string) => {
    const found = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, found)
    return found
  }
  const guarded = <T>(run: () => T): Promise<T> => {
    try {
      before()
      return Promise.resolve(run())
    } catch (error) {
      return Promise.reject(translated(error))
    }
  }
  return {
    all: <T extends Row>(sql: string, ...params: readonly SqlValue[]) =>
      guarded(() => statement(sql).all(...params) as unknown as T[]),
    get: <T extends Row>(sql: string, ...params: readonly SqlValue[]) =>
      guarded(() => statement(sql).get(...params) as unknown as T | undefined),
    run: (sql, ...params) => guarded(() => Number(statement(sql).run(...params).changes)),
  }
}

function refused(folder: string, error: unknown): unknown {
  const code = primaryCode(error)
  if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT)
    return new StoreRefused(`The database in ${folder} is damaged, or none of this program.`, { cause: error })
  if (code === undefined || !UNAVAILABLE.has(code)) return error
  return new StoreRefused(`The database in ${folder} cannot be written; is the disk full or only read?`, {
    cause: error,
  })
}

const primaryCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

function translated(error: unknown): unknown {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY)
    return new UniqueViolation((error as Error).message, { cause: error })
  if (typeof code === 'number' && UNAVAILABLE.has(code & 0xff))
    return new StoreUnavailable('the database cannot be written or read now', { cause: error })
  return error
}
