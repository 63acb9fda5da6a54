import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { NoKeyStore, type OsStore, TerminalKeyFile } from '../../apps/terminal/electron/terminal-key.ts'

const store = (more: Partial<OsStore> = {}): OsStore => ({
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a)),
  decryptString: (sealed) => Buffer.from([...sealed].map((byte) => byte ^ 0x5a)).toString(),
  ...more,
})
const path = () => join(mkdtempSync(join(tmpdir(), 'madoguchi-key-')), 'terminal-key')
const PEM = 'a key that is only a word here'

test('row 20: the terminal key is sealed by the store of the system, and comes back', async () => {
  const file = path()
  const keys = new TerminalKeyFile(store(), file)
  assert.equal(await keys.load(), undefined)
  await keys.save(PEM)
  assert.ok(!readFileSync(file, 'latin1').includes('word'))
  assert.equal(await keys.load(), PEM)
  await keys.save('another')
  assert.equal(await keys.load(), 'another')
})

test('row 20: where the store only pretends, nothing is written and nothing read', async () => {
  for (const more of [
    { isEncryptionAvailable: () => false },
    { getSelectedStorageBackend: () => 'basic_text' as const },
    { getSelectedStorageBackend: () => 'unknown' as const },
  ]) {
    const file = path()
    const keys = new TerminalKeyFile(store(more), file)
    await assert.rejects(keys.save(PEM), NoKeyStore)
    assert.throws(() => readFileSync(file), { code: 'ENOENT' })
    writeFileSync(file, 'sealed')
    await assert.rejects(keys.load(), NoKeyStore)
  }
  const keyring = new TerminalKeyFile(store({ getSelectedStorageBackend: () => 'gnome_libsecret' }), path())
  await keyring.save(PEM)
  assert.equal(await keyring.load(), PEM)
})
