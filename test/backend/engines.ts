/** The same tests on both engines: each call of `place()` gives an empty database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

export function onBothEngines(title: string, tests: (place: () => StorePlace) => void): void {
  describe(`${title} on SQLite`, () => {
    const folders: string[] = []
    after(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })
    tests(() => {
      const folder = mkdtempSync(join(tmpdir(), 'madoguchi-store-'))
      folders.push(folder)
      return { folder }
    })
  })
  describe(`${title} on PostgreSQL`, () => {
    let server: PostgresServer
    before(async () => {
      server = await startPostgres()
    })
    after(() => server.stop())
    tests(() => ({ url: server.database() }))
  })
}
