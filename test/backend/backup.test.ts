import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { backUp, restore } from '../../apps/backend/backup.ts'
import { auditKey, checkpoint, exportLog } from '../../src/backend/audit/log.ts'
import { verifyExport } from '../../src/backend/audit/verify.ts'
import type { Issued } from '../../src/backend/ca/issue.ts'
import { type Ending, end } from '../../src/backend/ca/revoke.ts'
import { certBySerial } from '../../src/backend/ca/states.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { activate, cardKey, type Fixture, issueFor, NOON, openFixture, orderFor, TERMINAL } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-backup-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

let n = 0
const endNow = (parts: Fixture, { issuer, serial }: Issued, ending: Ending) =>
  end(parts, { issuer, serial, ending, by: TERMINAL, key: `end${++n}`, body: `${n}` })

async function exported(parts: Fixture, name: string): Promise<string> {
  const lines: string[] = []
  for await (const line of exportLog(parts)) lines.push(line)
  writeFileSync(at(name), `${lines.join('\n')}\n`)
  return at(name)
}

describe('backup and restore (rule 14)', () => {
  test('what was revoked after the backup is revoked before anybody can use what was restored', async () => {
    const parts = await openFixture({ folder: at('first') })
    const active = async (holder: string) => {
      const key = cardKey()
      return activate(parts, orderFor('auth', key, { holder }), key)
    }
    const [kept, revoked, held] = [await active('a'), await active('b'), await active('c')]
    const stuck = await issueFor(parts, orderFor('auth', cardKey(), { holder: 'd' }))
    await checkpoint(parts)
    await backUp(at('first'), at('backup.db'), NOON)
    const early = await exported(parts, 'early.log')
    await endNow(parts, revoked, { to: 'revoked', reason: 'keyCompromise' })
    await endNow(parts, held, { to: 'held' })
    const later = await active('e')
    const log = await exported(parts, 'late.log')
    const { publicKey } = await auditKey(parts)
    await parts.store.close()

    writeFileSync(at('key'), Buffer.alloc(32, 7))
    assert.deepEqual(await restore(at('second'), at('backup.db'), at('key'), log, NOON), { lines: 5, ended: 2 })
    const again = await openFixture({ folder: at('second') })
    const state = async ({ issuer, serial }: Issued) => (await certBySerial(again.store, issuer, serial)).state
    assert.deepEqual(
      [await state(kept), await state(revoked), await state(held), await state(stuck)],
      ['active', 'revoked', 'held', 'signed'],
    )
    assert.equal((await certBySerial(again.store, revoked.issuer, revoked.serial)).reason, 1)
    await assert.rejects(certBySerial(again.store, later.issuer, later.serial), 'it is gone, and so never good')
    const next = await issueFor(again, orderFor('auth', cardKey(), { holder: 'f' }))
    assert.ok(next.serial > later.serial, 'its serial is never given again')
    const lines: string[] = []
    for await (const line of exportLog(again)) lines.push(line)
    assert.equal((await verifyExport(lines, publicKey)).ok, true, 'the log goes on')
    await again.store.close()

    assert.equal((await restore(at('third'), at('backup.db'), at('key'), early, NOON)).lines, 0)
    await assert.rejects(restore(at('third'), at('backup.db'), at('key'), early, NOON), /already/)
    await assert.rejects(backUp(at('second'), at('backup.db'), NOON), StoreRefused)
  })

  test('a log that was changed, is older than the backup or of another database is refused, and nothing is left to start', async () => {
    const parts = await openFixture({ folder: at('own') })
    const key = cardKey()
    await checkpoint(parts)
    const early = await exported(parts, 'own-early.log')
    const issued = await activate(parts, orderFor('auth', key), key)
    await checkpoint(parts)
    await backUp(at('own'), at('own.db'), NOON)
    await endNow(parts, issued, { to: 'held' })
    const log = await exported(parts, 'own.log')
    await parts.store.close()
    const other = await openFixture({ folder: at('other') })
    const strange = await exported(other, 'other.log')
    await other.store.close()
    copyFileSync(log, at('cut.log'))
    writeFileSync(at('cut.log'), (await import('node:fs')).readFileSync(log, 'utf8').replace('certificateHold', 'done'))
    writeFileSync(at('key'), Buffer.alloc(32, 7))
    for (const [export_, why] of [
      [at('cut.log'), /does not verify: otherRoot/],
      [early, /older than the backup/],
      [strange, /does not verify: badSignature/],
    ] as const) {
      await assert.rejects(restore(at('none'), at('own.db'), at('key'), export_, NOON), why)
      assert.equal(existsSync(join(at('none'), 'madoguchi.db')), false)
    }
  })
})
