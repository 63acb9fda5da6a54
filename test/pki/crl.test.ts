import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { parseCertificate } from '../../src/pki/certificate.ts'
import { issueCertificate } from '../../src/pki/certificate-build.ts'
import { type Crl, parseCrl } from '../../src/pki/crl.ts'
import { buildCrl, type CrlFields } from '../../src/pki/crl-build.ts'
import { distributionPointOf } from '../../src/pki/jpki-names.ts'
import { isSignedBy } from '../../src/pki/path.ts'
import { toPem } from '../../src/pki/pem.ts'
import { REASON, reasonName } from '../../src/pki/reason.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { holderFields, keyPair, type TestAuthority, testAuthority } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

const THIS = Date.UTC(2026, 5, 1)
const NEXT = Date.UTC(2027, 5, 2)
type Row = readonly [serial: number, seconds: number, reason: number]

const columns = (rows: readonly Row[]) => ({
  count: rows.length,
  serials: rows.map(([serial]) => serial),
  times: rows.map(([, seconds]) => seconds),
  reasons: rows.map(([, , reason]) => reason),
})

function parsed(bytes: Uint8Array): Crl {
  const result = parseCrl(bytes)
  if (!result.ok) throw result.error
  return result.value
}

describe('certificate revocation lists (RFC 5280, 5; facts 5.7)', () => {
  let ca: TestAuthority
  before(async () => {
    ca = await testAuthority('sign', 'rsa2048-sha256', 0x0132c4ab)
  })
  const fields = (rows: readonly Row[], more: Partial<CrlFields> = {}): CrlFields => ({
    issuer: ca.issuer,
    thisUpdate: THIS,
    nextUpdate: NEXT,
    number: 42,
    revoked: columns(rows),
    ...more,
  })
  /** The structure without an expensive signature. */
  const unsigned = (rows: readonly Row[], more: Partial<CrlFields> = {}) =>
    buildCrl(fields(rows, more), () => new Uint8Array(256))

  const rows = fc.uniqueArray(
    fc.tuple(
      fc.oneof(
        fc.integer({ min: 1, max: 0xffffffff }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom(
          1,
          127,
          128,
          255,
          256,
          32767,
          32768,
          2 ** 31 - 1,
          2 ** 31,
          2 ** 32 - 1,
          2 ** 32,
          2 ** 39 - 1,
          2 ** 39,
          2 ** 47,
        ),
      ),
      fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2050, 0, 1) / 1000 - 1 }),
      fc.constantFrom(...Object.values(REASON)),
    ),
    { selector: ([serial]) => serial, maxLength: 40 },
  )

  test('every row, in any order, is found again, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1 }), async (list, other) => {
        const { revoked } = parsed(await unsigned(list))
        assert.equal(revoked.count, list.length)
        for (const [serial, seconds, reason] of list)
          assert.deepEqual(revoked.find(BigInt(serial)), { at: seconds * 1000, reason: reasonName(reason) })
        if (!list.some(([serial]) => serial === other)) assert.equal(revoked.find(other), undefined)
      }),
      { numRuns: 200 },
    )
  })

  test('OpenSSL reads the same serials, dates, reasons, number and shard, and accepts the signature', async () => {
    const list: Row[] = [
      [0x0132c4ac, Date.UTC(2026, 1, 28, 15, 4, 5) / 1000, REASON.keyCompromise],
      [0x80000001, Date.UTC(2049, 11, 31, 23, 59, 59) / 1000, REASON.unspecified],
      [7, Date.UTC(1999, 11, 31) / 1000, REASON.certificateHold],
    ]
    const point = {
      name: distributionPointOf('sign', 'Tokyo-to', 'Kiyose-shi'),
      url: 'http://127.0.0.1:8700/crl/13221.crl',
    }
    const crl = await buildCrl(fields(list, { distributionPoint: point }), ca.sign)
    await withFiles({ 'ca.pem': toPem('CERTIFICATE', ca.certificate), 'crl.pem': toPem('X509 CRL', crl) }, (path) => {
      const run = openssl(['crl', '-in', path('crl.pem'), '-noout', '-text', '-CAfile', path('ca.pem')])
      assert.match(run.err, /verify OK/)
      assert.match(
        run.out,
        /Serial Number: 0132C4AC\n +Revocation Date: Feb 28 15:04:05 2026 GMT\n +CRL entry extensions:\n.*CRL Reason Code: \n +Key Compromise/,
      )
      assert.match(run.out, /Serial Number: 80000001\n +Revocation Date: Dec 31 23:59:59 2049 GMT\n +Serial/)
      assert.match(run.out, /Serial Number: 07\n.*\n.*\n.*\n +Certificate Hold/)
      assert.match(run.out, /X509v3 CRL Number: \n +42/)
      assert.match(
        run.out,
        /Issuing Distribution Point: critical\n.*\n +DirName:.*CN *= *Kiyose-shi CRLDP\n +URI:http:\/\/127.0.0.1:8700\/crl\/13221.crl/,
      )
    })
    const read = parsed(crl)
    assert.equal(read.extensions.number, 42n)
    assert.deepEqual([read.thisUpdate, read.nextUpdate], [THIS, NEXT])
    assert.equal(read.extensions.distributionPoint?.length, 2)
    const authority = parseCertificate(ca.certificate)
    assert.ok(authority.ok && (await isSignedBy(read, authority.value, webVerify)))
  })

  test('openssl verify -crl_check follows the shard of facts 5.2', async () => {
    const holder = keyPair('rsa2048-sha256')
    const certificate = await issueCertificate(holderFields(ca, holder, 77), ca.sign)
    const point = {
      name: distributionPointOf('sign', 'Tokyo-to', 'Kiyose-shi'),
      url: 'http://127.0.0.1:8700/crl/13221.crl',
    }
    const files = {
      'ca.pem': toPem('CERTIFICATE', ca.certificate),
      'leaf.pem': toPem('CERTIFICATE', certificate),
      'good.pem': toPem('X509 CRL', await buildCrl(fields([[76, 1.77e9, 1]], { distributionPoint: point }), ca.sign)),
      'revoked.pem': toPem(
        'X509 CRL',
        await buildCrl(fields([[77, 1.77e9, 1]], { distributionPoint: point }), ca.sign),
      ),
      'elsewhere.pem': toPem(
        'X509 CRL',
        await buildCrl(
          fields([], { distributionPoint: { name: distributionPointOf('sign', 'Osaka-fu', 'Sakai-shi') } }),
          ca.sign,
        ),
      ),
    }
    await withFiles(files, (path) => {
      const check = (crl: string) =>
        openssl([
          'verify',
          '-extended_crl',
          '-crl_check',
          '-attime',
          String(Date.UTC(2027, 0, 1) / 1000),
          '-CAfile',
          path('ca.pem'),
          '-CRLfile',
          path(crl),
          path('leaf.pem'),
        ])
      assert.match(check('good.pem').out, /: OK/)
      assert.match(check('revoked.pem').err, /certificate revoked/)
      assert.match(check('elsewhere.pem').err, /scope/)
    })
  })

  test('an empty list has no list of certificates', async () => {
    const { revoked } = parsed(await unsigned([]))
    assert.equal(revoked.count, 0)
    assert.equal(revoked.find(1), undefined)
  })

  test('a repeated serial is refused, next to each other or apart', async () => {
    for (const list of [
      [5, 5],
      [5, 6, 5],
      [9, 5, 9],
    ])
      assert.equal(parseCrl(await unsigned(list.map((serial): Row => [serial, 1.7e9, 0]))).ok, false)
  })

  test('no change to a list makes its reader throw', async () => {
    const bytes = await unsigned([
      [0x01020304, 1.7e9, 1],
      [0x7f020304, 1.7e9, 0],
      [2 ** 40, 1.7e9, 6],
    ])
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice()
        changed[at] = value
        const result = parseCrl(changed)
        if (result.ok) for (const serial of [0x01020304, 0x7f020304, 2 ** 40, 3]) result.value.revoked.find(serial)
      }),
      { numRuns: 3000 },
    )
    for (let length = 0; length < bytes.length; length++) assert.equal(parseCrl(bytes.subarray(0, length)).ok, false)
  })

  test('rows outside their ranges are a bug of the caller', async () => {
    for (const row of [
      [0, 1.7e9, 0],
      [-1, 1.7e9, 0],
      [1, 3e9, 0],
      [1, 1.7e9, 11],
      [2 ** 53, 1.7e9, 0],
    ] as const)
      await assert.rejects(unsigned([row]), RangeError)
  })
})
