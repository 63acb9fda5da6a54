/** Schema versions: forward step by step, each in one transaction; a database newer than the program is refused. */
import { Conflict, defaultRetry, withRetry } from './retry.ts'
import { type Queries, type Store, StoreRefused, UniqueViolation } from './store.ts'

/** One step. Statements must mean the same to both engines: TEXT, BIGINT, BYTEA, no sequences, arrays, enums. */
export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
}

/** Brings the database to the last migration; its version is how many have run. Several processes may call it at once. */
export async function migrate(store: Store, migrations: readonly Migration[], now: number): Promise<void> {
  await atOnce(store, async (tx) => {
    await tx.run(
      'CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)',
    )
  })
  for (;;) {
    const done = await atOnce(store, (tx) => step(tx, migrations, now))
    if (done) return
  }
}

async function step(tx: Queries, migrations: readonly Migration[], now: number): Promise<boolean> {
  const rows = await tx.all<{ version: number; name: string }>(
    'SELECT version, name FROM schema_version ORDER BY version',
  )
  for (const { version, name } of rows)
    if (migrations[version - 1]?.name !== name)
      throw new StoreRefused(
        `This database was migrated to step ${rows.length} (${name}), which this version of the program does not know; use the newer program, schemas never go back.`,
      )
  const next = migrations[rows.length]
  if (next === undefined) return true
  await tx.run('INSERT INTO schema_version (version, name, at) VALUES (?, ?, ?)', rows.length + 1, next.name, now)
  for (const statement of next.statements) await tx.run(statement)
  return false
}

/** Two processes that make the same table collide on a unique index of the catalogue or of `schema_version`: look again. */
const atOnce = <T>(store: Store, work: (tx: Queries) => Promise<T>): Promise<T> =>
  withRetry(defaultRetry, async () => {
    try {
      return await store.transaction(work)
    } catch (error) {
      if (error instanceof UniqueViolation || isRaceOnCatalogue(error))
        throw new Conflict('migrated by another', { cause: error })
      throw error
    }
  })

/** duplicate_table, duplicate_object. */
const isRaceOnCatalogue = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === '42P07' || error.code === '42710')
