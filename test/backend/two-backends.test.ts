import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openStore } from '../../src/backend/store/open.ts'
import { openFixture } from './fixture.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { HOLDERS, renewOn } from './renewals.ts'

let server: PostgresServer
let folder: string
before(async () => {
  server = await startPostgres()
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-two-'))
})
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const serialsIn = (path: string): number[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map(Number)
    : []

describe('P18: two backends on one database, one killed in mid-transaction', () => {
  for (const dieInTransaction of [5, 12, 23])
    test(`in its transaction ${dieInTransaction}: nothing twice, nothing lost, the other goes on`, async () => {
      const place = { url: server.database() }
      const survivor = await openFixture(place)
      const [mine, theirs] = [join(folder, `mine-${dieInTransaction}`), join(folder, `theirs-${dieInTransaction}`)]
      const stop = new AbortController()
      const working = renewOn(survivor, mine, stop.signal)
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'renewals-child.ts'), JSON.stringify({ place, journal: theirs, dieInTransaction })],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      )
      const [, signal] = await once(child, 'exit')
      assert.equal(signal, 'SIGKILL')
      const before = serialsIn(mine).length
      while (serialsIn(mine).length < before + 3) await new Promise((resolve) => setTimeout(resolve, 20))
      stop.abort()
      await working

      const store = openStore(place)
      const count = async (sql: string) => (await store.get<{ n: number }>(sql))?.n
      for (const holder of HOLDERS)
        assert.equal((await store.all("SELECT id FROM cert WHERE holder = ? AND state = 'active'", holder)).length, 1)
      assert.equal(await count('SELECT COUNT(*) - COUNT(DISTINCT serial) AS n FROM cert'), 0, 'no serial twice')
      const superseded = await count("SELECT COUNT(*) AS n FROM cert WHERE state = 'revoked'")
      assert.equal(await count('SELECT COUNT(*) AS n FROM cert_link'), superseded, 'one unbroken line per holder')
      for (const serial of [...serialsIn(mine), ...serialsIn(theirs)])
        assert.ok(
          await store.get('SELECT id FROM cert WHERE serial = ? AND active_at IS NOT NULL', serial),
          `acknowledged ${serial} is there`,
        )
      await store.close()
      await survivor.store.close()
    })
})
