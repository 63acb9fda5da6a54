import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts'
import { issueCertificate } from '../../src/pki/certificate-build.ts'
import { parseCrl } from '../../src/pki/crl.ts'
import { buildCrl } from '../../src/pki/crl-build.ts'
import { distributionPointOf } from '../../src/pki/jpki-names.ts'
import { buildOcspRequest, type CertId, certId, parseOcspRequest } from '../../src/pki/ocsp-request.ts'
import { buildOcsp, type CertStatus, ocspError, parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'
import { checkByCrl, checkByOcsp, type OcspQuestion } from '../../src/pki/revocation.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { holderFields, type KeyPair, keyPair, signerOf, type TestAuthority, testAuthority } from './authority.ts'

const AT = Date.UTC(2027, 0, 1)
const HOUR = 3_600_000

function parsed(bytes: Uint8Array): Certificate {
  const result = parseCertificate(bytes)
  if (!result.ok) throw result.error
  return result.value
}

let ca: TestAuthority
let other: TestAuthority
let holder: KeyPair
let issuer: Certificate
let certificate: Certificate

before(async () => {
  ca = await testAuthority('auth', 'rsa2048-sha256', 1)
  other = await testAuthority('auth', 'rsa2048-sha256', 2)
  holder = keyPair('rsa2048-sha256')
  issuer = parsed(ca.certificate)
  certificate = parsed(await issueCertificate(holderFields(ca, holder, 77), ca.sign))
})

describe('by a list (RFC 5280, 6.3)', () => {
  const shard = (town: string) => ({ name: distributionPointOf('auth', 'Tokyo-to', town) })
  async function ask(serial: number, more: { by?: TestAuthority; town?: string; at?: number } = {}) {
    const { by = ca, town, at = AT } = more
    const revoked = { count: 1, serials: [serial], times: [1.79e9], reasons: [4] }
    const point = town === undefined ? {} : { distributionPoint: shard(town) }
    const bytes = await buildCrl(
      { issuer: by.issuer, thisUpdate: AT - HOUR, nextUpdate: AT + HOUR, number: 1, revoked, ...point },
      by.sign,
    )
    const crl = parseCrl(bytes)
    assert.ok(crl.ok)
    return checkByCrl({ certificate, issuer, at, verify: webVerify }, crl.value)
  }

  test('whole lists and the right shard answer with their freshness', async () => {
    const fresh = { ok: true, thisUpdate: AT - HOUR, nextUpdate: AT + HOUR }
    assert.deepEqual(await ask(76), { ...fresh, status: { kind: 'good' } })
    assert.deepEqual(await ask(77, { town: 'Kiyose-shi' }), {
      ...fresh,
      status: { kind: 'revoked', at: 1.79e12, reason: 'superseded' },
    })
  })

  test('another shard, another generation and another time are refused', async () => {
    assert.deepEqual(await ask(76, { town: 'Hino-shi' }), { ok: false, reason: 'wrongScope' })
    assert.deepEqual(await ask(76, { by: other }), { ok: false, reason: 'badSignature' })
    assert.deepEqual(await ask(76, { by: await testAuthority('sign', 'rsa2048-sha256') }), {
      ok: false,
      reason: 'wrongScope',
    })
    assert.deepEqual(await ask(76, { at: AT - HOUR - 1 }), { ok: false, reason: 'notYetValid' })
    assert.deepEqual(await ask(76, { at: AT + HOUR + 1 }), { ok: false, reason: 'stale' })
  })
})

describe('by OCSP (RFC 6960, 3.2)', () => {
  const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash('sha1').update(bytes).digest())
  const asked = (serial: number): CertId => {
    const id = certId(OID.sha1, sha1(ca.issuer.name), sha1(issuer.publicKey.bits), serial)
    const request = parseOcspRequest(buildOcspRequest([id]))
    assert.ok(request.ok)
    return request.value.certificates[0] as CertId
  }
  interface Given {
    status?: CertStatus
    about?: number
    nonce?: Uint8Array
    next?: number | null
    signer?: TestAuthority['sign']
    certificates?: readonly Uint8Array[]
  }
  async function ask(given: Given = {}, question: Partial<OcspQuestion> = {}) {
    const {
      status = { kind: 'good' },
      about = 77,
      nonce,
      next = AT + HOUR,
      signer = ca.sign,
      certificates = [],
    } = given
    const bytes = await buildOcsp(
      {
        responderKeyId: ca.keys.keyId,
        producedAt: AT,
        answers: [
          {
            certId: asked(about).encoding,
            status,
            thisUpdate: AT - HOUR,
            ...(next === null ? {} : { nextUpdate: next }),
          },
        ],
        ...(nonce === undefined ? {} : { nonce }),
      },
      { algorithm: 'rsa2048-sha256', sign: signer, certificates },
    )
    const response = parseOcspResponse(bytes)
    assert.ok(response.ok)
    const all = { certificate, issuer, at: AT, verify: webVerify, certId: asked(77), maxAge: HOUR, ...question }
    const result = await checkByOcsp(all, response.value)
    return result.ok ? result.status.kind : result.reason
  }

  test('the answer is the authority’s own', async () => {
    assert.equal(await ask(), 'good')
    assert.equal(await ask({ status: { kind: 'unknown' } }), 'unknown')
    assert.equal(await ask({ status: { kind: 'revoked', at: AT - HOUR, reason: 'keyCompromise' } }), 'revoked')
    assert.equal(await ask({ signer: other.sign }), 'badSignature')
    assert.equal(await ask({ about: 78 }), 'otherCertificate')
    assert.equal(await ask({}, { certId: asked(78) }), 'otherCertificate')
  })

  test('a responder the authority has certified may answer, a holder may not', async () => {
    const keys = keyPair('rsa2048-sha256')
    const fields = holderFields(ca, keys, 5)
    const signer = signerOf(keys, 'rsa2048-sha256')
    const responder = await issueCertificate({ ...fields, profile: CERTIFICATE_PROFILES.ocspResponder }, ca.sign)
    const stranger = await issueCertificate(
      { ...fields, issuer: other.issuer, profile: CERTIFICATE_PROFILES.ocspResponder },
      other.sign,
    )
    assert.equal(await ask({ signer, certificates: [responder] }), 'good')
    assert.equal(await ask({ signer, certificates: [await issueCertificate(fields, ca.sign)] }), 'badSignature')
    assert.equal(await ask({ signer, certificates: [stranger] }), 'badSignature')
    assert.equal(await ask({ signer }), 'badSignature')
    assert.equal(await ask({ signer, certificates: [responder] }, { at: fields.notAfter + 1000 }), 'badSignature')
  })

  test('nonce and time', async () => {
    const nonce = Uint8Array.of(1, 2, 3)
    assert.equal(await ask({ nonce }, { nonce }), 'good')
    assert.equal(await ask({ nonce }), 'good', 'not asked for')
    assert.equal(await ask({}, { nonce }), 'wrongNonce')
    assert.equal(await ask({ nonce: Uint8Array.of(9) }, { nonce }), 'wrongNonce')
    assert.equal(await ask({}, { at: AT - HOUR - 1 }), 'notYetValid')
    assert.equal(await ask({}, { at: AT + HOUR + 1 }), 'stale')
    assert.equal(await ask({ next: null }), 'good')
    assert.equal(await ask({ next: null }, { maxAge: HOUR - 1 }), 'stale')
  })

  test('an error is no answer', async () => {
    const response = parseOcspResponse(ocspError('tryLater'))
    assert.ok(response.ok)
    const question = { certificate, issuer, at: AT, verify: webVerify, certId: asked(77), maxAge: HOUR }
    assert.deepEqual(await checkByOcsp(question, response.value), { ok: false, reason: 'noAnswer' })
  })
})
