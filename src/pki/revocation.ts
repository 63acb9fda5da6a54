/** Is this certificate revoked? By a list (RFC 5280, 6.3) or by an OCSP answer (RFC 6960, 3.2), both for a relying party. */
import { equal } from '../base/bytes.ts'
import type { Verify } from './algorithm.ts'
import type { Certificate } from './certificate.ts'
import type { Crl } from './crl.ts'
import type { GeneralName } from './general-name.ts'
import type { CertId } from './ocsp-request.ts'
import type { CertStatus, OcspResponse } from './ocsp-response.ts'
import { isSignedBy, PURPOSES, validatePath } from './path.ts'

export type RevocationResult =
  /** Times in epoch milliseconds: how fresh the answer is. */
  | { readonly ok: true; readonly status: CertStatus; readonly thisUpdate: number; readonly nextUpdate?: number }
  | {
      readonly ok: false
      readonly reason: /** The responder gave an error instead of an answer. */
        | 'noAnswer'
        | 'otherCertificate'
        /** The list is of another shard or authority, or of a kind not known here. */
        | 'wrongScope'
        | 'badSignature'
        | 'wrongNonce'
        | 'notYetValid'
        | 'stale'
    }

const refused = (reason: (RevocationResult & { ok: false })['reason']): RevocationResult => ({ ok: false, reason })

interface Question {
  readonly certificate: Certificate
  /** The authority that issued it, already trusted. */
  readonly issuer: Certificate
  /** Epoch milliseconds. */
  readonly at: number
  readonly verify: Verify
}

function sameName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directoryName' && b.kind === 'directoryName') return equal(a.name.encoding, b.name.encoding)
  return a.kind === 'uri' && b.kind === 'uri' && a.uri === b.uri
}

/** A whole list covers every certificate of its issuer, a shard only those that name one of its distribution point's names. */
function covers({ issuer, extensions }: Crl, certificate: Certificate): boolean {
  if (!equal(issuer.encoding, certificate.issuer.encoding) || extensions.unknownCritical.length > 0) return false
  const shard = extensions.distributionPoint
  const points = certificate.extensions.distributionPoints?.flat() ?? []
  return shard === undefined || shard.some((name) => points.some((point) => sameName(name, point)))
}

export async function checkByCrl({ certificate, issuer, at, verify }: Question, crl: Crl): Promise<RevocationResult> {
  if (!covers(crl, certificate)) return refused('wrongScope')
  const maySign = issuer.extensions.keyUsage?.includes('cRLSign') ?? false
  if (!maySign || !(await isSignedBy(crl, issuer, verify))) return refused('badSignature')
  const { thisUpdate, nextUpdate } = crl
  if (at < thisUpdate) return refused('notYetValid')
  if (at > nextUpdate) return refused('stale')
  const found = crl.revoked.find(certificate.serial)
  const status: CertStatus = found === undefined ? { kind: 'good' } : { kind: 'revoked', ...found }
  return { ok: true, status, thisUpdate, nextUpdate }
}

export interface OcspQuestion extends Question {
  /** What was asked, as `parseOcspRequest` reads it. */
  readonly certId: CertId
  readonly nonce?: Uint8Array
  /** How old an answer without nextUpdate may be, in milliseconds. */
  readonly maxAge: number
}

const sameCertificate = (a: CertId, b: CertId): boolean =>
  a.serial === b.serial &&
  a.hashAlgorithm === b.hashAlgorithm &&
  equal(a.issuerNameHash, b.issuerNameHash) &&
  equal(a.issuerKeyHash, b.issuerKeyHash)

type Answer = OcspResponse & { readonly kind: 'answer' }

/** Signed by the issuer itself, or by a responder that the issuer has certified for that. */
async function isAuthorised(response: Answer, { issuer, at, verify }: Question): Promise<boolean> {
  if (await isSignedBy(response, issuer, verify)) return true
  for (const certificate of response.certificates) {
    const path = await validatePath({ certificate, anchors: [issuer], purpose: PURPOSES.ocspResponder, at, verify })
    if (path.ok && (await isSignedBy(response, certificate, verify))) return true
  }
  return false
}

export async function checkByOcsp(question: OcspQuestion, response: OcspResponse): Promise<RevocationResult> {
  if (response.kind === 'error') return refused('noAnswer')
  const { certId, certificate, nonce, at, maxAge } = question
  const answer = response.answers.find((candidate) => sameCertificate(candidate.certId, certId))
  if (answer === undefined || certId.serial !== certificate.serial) return refused('otherCertificate')
  if (!(await isAuthorised(response, question))) return refused('badSignature')
  if (nonce !== undefined && (response.nonce === undefined || !equal(nonce, response.nonce)))
    return refused('wrongNonce')
  const { status, thisUpdate, nextUpdate } = answer
  if (at < thisUpdate) return refused('notYetValid')
  if (at > (nextUpdate ?? thisUpdate + maxAge)) return refused('stale')
  return { ok: true, status, thisUpdate, ...(nextUpdate === undefined ? {} : { nextUpdate }) }
}
