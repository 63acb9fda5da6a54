/** The JPKI application's cells, judged by OpenSSL and by the profile of facts 5. */
import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { authorityBundle, testAuthority } from '../../applets-sim/factory/authority.ts'
import type { CardOverrides } from '../../applets-sim/factory/overrides.ts'
import { makeCardImage, type ProfileName } from '../../applets-sim/factory/profiles.ts'
import { parseCertificate } from '../../src/pki/certificate.ts'
import { PURPOSES, validatePath } from '../../src/pki/path.ts'
import { toPem } from '../../src/pki/pem.ts'
import { personalDataOf } from '../../src/pki/personal-data.ts'
import { endOfDay } from '../../src/pki/validity.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { openssl, withFiles } from '../pki/openssl.ts'
import { cell, fixedClock } from './reading.ts'

const make = (profile: ProfileName, overrides: CardOverrides = {}) =>
  makeCardImage(profile, overrides, { clock: fixedClock })
const pem = (der: Uint8Array) => toPem('CERTIFICATE', der)
const certificateOf = (der: Uint8Array) => {
  const result = parseCertificate(der)
  if (!result.ok) throw result.error
  return result.value
}

describe('公的個人認証AP (facts 2.6, 5)', () => {
  test('OpenSSL verifies both certificates under the bundle, whichever generation issued them (F48)', async () => {
    for (const generation of [1, 2] as const) {
      const card = await make('resident', { generation })
      const files = {
        'bundle.pem': authorityBundle(),
        'sign.pem': pem(cell(card, 'jpki', '0001')),
        'auth.pem': pem(cell(card, 'jpki', '000A')),
        'sign-ca.pem': pem(cell(card, 'jpki', '0002')),
        'auth-ca.pem': pem(cell(card, 'jpki', '000B')),
      }
      await withFiles(files, (path) => {
        const verify = (ca: string, leaf: string) =>
          openssl([
            'verify',
            '-x509_strict',
            '-attime',
            String(fixedClock.now() / 1000),
            '-CAfile',
            path(ca),
            path(leaf),
          ])
        for (const [ca, leaf] of [
          ['bundle.pem', 'sign.pem'],
          ['bundle.pem', 'auth.pem'],
          ['sign-ca.pem', 'sign.pem'],
          ['auth-ca.pem', 'auth.pem'],
        ] as const)
          assert.match(verify(ca, leaf).out, /: OK/)
        assert.notEqual(verify('auth-ca.pem', 'sign.pem').status, 0)
      })
    }
  })

  test('openssl x509 shows the fields of facts 5.2', async () => {
    const card = await make('resident')
    const { out } = openssl(
      ['x509', '-noout', '-text', '-nameopt', 'sep_comma_plus_space,utf8,sname'],
      pem(cell(card, 'jpki', '000A')),
    )
    assert.match(
      out,
      /Issuer: C=JP, O=MADOGUCHI-TEST, OU=MADOGUCHI-TEST for user authentication, OU=Madoguchi Simulator \(no real authority\)/,
    )
    assert.match(out, /Subject: C=JP, CN=[0-9A-Z]{14}13221003A\n/)
    assert.match(out, /Not After : Mar 31 14:59:59 2029 GMT/)
    assert.match(
      out,
      /X509v3 Certificate Policies: critical\n +Policy: 1\.2\.392\.200149\.8\.5\.1\.0\.30\n +CPS: http:\/\/127\.0\.0\.1:/,
    )
    assert.match(out, /OCSP - URI:http:\/\/127\.0\.0\.1:/)
    assert.match(out, /CN ?= ?Kiyose-shi CRLDP/)
    assert.doesNotMatch(out, /Subject Alternative Name|花子/)
  })

  test('nothing in a certificate points away from this machine', async () => {
    const card = await make('resident')
    for (const name of ['0001', '0002', '000A', '000B'])
      for (const [url] of cell(card, 'jpki', name)
        .toString('latin1')
        .matchAll(/https?:\/\/[^/]+/g))
        assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('the certificates are about the keys on the card, and the sign certificate about its holder (facts 5.4)', async () => {
    const card = await make('resident')
    for (const [file, keyCell] of [
      ['0001', '001A.key'],
      ['000A', '0017.key'],
    ] as const) {
      const certificate = new X509Certificate(cell(card, 'jpki', file))
      assert.ok(
        certificate.checkPrivateKey(
          createPrivateKey({ key: cell(card, 'jpki', keyCell), format: 'der', type: 'pkcs8' }),
        ),
      )
    }
    const { extensions } = certificateOf(cell(card, 'jpki', '0001'))
    assert.deepEqual(personalDataOf(extensions.subjectAltName), {
      name: '番号　花子',
      nameSubstitutes: '00000',
      sex: '2',
      birth: '419890331',
      address: '東京都清瀬市見本町１－２－３',
      addressSubstitutes: '0'.repeat(14),
    })
  })

  test('our own path validation agrees, profile by profile', async () => {
    const anchors = (['sign', 'auth'] as const).flatMap((kind) =>
      ([1, 2] as const).map((generation) => certificateOf(testAuthority(kind, generation).certificate)),
    )
    const check = async (profile: ProfileName, file: '0001' | '000A') => {
      const certificate = certificateOf(cell(await make(profile), 'jpki', file))
      const purpose = file === '0001' ? PURPOSES.sign : PURPOSES.auth
      const result = await validatePath({ certificate, anchors, purpose, at: fixedClock.now(), verify: webVerify })
      return result.ok ? 'ok' : result.reason
    }
    assert.deepEqual(await Promise.all([check('resident', '0001'), check('resident', '000A')]), ['ok', 'ok'])
    assert.deepEqual(await Promise.all([check('blocked', '0001'), check('child', '000A')]), ['ok', 'ok'])
    assert.deepEqual(await Promise.all([check('expired', '0001'), check('expired', '000A')]), ['expired', 'expired'])
  })

  test('serials are four octets, positive, and differ between cards and kinds', async () => {
    const serials = new Set<bigint>()
    for (let i = 0; i < 20; i++) {
      const card = await make('resident', { serial: String(880000000000000 + i) })
      for (const file of ['0001', '000A']) serials.add(certificateOf(cell(card, 'jpki', file)).serial)
    }
    assert.equal(serials.size, 40)
    for (const serial of serials) assert.ok(serial >= 0x40000000n && serial <= 0x7fffffffn)
  })

  test('EF 0006 is CK_TOKEN_INFO of 160 octets (facts 2.6.1)', async () => {
    const token = cell(await make('resident'), 'jpki', '0006')
    assert.equal(token.length, 160)
    assert.equal(token.toString('latin1', 0, 32), 'JPKIAPICCTOKEN2'.padEnd(32))
    assert.equal(token.toString('latin1', 32, 64), `${'0'.repeat(31)}1`)
    assert.equal(token.toString('latin1', 64, 80), 'E16R01NJ'.padEnd(16))
    assert.equal(token.toString('latin1', 80, 96), '0990000000000001')
    assert.equal(token.readUInt32BE(96), 0x0000040d)
    assert.deepEqual([token.readUInt32BE(116), token.readUInt32BE(120)], [16, 6])
    assert.equal(token.toString('hex', 124, 140), 'f'.repeat(32))
    assert.equal(token.toString('latin1', 140), `0301${'9'.repeat(16)}`)
  })

  test('what each profile has and lacks', async () => {
    const shape = async (profile: ProfileName) => {
      const card = await make(profile)
      const jpki = card.cells['jpki'] ?? {}
      return {
        certificates: ['0001', '000A', '001A.key', '0017.key'].filter((name) => name in jpki),
        available: jpki['0008'],
        life: jpki['.life'],
        pins: [
          ['jpki', '0018'],
          ['jpki', '001B'],
          ['text', '0011'],
          ['common', '001C'],
          ['juki', '001C'],
        ].map(([application, ef]) => {
          const cells = card.cells[application as string]
          return `${cells?.[`${ef}.pin`] === undefined ? '-' : 'set'} ${Number(cells?.[`${ef}.tries`])}/${Number(cells?.[`${ef}.limit`])}`
        }),
      }
    }
    const all = ['0001', '000A', '001A.key', '0017.key']
    const full = { certificates: all, available: '8F8F00', life: undefined }
    assert.deepEqual(await shape('resident'), {
      ...full,
      pins: ['set 3/3', 'set 5/5', 'set 3/3', 'set 3/3', 'set 3/3'],
    })
    assert.deepEqual(await shape('expired'), { ...full, pins: ['set 3/3', 'set 5/5', 'set 3/3', 'set 3/3', 'set 3/3'] })
    assert.deepEqual(await shape('blocked'), { ...full, pins: ['set 0/3', 'set 0/5', 'set 0/3', 'set 0/3', 'set 0/3'] })
    assert.deepEqual(await shape('child'), {
      certificates: ['000A', '0017.key'],
      available: '008F00',
      life: undefined,
      pins: ['set 3/3', '- 0/5', 'set 3/3', 'set 3/3', 'set 3/3'],
    })
    assert.deepEqual(await shape('factory'), {
      certificates: [],
      available: '000000',
      life: '07',
      pins: ['- 0/3', '- 0/5', '- 0/3', '- 0/3', '- 0/3'],
    })
  })

  test('the dates follow facts 5.6 from the clock, whenever it is', async () => {
    for (const year of [2020, 2026, 2027, 2034])
      for (const month of [0, 2, 3, 11]) {
        const at = Date.UTC(year, month, 31, 12)
        const card = await makeCardImage('resident', {}, { clock: { now: () => at } })
        const [sign, auth] = ['0001', '000A'].map((file) => certificateOf(cell(card, 'jpki', file)))
        assert.ok(sign && auth)
        assert.ok(sign.notBefore < at && at < sign.notAfter && sign.notAfter === auth.notAfter)
        assert.ok(auth.notAfter <= endOfDay(cell(card, 'isd', '00F2').toString()))
        const gone = await makeCardImage('expired', {}, { clock: { now: () => at } })
        assert.ok(endOfDay(cell(gone, 'isd', '00F2').toString()) < at)
      }
  })
})
