/** Backup and restoring on PostgreSQL, by its own pg_dump and psql. A restored database lets no backend start before the audit log was applied (rule 14). */
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { RESTORED, type Reapplied, reapply, restoredAt } from '../../src/backend/audit/reapply.ts'
import { MIGRATIONS } from '../../src/backend/schema.ts'
import { migrate } from '../../src/backend/store/migrate.ts'
import { openPostgres } from '../../src/backend/store/postgres.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'

/** Writes the database at `url` to `file` as SQL, as of one moment, beside running backends. Throws `StoreRefused`. */
export function backUpPostgres(url: string, file: string, now: number): void {
  if (existsSync(file)) throw new StoreRefused(`${file} exists already; a backup is never written over.`)
  const half = `${file}.part`
  try {
    client('pg_dump', url, ['--no-owner', '--no-privileges', '--file', half])
    chmodSync(half, 0o600)
    // Part of the backup itself: whoever restores it, and however, gets a database that says so.
    appendFileSync(half, `\nINSERT INTO public.restored (id, at) VALUES ('${RESTORED}', ${now});\n`)
    renameSync(half, file)
  } finally {
    rmSync(half, { force: true })
  }
}

/**
 * Fills the empty database at `url` from a backup, in one transaction, and applies an export of the audit log made later. Refused half way,
 * it may be called again: what is restored already is not restored twice. Throws `StoreRefused`.
 */
export async function restorePostgres(url: string, file: string, exported: string, now: number): Promise<Reapplied> {
  const store = openPostgres(url, { connections: 1 })
  try {
    const tables = await store.all<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    )
    if (tables.length === 0)
      client('psql', url, [
        '--no-psqlrc',
        '--quiet',
        '--single-transaction',
        '--set',
        'ON_ERROR_STOP=1',
        '--file',
        file,
      ])
    else if (!tables.some(({ name }) => name === 'restored') || (await restoredAt(store)) === undefined)
      throw new StoreRefused('The database is not empty; a backup is never restored over another one.')
    await migrate(store, MIGRATIONS, now)
    return await reapply(
      store,
      readFileSync(exported, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    )
  } finally {
    await store.close()
  }
}

/** The password goes by the environment: everybody on the machine can read a command line. */
function client(program: string, url: string, args: readonly string[]): void {
  const address = new URL(url)
  const password = decodeURIComponent(address.password)
  address.password = ''
  const env = password === '' ? process.env : { ...process.env, PGPASSWORD: password }
  const run = spawnSync(program, [...args, '--dbname', address.href], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (run.error !== undefined)
    throw new StoreRefused(
      `${program} is not installed; it belongs to PostgreSQL's client programs (postgresql-client).`,
    )
  if (run.status !== 0) throw new StoreRefused(`${program} failed: ${run.stderr.trim().split('\n')[0]}`)
}
