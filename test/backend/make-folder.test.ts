/** The folder of `--data`: made and tried, or refused in one sentence – and never waited for. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { masterKey } from '../../src/backend/keys/master-key.ts'
import { makeFolder, makeUsableFolder } from '../../src/backend/store/make-folder.ts'
import { openSqlite } from '../../src/backend/store/sqlite.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-folder-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('made with those above it, for this account alone; one that is there is left as it is; nothing is left of trying', () => {
  const deep = join(folder, 'a/b/c')
  makeFolder(deep)
  assert.equal(statSync(deep).mode & 0o777, 0o700)
  const there = join(folder, 'there')
  mkdirSync(there, { mode: 0o755 })
  writeFileSync(join(there, 'kept'), '')
  makeUsableFolder(there)
  makeFolder(`${there}/`)
  assert.equal(statSync(there).mode & 0o777, 0o755)
  assert.deepEqual(readdirSync(there), ['kept'])
  const link = join(folder, 'link')
  symlinkSync(there, link)
  makeUsableFolder(link)
})

test('refused in one sentence: a file, below a file, a link to nowhere, where the system makes none', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const nowhere = join(folder, 'nowhere')
  symlinkSync(join(folder, 'none'), nowhere)
  for (const [path, why] of [
    [file, /is a file and no folder/],
    [join(file, 'x/y'), /is a file and no folder, or lies below one/],
    [nowhere, /cannot be made or written/],
    ['/proc/none', /cannot be made or written/],
    ['/proc/none/below', /cannot be made or written/],
    ['/proc', /cannot be made or written/],
  ] as const)
    assert.throws(
      () => makeUsableFolder(path),
      (error) =>
        error instanceof StoreRefused &&
        why.test(error.message) &&
        /; choose another one for --data\.$/.test(error.message),
      path,
    )
})

test('a database that is none, and a key file that cannot be made, are sentences too; the lock is let go', async () => {
  const spoilt = join(folder, 'spoilt')
  makeFolder(spoilt)
  writeFileSync(join(spoilt, 'madoguchi.db'), 'x'.repeat(8192))
  for (let i = 0; i < 2; i++)
    assert.throws(
      () => openSqlite(spoilt),
      (error) => error instanceof StoreRefused && /is damaged, or none of this program/.test(error.message),
    )
  assert.throws(() => openSqlite('/proc'), StoreRefused)
  rmSync(join(spoilt, 'madoguchi.db'))
  await openSqlite(spoilt).close()
  assert.throws(
    () => masterKey('/proc/master.key', true),
    (error) => error instanceof StoreRefused && /key file .* cannot be made/.test(error.message),
  )
})
