/** Backup of the embedded database while it runs, and restoring it: nobody may use it before the audit log was applied (rule 14). */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { RESTORED, type Reapplied, reapply } from '../../src/backend/audit/reapply.ts'
import { MIGRATIONS } from '../../src/backend/schema.ts'
import { makeFolder } from '../../src/backend/store/make-folder.ts'
import { migrate } from '../../src/backend/store/migrate.ts'
import { openSqlite } from '../../src/backend/store/sqlite.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'

export const DATABASE = 'madoguchi.db'

/** A consistent copy of `folder`'s database as `file`, beside a running backend: the same database once more. Throws `StoreRefused`. */
export async function copyDatabase(folder: string, file: string): Promise<void> {
  const path = join(folder, DATABASE)
  if (!existsSync(path)) throw new StoreRefused(`There is no database in ${folder}.`)
  if (existsSync(file)) throw new StoreRefused(`${file} exists already; a backup is never written over.`)
  const source = new DatabaseSync(path, { readOnly: true })
  try {
    await backup(source, file)
  } finally {
    source.close()
  }
}

/** A backup: a copy that, put into a folder by hand, lets no backend start. Throws `StoreRefused`. */
export async function backUp(folder: string, file: string, now: number): Promise<void> {
  await copyDatabase(folder, file)
  const copy = new DatabaseSync(file)
  copy.prepare('INSERT INTO restored (id, at) VALUES (?, ?)').run(RESTORED, now)
  copy.close()
}

/**
 * Makes `folder` from a backup, its master key and an export of the audit log made later. The database gets its name only when the
 * log was applied, so a backend cannot be started on less. Throws `StoreRefused`; the folder then holds no database.
 */
export async function restore(
  folder: string,
  file: string,
  masterKey: string,
  exported: string,
  now: number,
): Promise<Reapplied> {
  if (existsSync(join(folder, DATABASE))) throw new StoreRefused(`There is a database in ${folder} already.`)
  const work = join(folder, 'restoring')
  rmSync(work, { recursive: true, force: true })
  makeFolder(work)
  try {
    copyFileSync(file, join(work, DATABASE))
    const store = openSqlite(work)
    let reapplied: Reapplied
    try {
      await migrate(store, MIGRATIONS, now)
      reapplied = await reapply(
        store,
        readFileSync(exported, 'utf8')
          .split('\n')
          .filter((line) => line !== ''),
      )
    } finally {
      // Closing the last connection folds the write-ahead log into the file.
      await store.close()
    }
    copyFileSync(masterKey, join(folder, 'master.key'))
    renameSync(join(work, DATABASE), join(folder, DATABASE))
    return reapplied
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
