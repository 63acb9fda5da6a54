/** Can the database be written? A full disk answers reads for a long time. */
import type { Migration } from './migrate.ts'
import type { Store } from './store.ts'

export const readinessTables: Migration = {
  name: 'readiness',
  statements: ['CREATE TABLE readiness (id TEXT PRIMARY KEY, at BIGINT NOT NULL)'],
}

export type DatabaseState = 'up' | 'readOnly' | 'down'

const PROBE = 'probe'

/** Writes a row at `now` and says how far that went. Never throws. */
export async function databaseState(store: Store, now: number): Promise<DatabaseState> {
  try {
    await store.transaction(async (tx) => {
      await tx.run('DELETE FROM readiness WHERE id = ?', PROBE)
      await tx.run('INSERT INTO readiness (id, at) VALUES (?, ?)', PROBE, now)
    })
    return 'up'
  } catch {
    return store.get('SELECT at FROM readiness WHERE id = ?', PROBE).then(
      () => 'readOnly',
      () => 'down',
    )
  }
}
