/** Rule 14 on PostgreSQL: a restored backup lets nobody in before the audit log has applied what was revoked since. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { backUp } from '../../apps/backend/backup.ts'
import { backUpPostgres, restorePostgres } from '../../apps/backend/backup-postgres.ts'
import { checkpoint, exportLog } from '../../src/backend/audit/log.ts'
import { end } from '../../src/backend/ca/revoke.ts'
import { certBySerial } from '../../src/backend/ca/states.ts'
import { openCore } from '../../src/backend/core.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { activate, cardKey, type Fixture, MASTER, NOON, openFixture, orderFor, TERMINAL } from './fixture.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-pgbackup-'))
const at = (name: string) => join(folder, name)
let server: PostgresServer
before(async () => {
  server = await startPostgres()
})
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const exported = async (parts: Fixture, name: string) => {
  const lines: string[] = []
  for await (const line of exportLog(parts)) lines.push(line)
  writeFileSync(at(name), `${lines.join('\n')}\n`)
  return at(name)
}

describe('backup and restore on PostgreSQL (rule 14)', () => {
  test('beside a running backend; by hand or by the tool, nobody starts before the log is applied', async () => {
    const url = server.database()
    const parts = await openFixture({ url })
    const key = cardKey()
    const issued = await activate(parts, orderFor('auth', key), key)
    await checkpoint(parts)
    backUpPostgres(url, at('backup.sql'), NOON)
    assert.throws(() => backUpPostgres(url, at('backup.sql'), NOON), /never written over/)
    assert.equal(existsSync(at('backup.sql.part')), false)
    const early = await exported(parts, 'early.log')
    const { issuer, serial } = issued
    const ending = { to: 'revoked', reason: 'keyCompromise' } as const
    await end(parts, { issuer, serial, ending, by: TERMINAL, key: 'end-1', body: 'end' })
    const log = await exported(parts, 'late.log')
    await parts.store.close()

    const start = (place: string) => openCore({ place: { url: place }, master: MASTER, crlFolder: at('crl') })
    const byHand = server.database()
    execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', byHand, '-f', at('backup.sql')], { stdio: 'ignore' })
    await assert.rejects(start(byHand), /backup of 2026-11-02; .* must apply the audit log/)

    const fresh = server.database()
    const cut = readFileSync(log, 'utf8').replace('keyCompromise', 'done')
    writeFileSync(at('cut.log'), cut)
    await assert.rejects(restorePostgres(fresh, at('backup.sql'), at('cut.log'), NOON), /does not verify/)
    await assert.rejects(start(fresh), StoreRefused, 'restored and refused: still nobody')
    assert.deepEqual(await restorePostgres(fresh, at('backup.sql'), log, NOON), { lines: 1, ended: 1 })
    const core = await start(fresh)
    assert.equal((await certBySerial(core.parts.store, issuer, serial)).state, 'revoked')
    await core.close()
    await assert.rejects(restorePostgres(fresh, at('backup.sql'), log, NOON), /not empty/)
    await assert.rejects(restorePostgres(server.database(), at('nowhere.sql'), early, NOON), /psql failed/)
    assert.throws(() => backUpPostgres('postgresql:///none?host=/nowhere', at('other.sql'), NOON), /pg_dump failed/)
  })

  test('the embedded database’s backup, put into a folder by hand, lets nobody in either', async () => {
    const parts = await openFixture({ folder: at('own') })
    await backUp(at('own'), at('own.db'), NOON)
    await parts.store.close()
    const byHand = at('by-hand')
    mkdirSync(byHand)
    copyFileSync(at('own.db'), join(byHand, 'madoguchi.db'))
    await assert.rejects(
      openCore({ place: { folder: byHand }, master: MASTER, crlFolder: at('crl') }),
      /must apply the audit log/,
    )
  })
})
