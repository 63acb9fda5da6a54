import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { hex } from '../../src/base/hex.ts'
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts'
import { issueCertificate } from '../../src/pki/certificate-build.ts'
import { formatName } from '../../src/pki/name.ts'
import { toPem } from '../../src/pki/pem.ts'
import { personalDataOf } from '../../src/pki/personal-data.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { AT, holderFields, type KeyPair, keyPair, type TestAuthority, testAuthority } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

const GENERATIONS = ['rsa2048-sha256', 'p384-sha384'] as const

function parsed(der: Uint8Array): Certificate {
  const result = parseCertificate(der)
  if (!result.ok) throw result.error
  return result.value
}

for (const algorithm of GENERATIONS)
  describe(`certificates with ${algorithm} (F48)`, () => {
    let sign: TestAuthority
    let auth: TestAuthority
    let holder: KeyPair
    let signCert: Uint8Array
    let authCert: Uint8Array

    before(async () => {
      sign = await testAuthority('sign', algorithm, 0x0132c4ab)
      auth = await testAuthority('auth', algorithm)
      holder = keyPair(algorithm)
      signCert = await issueCertificate(holderFields(sign, holder), sign.sign)
      authCert = await issueCertificate(holderFields(auth, holder), auth.sign)
    })

    test('OpenSSL verifies both chains, and refuses each under the other authority', () =>
      withFiles(
        {
          'sign-ca.pem': toPem('CERTIFICATE', sign.certificate),
          'auth-ca.pem': toPem('CERTIFICATE', auth.certificate),
          'sign.pem': toPem('CERTIFICATE', signCert),
          'auth.pem': toPem('CERTIFICATE', authCert),
        },
        (path) => {
          const verify = (ca: string, leaf: string, ...more: string[]) =>
            openssl([
              'verify',
              '-x509_strict',
              '-policy_check',
              '-attime',
              String(Date.UTC(2027, 0, 1) / 1000),
              ...more,
              '-CAfile',
              path(ca),
              path(leaf),
            ])
          assert.equal(verify('sign-ca.pem', 'sign.pem').out.trim(), `${path('sign.pem')}: OK`)
          assert.equal(verify('auth-ca.pem', 'auth.pem', '-purpose', 'sslclient').out.trim(), `${path('auth.pem')}: OK`)
          assert.notEqual(verify('auth-ca.pem', 'sign.pem').status, 0)
          assert.notEqual(verify('sign-ca.pem', 'auth.pem').status, 0)
        },
      ))

    test('the auth certificate has the extensions of facts 5.2, in that order', () => {
      const { extensions, serial, notBefore, notAfter } = parsed(authCert)
      assert.deepEqual(
        extensions.order.map(({ id, critical }) => (critical ? `${id}!` : id)),
        [
          '2.5.29.15!',
          '2.5.29.37',
          '2.5.29.32!',
          '2.5.29.18',
          '2.5.29.31',
          '1.3.6.1.5.5.7.1.1',
          '2.5.29.35',
          '2.5.29.14',
        ],
      )
      assert.deepEqual(extensions.keyUsage, ['digitalSignature'])
      assert.deepEqual(extensions.policies, [
        { policy: '1.2.392.200149.8.5.1.0.30', cps: 'http://127.0.0.1:8700/cps.html' },
      ])
      assert.deepEqual(extensions.ocsp, ['http://127.0.0.1:8700/ocsp'])
      assert.deepEqual(extensions.authorityKeyId?.keyId, auth.keys.keyId)
      assert.equal(extensions.authorityKeyId?.serial, 1n)
      assert.deepEqual(extensions.subjectKeyId, holder.keyId)
      assert.equal(extensions.subjectAltName, undefined)
      assert.equal(serial, 0x1a2b3c4dn)
      assert.deepEqual({ notBefore, notAfter }, AT)
    })

    test('what every JPKI certificate has is written octet for octet as there (facts 5.2)', () => {
      const bytes = hex(authCert)
      const usage = '300E0603551D0F0101FF040403020780'
      const purpose = '30130603551D25040C300A06082B06010505070302'
      assert.ok(bytes.includes(`${usage}${purpose}30`), 'keyUsage, extKeyUsage, then the next')
      assert.ok(bytes.includes('0603551D200101FF04'), 'certificatePolicies, critical')
      assert.ok(bytes.includes('060B2A83088C9B550805010'), 'policy in the arc 1.2.392.200149.8.5.1')
      assert.ok(bytes.includes('060355040613024A50'), 'C=JP as PrintableString')
      assert.ok(bytes.includes('060355040A0C0E4D41444F47554348492D54455354'), 'O as UTF8String')
      assert.match(bytes, /30[0-9A-F]{2}170D3236303130353031303230335A170D3331303333313134353935395A/)
    })

    test('the sign certificate names its holder by the attributes of facts 5.4', () => {
      const { extensions, subject } = parsed(signCert)
      assert.deepEqual(
        extensions.order.map(({ id, critical }) => (critical ? `${id}!` : id)),
        ['2.5.29.15!', '2.5.29.17', '2.5.29.32!', '2.5.29.18', '2.5.29.31', '2.5.29.35', '2.5.29.14'],
      )
      assert.deepEqual(
        extensions.subjectAltName?.map((name) => (name.kind === 'otherName' ? name.type.split('.').at(-1) : name.kind)),
        ['1', '4', '3', '5', '2', '6'],
      )
      assert.deepEqual(personalDataOf(extensions.subjectAltName), holderFields(sign, holder).personalData)
      assert.equal(formatName(subject), 'C=JP, L=Tokyo-to, L=Kiyose-shi, CN=2026010510020300000000000001')
    })

    test('the authority certifies itself as in facts 5.1', async () => {
      const ca = parsed(sign.certificate)
      assert.deepEqual(
        ca.extensions.order.map(({ id, critical }) => (critical ? `${id}!` : id)),
        ['2.5.29.15!', '2.5.29.17', '2.5.29.19!', '2.5.29.31', '2.5.29.14'],
      )
      assert.deepEqual(ca.extensions.basicConstraints, { ca: true })
      assert.deepEqual(ca.issuer.encoding, ca.subject.encoding)
      assert.equal(await webVerify(ca.signatureAlgorithm, ca.publicKey.spki, ca.tbs, ca.signature), true)
      assert.match(formatName(ca.subject), /^C=JP, O=MADOGUCHI-TEST, OU=MADOGUCHI-TEST for digital signature, OU=/)
    })

    test('WebCrypto checks the signature, and no signature over other bytes or by another key', async () => {
      const leaf = parsed(authCert)
      const ca = parsed(auth.certificate)
      assert.equal(await webVerify(algorithm, ca.publicKey.spki, leaf.tbs, leaf.signature), true)
      assert.equal(await webVerify(algorithm, ca.publicKey.spki, ca.tbs, leaf.signature), false)
      assert.equal(await webVerify(algorithm, holder.spki, leaf.tbs, leaf.signature), false)
      assert.equal(await webVerify(algorithm, holder.spki, leaf.tbs, leaf.signature.subarray(1)), false)
    })

    test('whatever is cut, flipped or added is refused or still read as OpenSSL reads it', () => {
      fc.assert(
        fc.property(fc.nat(signCert.length * 8 - 1), (bit) => {
          const changed = signCert.slice()
          changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
          const result = parseCertificate(changed)
          if (!result.ok) return
          const oracle = new X509Certificate(changed)
          assert.equal(BigInt(`0x${oracle.serialNumber}`), result.value.serial)
          assert.equal(Date.parse(oracle.validTo), result.value.notAfter)
          assert.equal(Date.parse(oracle.validFrom), result.value.notBefore)
        }),
        { numRuns: 3000 },
      )
      for (let length = 0; length < signCert.length; length++)
        assert.equal(parseCertificate(signCert.subarray(0, length)).ok, false)
      assert.equal(parseCertificate(Uint8Array.from([...signCert, 0])).ok, false)
    })
  })
