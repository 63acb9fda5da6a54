import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { SigningUnavailable } from '../../src/backend/keys/key-store.ts'
import { type Pkcs11Options, pkcs11Keys } from '../../src/backend/keys/pkcs11.ts'
import { isSignedBy } from '../../src/backend/keys/verify.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { activate, cardKey, HIERARCHY, issueFor, openFixture, orderFor } from './fixture.ts'

const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so'
const folder = mkdtempSync(join(tmpdir(), 'madoguchi-hsm-'))
const tokens = join(folder, 'tokens')
const options: Pkcs11Options = { library: LIBRARY, token: 'madoguchi', pin: '246810', sessions: 3 }

before(() => {
  if (!existsSync(LIBRARY))
    throw new Error('SoftHSM2 is not installed; keys in an HSM are tested with it: apt-get install softhsm2')
  mkdirSync(tokens)
  writeFileSync(
    join(folder, 'softhsm2.conf'),
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf')
  execFileSync(
    'softhsm2-util',
    ['--init-token', '--free', '--label', options.token, '--pin', options.pin, '--so-pin', '1357911'],
    { stdio: 'ignore' },
  )
})
after(() => rmSync(folder, { recursive: true, force: true }))

describe('keys in an HSM (SoftHSM2)', () => {
  test('both algorithms: made in the token, found again after a restart, never extractable', async () => {
    const first = await pkcs11Keys(options)
    const made = [await first.generate('rsa2048-sha256'), await first.generate('p384-sha384')]
    await first.close()
    const again = await pkcs11Keys(options)
    const bytes = new Uint8Array(1000).fill(7)
    for (const key of made) {
      const signatures = await Promise.all(Array.from({ length: 12 }, () => again.sign(key, bytes)))
      for (const signature of signatures)
        assert.ok(isSignedBy(key.algorithm, key.publicKey, bytes, signature), key.algorithm)
    }
    await assert.rejects(
      again.sign({ ...(made[0] as (typeof made)[0]), id: '00'.repeat(16) }, bytes),
      SigningUnavailable,
    )
    assert.ok(
      isSignedBy(
        'p384-sha384',
        made[1]?.publicKey ?? bytes,
        bytes,
        await again.sign(made[1] as (typeof made)[1], bytes),
      ),
      'one refusal spoils nothing',
    )
    await again.close()
    const listed = execFileSync(
      'pkcs11-tool',
      [
        '--module',
        LIBRARY,
        '--token-label',
        options.token,
        '--login',
        '--pin',
        options.pin,
        '--list-objects',
        '--type',
        'privkey',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
    assert.equal(listed.match(/always sensitive/g)?.length, 2)
    assert.equal(listed.match(/never extractable/g)?.length, 2)
  })

  test('a wrong PIN, a missing token, a missing library: one sentence each', async () => {
    await assert.rejects(
      pkcs11Keys({ ...options, pin: 'wrong' }),
      (error) => error instanceof StoreRefused && /does not open/.test(error.message),
    )
    await assert.rejects(pkcs11Keys({ ...options, token: 'none' }), StoreRefused)
    await assert.rejects(
      pkcs11Keys({ ...options, library: '/nowhere.so' }),
      (error) => error instanceof StoreRefused && /cannot be loaded/.test(error.message),
    )
  })

  test('the authority issues with its keys in the token; P15: a dead token burns a serial, and the order goes through when it is back', async () => {
    const keys = await pkcs11Keys(options)
    const parts = await openFixture(
      { folder: join(folder, 'db') },
      { keys: () => keys, ceremonyKeys: keys, hierarchy: 'quick' },
    )
    assert.equal(parts.issuers.length, HIERARCHY.quick.authorities.length)
    assert.deepEqual(await parts.store.all('SELECT id FROM software_key'), [], 'no private key in the database')
    const card = cardKey()
    await activate(parts, orderFor('auth', card), card)

    const order = orderFor('auth', cardKey())
    renameSync(tokens, `${tokens}-away`)
    await assert.rejects(
      issueFor(parts, order, 'while dead'),
      (error) => error instanceof Refusal && error.code === 'signingUnavailable',
    )
    renameSync(`${tokens}-away`, tokens)
    const issued = await issueFor(parts, order, 'while dead')
    const burnt = await parts.store.get<{ n: number }>("SELECT COUNT(*) AS n FROM cert WHERE state = 'void'")
    assert.equal(burnt?.n, 1)
    assert.ok(issued.certificate.length > 0)
    await parts.store.close()
    await keys.close()
  })
})
