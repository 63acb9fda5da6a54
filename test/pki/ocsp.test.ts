import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { readPublicKey } from '../../src/pki/algorithm.ts'
import { parseCertificate } from '../../src/pki/certificate.ts'
import { issueCertificate } from '../../src/pki/certificate-build.ts'
import { decode } from '../../src/pki/der-reader.ts'
import { buildOcspRequest, certId, parseOcspRequest } from '../../src/pki/ocsp-request.ts'
import { buildOcsp, type CertStatus, ocspError, parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { isSignedBy } from '../../src/pki/path.ts'
import { toPem } from '../../src/pki/pem.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { holderFields, keyPair, signerOf, type TestAuthority, testAuthority } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

const NOW = Math.floor(Date.now() / 1000) * 1000

describe('OCSP (RFC 6960, facts 5.7)', () => {
  let ca: TestAuthority
  let certificate: Uint8Array
  let files: Record<string, string>

  before(async () => {
    ca = await testAuthority('auth', 'rsa2048-sha256')
    certificate = await issueCertificate(holderFields(ca, keyPair('rsa2048-sha256'), 0x12345678), ca.sign)
    files = { 'ca.pem': toPem('CERTIFICATE', ca.certificate), 'leaf.pem': toPem('CERTIFICATE', certificate) }
  })

  test('a request by OpenSSL is read: hashes of the issuer, serial, nonce', () =>
    withFiles(files, (path) => {
      for (const hash of ['sha1', 'sha256']) {
        openssl(['ocsp', `-${hash}`, '-issuer', path('ca.pem'), '-cert', path('leaf.pem'), '-reqout', path('req.der')])
        const request = parseOcspRequest(new Uint8Array(readFileSync(path('req.der'))))
        assert.ok(request.ok)
        const [id, ...more] = request.value.certificates
        assert.ok(id !== undefined && more.length === 0)
        assert.equal(id.hashAlgorithm, hash === 'sha1' ? OID.sha1 : OID.sha256)
        assert.equal(id.serial, 0x12345678n)
        const key = decode(ca.keys.spki, (cursor) => readPublicKey(cursor, 'key'))
        assert.ok(key.ok)
        const digest = (bytes: Uint8Array) => new Uint8Array(createHash(hash).update(bytes).digest())
        assert.deepEqual(new Uint8Array(id.issuerNameHash), digest(ca.issuer.name))
        assert.deepEqual(new Uint8Array(id.issuerKeyHash), digest(key.value.bits))
        assert.equal(request.value.nonce?.length, 16)
        assert.deepEqual(parseOcspRequest(buildOcspRequest([id.encoding], request.value.nonce)), {
          ok: true,
          value: { certificates: [id], nonce: request.value.nonce },
        })
      }
    }))

  const statuses: readonly (readonly [CertStatus, RegExp])[] = [
    [{ kind: 'good' }, /leaf\.pem: good/],
    [{ kind: 'unknown' }, /leaf\.pem: unknown/],
    [{ kind: 'revoked', at: NOW - 86_400_000, reason: 'superseded' }, /leaf\.pem: revoked[\s\S]*Reason: superseded/],
    [{ kind: 'revoked', at: NOW - 86_400_000, reason: 'unspecified' }, /leaf\.pem: revoked(?![\s\S]*Reason)/],
  ]

  for (const [status, seen] of statuses)
    test(`OpenSSL verifies the answer ${JSON.stringify(status)}, and so do we`, () =>
      withFiles(files, async (path) => {
        openssl(['ocsp', '-issuer', path('ca.pem'), '-cert', path('leaf.pem'), '-reqout', path('req.der')])
        const request = parseOcspRequest(new Uint8Array(readFileSync(path('req.der'))))
        assert.ok(request.ok)
        const answers = request.value.certificates.map(({ encoding }) => ({
          certId: encoding,
          status,
          thisUpdate: NOW,
          nextUpdate: NOW + 900_000,
        }))
        const nonce = request.value.nonce as Uint8Array
        const response = await buildOcsp(
          { responderKeyId: ca.keys.keyId, producedAt: NOW, answers, nonce },
          { algorithm: 'rsa2048-sha256', sign: ca.sign },
        )
        writeFileSync(path('resp.der'), response)
        const nonceRun = openssl([
          'ocsp',
          '-reqin',
          path('req.der'),
          '-respin',
          path('resp.der'),
          '-CAfile',
          path('ca.pem'),
          '-issuer',
          path('ca.pem'),
        ])
        assert.match(nonceRun.err, /Response verify OK/)
        assert.doesNotMatch(nonceRun.err, /nonce/i)
        const about = ['-issuer', path('ca.pem'), '-cert', path('leaf.pem'), '-no_nonce']
        const run = openssl(['ocsp', ...about, '-respin', path('resp.der'), '-CAfile', path('ca.pem')])
        assert.match(run.out, seen)

        const read = parseOcspResponse(response)
        assert.ok(read.ok && read.value.kind === 'answer')
        assert.deepEqual(read.value.answers[0]?.status, status)
        assert.deepEqual(read.value.nonce, nonce)
        const authority = parseCertificate(ca.certificate)
        assert.ok(authority.ok && (await isSignedBy(read.value, authority.value, webVerify)))
      }))

  test('a delegated responder is accepted by OpenSSL, a holder who answers is not', () =>
    withFiles(files, async (path) => {
      const keys = keyPair('rsa2048-sha256')
      const { distributionPoint, personalData, ...fields } = holderFields(ca, keys, 5)
      assert.ok(distributionPoint && personalData)
      const holder = await issueCertificate(holderFields(ca, keys, 6), ca.sign)
      const responder = await issueCertificate({ ...fields, profile: CERTIFICATE_PROFILES.ocspResponder }, ca.sign)
      openssl(['ocsp', '-issuer', path('ca.pem'), '-cert', path('leaf.pem'), '-no_nonce', '-reqout', path('req.der')])
      const request = parseOcspRequest(new Uint8Array(readFileSync(path('req.der'))))
      assert.ok(request.ok && request.value.nonce === undefined)
      const answers = request.value.certificates.map(({ encoding }) => ({
        certId: encoding,
        status: { kind: 'good' } as const,
        thisUpdate: NOW,
      }))
      for (const [signer, verdict] of [
        [responder, /Response verify OK/],
        [holder, /Response Verify Failure/],
      ] as const) {
        const response = await buildOcsp(
          { responderKeyId: keys.keyId, producedAt: NOW, answers },
          { algorithm: 'rsa2048-sha256', sign: signerOf(keys, 'rsa2048-sha256'), certificates: [signer] },
        )
        writeFileSync(path('resp.der'), response)
        const run = openssl([
          'ocsp',
          '-issuer',
          path('ca.pem'),
          '-cert',
          path('leaf.pem'),
          '-respin',
          path('resp.der'),
          '-CAfile',
          path('ca.pem'),
        ])
        assert.match(run.err, verdict)
        const read = parseOcspResponse(response)
        assert.ok(read.ok && read.value.kind === 'answer')
        assert.equal(read.value.certificates.length, 1)
      }
    }))

  test('an error answer is five octets', () => {
    assert.deepEqual(ocspError('tryLater'), Uint8Array.of(0x30, 3, 0x0a, 1, 3))
    assert.deepEqual(parseOcspResponse(ocspError('malformedRequest')), {
      ok: true,
      value: { kind: 'error', status: 'malformedRequest' },
    })
    assert.equal(parseOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 4)).ok, false)
  })

  test('readers are total', async () => {
    const id = certId(OID.sha1, new Uint8Array(20), new Uint8Array(20), 1)
    const request = buildOcspRequest([id, id], Uint8Array.of(1, 2, 3))
    const response = await buildOcsp(
      {
        responderKeyId: ca.keys.keyId,
        producedAt: NOW,
        answers: [
          {
            certId: id,
            status: { kind: 'revoked', at: NOW, reason: 'keyCompromise' },
            thisUpdate: NOW,
            nextUpdate: NOW,
          },
        ],
        nonce: Uint8Array.of(1),
      },
      { algorithm: 'rsa2048-sha256', sign: () => new Uint8Array(256) },
    )
    for (const [bytes, parse] of [
      [request, parseOcspRequest],
      [response, parseOcspResponse],
    ] as const) {
      assert.equal(parse(bytes).ok, true)
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
          const changed = bytes.slice()
          changed[at] = value
          parse(changed)
        }),
        { numRuns: 2000 },
      )
      for (let length = 0; length < bytes.length; length++) assert.equal(parse(bytes.subarray(0, length)).ok, false)
    }
    assert.equal(parseOcspRequest(buildOcspRequest([])).ok, false, 'a request about nothing')
    assert.equal(parseOcspRequest(buildOcspRequest([id], new Uint8Array(129))).ok, false, 'a nonce of 129 octets')
  })
})
