import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts'
import { assembleSigned, buildTbsCertificate, issueCertificate } from '../../src/pki/certificate-build.ts'
import { buildTbsRequest, parseCsr } from '../../src/pki/csr.ts'
import { authSubject } from '../../src/pki/jpki-names.ts'
import { PURPOSES, validatePath } from '../../src/pki/path.ts'
import { fromPem, toPem } from '../../src/pki/pem.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { holderFields, type KeyPair, keyPair, signerOf, type TestAuthority, testAuthority } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

function parsed(bytes: Uint8Array): Certificate {
  const result = parseCertificate(bytes)
  if (!result.ok) throw result.error
  return result.value
}

describe('path validation', () => {
  let old: TestAuthority
  let current: TestAuthority
  let signing: TestAuthority
  let holder: KeyPair
  let leaf: Certificate
  let anchors: readonly Certificate[]
  const at = Date.UTC(2027, 0, 1)

  before(async () => {
    old = await testAuthority('auth', 'rsa2048-sha256', 1)
    current = await testAuthority('auth', 'p384-sha384', 2)
    signing = await testAuthority('sign', 'rsa2048-sha256', 3)
    holder = keyPair('rsa2048-sha256')
    leaf = parsed(await issueCertificate(holderFields(current, holder), current.sign))
    anchors = [old, current, signing].map(({ certificate }) => parsed(certificate))
  })
  const check = (certificate: Certificate, more: Partial<Parameters<typeof validatePath>[0]> = {}) =>
    validatePath({ certificate, anchors, purpose: PURPOSES.auth, at, verify: webVerify, ...more })
  const reason = async (...args: Parameters<typeof check>) => {
    const result = await check(...args)
    return result.ok ? 'ok' : result.reason
  }

  test('two generations with one name live at once: the one that signed is found (F48)', async () => {
    assert.deepEqual(await check(leaf), { ok: true, anchor: anchors[1] })
    const older = parsed(await issueCertificate(holderFields(old, holder), old.sign))
    assert.deepEqual(await check(older), { ok: true, anchor: anchors[0] })
  })

  test('the last second counts, the next does not', async () => {
    assert.equal(await reason(leaf, { at: leaf.notAfter + 999 }), 'ok')
    assert.equal(await reason(leaf, { at: leaf.notAfter + 1000 }), 'expired')
    assert.equal(await reason(leaf, { at: leaf.notBefore }), 'ok')
    assert.equal(await reason(leaf, { at: leaf.notBefore - 1 }), 'notYetValid')
    assert.equal(await reason(leaf, { at: Date.UTC(2040, 0, 1) }), 'authorityNotValid')
  })

  test('another authority, another purpose, another key are told apart', async () => {
    assert.equal(await reason(leaf, { anchors: [parsed(signing.certificate)] }), 'unknownAuthority')
    assert.equal(await reason(leaf, { anchors: [parsed(old.certificate)] }), 'unknownAuthority')
    assert.equal(await reason(leaf, { purpose: PURPOSES.sign }), 'wrongPurpose')
    assert.equal(await reason(leaf, { purpose: PURPOSES.ocspResponder }), 'wrongPurpose')
    const forged = parsed(
      await issueCertificate(holderFields(current, holder), signerOf(keyPair('p384-sha384'), 'p384-sha384')),
    )
    assert.equal(await reason(forged), 'badSignature')
    const authority = parsed(current.certificate)
    assert.equal(await reason(authority), 'wrongPurpose', 'an authority is no holder')
  })

  test('an unknown critical extension is refused', async () => {
    const profile = {
      ...CERTIFICATE_PROFILES.auth,
      extensions: [...CERTIFICATE_PROFILES.auth.extensions, { id: 'ocspNoCheck', critical: true } as const],
    }
    const odd = parsed(await issueCertificate({ ...holderFields(current, holder), profile }, current.sign))
    assert.equal(await reason(odd), 'unknownCriticalExtension')
  })

  test('two algorithm names in one certificate are refused', () => {
    const tbs = buildTbsCertificate(holderFields(current, holder))
    assert.equal(parseCertificate(assembleSigned(tbs, 'rsa2048-sha256', new Uint8Array(256))).ok, false)
  })
})

describe('certification requests (RFC 2986)', () => {
  for (const algorithm of ['rsa2048-sha256', 'p384-sha384'] as const)
    test(`ours is accepted by OpenSSL, OpenSSL's by us (${algorithm})`, async () => {
      const keys = keyPair(algorithm)
      const tbs = buildTbsRequest(authSubject('0123456789ABCD', '13221'), keys.spki)
      const csr = assembleSigned(tbs, algorithm, await signerOf(keys, algorithm)(tbs))
      const files = {
        'our.pem': toPem('CERTIFICATE REQUEST', csr),
        'key.pem': keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      }
      await withFiles(files, async (path) => {
        assert.match(openssl(['req', '-in', path('our.pem'), '-noout', '-verify']).err, /verify OK/)
        const { out } = openssl([
          'req',
          '-new',
          '-key',
          path('key.pem'),
          '-subj',
          '/C=JP/CN=x',
          '-addext',
          'keyUsage=digitalSignature',
          algorithm === 'p384-sha384' ? '-sha384' : '-sha256',
        ])
        const theirs = parseCsr(fromPem('CERTIFICATE REQUEST', out)?.[0] as Uint8Array)
        assert.ok(theirs.ok)
        assert.deepEqual(theirs.value.attributes, ['1.2.840.113549.1.9.14'])
        assert.deepEqual(new Uint8Array(theirs.value.publicKey.spki), keys.spki)
        const { signatureAlgorithm, publicKey, tbs: signed, signature } = theirs.value
        assert.equal(await webVerify(signatureAlgorithm, publicKey.spki, signed, signature), true)
      })
      for (let length = 0; length < csr.length; length++) assert.equal(parseCsr(csr.subarray(0, length)).ok, false)
    })

  test('PEM: what is no base64 is no block', () => {
    assert.equal(fromPem('X', '-----BEGIN X-----\n!!!!\n-----END X-----'), undefined)
    assert.deepEqual(fromPem('X', 'nothing here'), [])
  })
})
