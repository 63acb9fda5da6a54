import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '../../src/backend/store/ids.ts'
import { openSqlite } from '../../src/backend/store/sqlite.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'

const folderFor = (t: { after(clean: () => void): void }) => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-sqlite-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const module = new URL('../../src/backend/store/sqlite.ts', import.meta.url).href
const inAnotherProcess = (folder: string, then: string) =>
  spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { openSqlite } = await import('${module}'); const store = openSqlite('${folder}'); ${then}`,
    ],
    { encoding: 'utf8' },
  )

test('embedded mode: a second process is refused in one sentence, and let in when the first is gone', async (t) => {
  const folder = folderFor(t)
  const store = openSqlite(folder)
  const refused = inAnotherProcess(folder, '')
  assert.notEqual(refused.status, 0)
  assert.match(refused.stderr, /Another backend is running on/)
  assert.throws(() => openSqlite(folder), StoreRefused)
  await store.close()
  assert.equal(inAnotherProcess(folder, 'await store.close()').status, 0)
})

test('a process killed in mid-transaction leaves no lock and nothing of it', async (t) => {
  const folder = folderFor(t)
  const killed = inAnotherProcess(
    folder,
    `await store.transaction((tx) => tx.run('CREATE TABLE kept (n BIGINT)'))
     await store.transaction(async (tx) => { await tx.run('INSERT INTO kept VALUES (1)'); process.kill(process.pid, 'SIGKILL') })`,
  )
  assert.equal(killed.signal, 'SIGKILL')
  const store = openSqlite(folder)
  assert.deepEqual(await store.all('SELECT n FROM kept'), [])
  await store.close()
})

test('readers see only what is committed', async (t) => {
  const store = openSqlite(folderFor(t))
  await store.transaction((tx) => tx.run('CREATE TABLE thing (n BIGINT)'))
  await store.transaction(async (tx) => {
    await tx.run('INSERT INTO thing VALUES (1)')
    assert.deepEqual(await store.all('SELECT n FROM thing'), [])
  })
  assert.equal((await store.all('SELECT n FROM thing')).length, 1)
  await store.close()
})

test('a look between all commits does not keep the log from beginning anew', async (t) => {
  const folder = folderFor(t)
  const store = openSqlite(folder)
  await store.transaction((tx) => tx.run('CREATE TABLE thing (n BIGINT, bytes BYTEA)'))
  const bytes = new Uint8Array(200_000)
  for (let n = 1; n <= 100; n++) {
    await store.transaction((tx) => tx.run('INSERT INTO thing VALUES (?, ?)', n, bytes))
    assert.equal((await store.get<{ n: number }>('SELECT max(n) AS n FROM thing'))?.n, n)
  }
  const { size } = statSync(join(folder, 'madoguchi.db-wal'))
  assert.ok(size < 8_000_000, `20 MB were written, the log has ${size} bytes`)
  await store.close()
})

test('ids sort in the order they were made, also within a millisecond and when the clock steps back', () => {
  const ids = [...Array.from({ length: 9000 }, () => newId(5_000)), newId(4_000), newId(6_000_000_000_000)]
  assert.deepEqual([...ids].sort(), ids)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids.slice(-20))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
