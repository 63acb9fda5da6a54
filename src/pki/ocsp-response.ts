/** OCSP answers (RFC 6960, 4.2): building and reading. */
import { EMPTY } from '../base/bytes.ts'
import { ALGORITHMS, type AlgorithmName, type Sign } from './algorithm.ts'
import { type Certificate, readCertificate, readSigned } from './certificate.ts'
import {
  type Around,
  context,
  contextOf,
  der,
  enumerated,
  generalizedTime,
  headers,
  nested,
  octetString,
  oid,
  sequence,
  TAG,
} from './der.ts'
import { type Decoded, DerCursor, decode } from './der-reader.ts'
import { type Name, readName } from './name.ts'
import { type CertId, nonceExtension, type OcspExtensions, readCertId, readOcspExtensions } from './ocsp-request.ts'
import { OID } from './oids.ts'
import { REASON, type ReasonName, reasonName } from './reason.ts'

/** Why there is no answer (RFC 6960, 4.2.1). */
export const OCSP_STATUS = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const
export type OcspErrorName = Exclude<keyof typeof OCSP_STATUS, 'successful'>

export type CertStatus =
  | { readonly kind: 'good' }
  /** `at` in epoch milliseconds. */
  | { readonly kind: 'revoked'; readonly at: number; readonly reason: ReasonName }
  | { readonly kind: 'unknown' }

export interface OcspAnswer {
  /** DER CertID, as it stood in the request. */
  readonly certId: Uint8Array
  readonly status: CertStatus
  /** Epoch milliseconds. */
  readonly thisUpdate: number
  readonly nextUpdate?: number
  /** Further extensions of this entry, DER. */
  readonly extensions?: readonly Uint8Array[]
}

export interface OcspFields {
  /** SHA-1 of the responder's public key bits: responderID byKey. */
  readonly responderKeyId: Uint8Array
  readonly producedAt: number
  readonly answers: readonly OcspAnswer[]
  readonly nonce?: Uint8Array
}

function statusBytes(status: CertStatus): Uint8Array {
  if (status.kind === 'good') return der(context(0))
  if (status.kind === 'unknown') return der(context(2))
  const reason = status.reason === 'unspecified' ? [] : [der(contextOf(0), enumerated(REASON[status.reason]))]
  return der(contextOf(1), generalizedTime(status.at), ...reason)
}

function answerBytes({ certId, status, thisUpdate, nextUpdate, extensions }: OcspAnswer): Uint8Array {
  const next = nextUpdate === undefined ? [] : [der(contextOf(0), generalizedTime(nextUpdate))]
  const more = extensions === undefined ? [] : [der(contextOf(1), sequence(...extensions))]
  return sequence(certId, statusBytes(status), generalizedTime(thisUpdate), ...next, ...more)
}

/** ResponseData, DER: what is to be signed. */
export function buildTbsOcsp({ responderKeyId, producedAt, answers, nonce }: OcspFields): Uint8Array {
  return sequence(
    der(contextOf(2), octetString(responderKeyId)),
    generalizedTime(producedAt),
    sequence(...answers.map(answerBytes)),
    ...(nonce === undefined ? [] : [der(contextOf(1), sequence(nonceExtension(nonce)))]),
  )
}

/** The whole answer; `certificates` are those of a delegated responder. */
export function assembleOcsp(
  tbs: Uint8Array,
  algorithm: AlgorithmName,
  signature: Uint8Array,
  certificates: readonly Uint8Array[] = [],
): Uint8Array {
  let size = 0
  for (const certificate of certificates) size += certificate.length
  const chain = size === 0 ? EMPTY : headers([contextOf(0), TAG.SEQUENCE], size)
  const bits = headers([TAG.BIT_STRING], 1 + signature.length)
  const { signature: name } = ALGORITHMS[algorithm]
  return nested(AROUND_BASIC, tbs, name, bits, WHOLE_OCTETS, signature, chain, ...certificates)
}

/** What a BIT STRING begins with when it has no unused bits. */
const WHOLE_OCTETS = Uint8Array.of(0)
/** From the whole answer down to the BasicOCSPResponse in it. */
const AROUND_BASIC: readonly Around[] = [
  [TAG.SEQUENCE, enumerated(OCSP_STATUS.successful)],
  contextOf(0),
  [TAG.SEQUENCE, oid(OID.ocspBasic)],
  TAG.OCTET_STRING,
  TAG.SEQUENCE,
]

export async function buildOcsp(
  fields: OcspFields,
  responder: { readonly algorithm: AlgorithmName; readonly sign: Sign; readonly certificates?: readonly Uint8Array[] },
): Promise<Uint8Array> {
  const tbs = buildTbsOcsp(fields)
  return assembleOcsp(tbs, responder.algorithm, await responder.sign(tbs), responder.certificates)
}

/** An answer that says only why there is none: five octets. */
export const ocspError = (name: OcspErrorName): Uint8Array => sequence(enumerated(OCSP_STATUS[name]))

export interface ParsedAnswer extends Omit<OcspAnswer, 'certId' | 'extensions'> {
  readonly certId: CertId
  readonly extensions: OcspExtensions['others']
}

export type OcspResponse =
  | { readonly kind: 'error'; readonly status: OcspErrorName }
  | ({
      readonly kind: 'answer'
      readonly responder: { readonly keyId: Uint8Array } | { readonly name: Name }
      readonly producedAt: number
      readonly answers: readonly ParsedAnswer[]
      readonly nonce?: Uint8Array
      readonly certificates: readonly Certificate[]
    } & Pick<Certificate, 'tbs' | 'signatureAlgorithm' | 'signature'>)

/** An answer, in DER to the last byte. Whether its signer may answer is another question: `revocation.ts`. */
export const parseOcspResponse = (encoding: Uint8Array): Decoded<OcspResponse> =>
  decode(encoding, (cursor) =>
    cursor.sequence('OCSP response', (outer): OcspResponse => {
      const code = outer.small('OCSP status', TAG.ENUMERATED)
      if (code !== OCSP_STATUS.successful) {
        const status = Object.entries(OCSP_STATUS).find(([, value]) => value === code)?.[0]
        if (status === undefined) return outer.fail('OCSP status', 'is none')
        return { kind: 'error', status: status as OcspErrorName }
      }
      return outer.within(contextOf(0), 'OCSP response bytes', (explicit) =>
        explicit.sequence('OCSP response bytes', (inner) => {
          if (inner.oid('OCSP response type') !== OID.ocspBasic) inner.fail('OCSP response type', 'is not basic')
          const { content, offset } = inner.expect(TAG.OCTET_STRING, 'basic OCSP response')
          const basic = new DerCursor(inner.bytes, offset, offset + content.length)
          const answer = readBasic(basic)
          basic.end('basic OCSP response')
          return answer
        }),
      )
    }),
  )

function readBasic(cursor: DerCursor): OcspResponse {
  let certificates: readonly Certificate[] = []
  const { tbs, content, by } = readSigned(cursor, 'basic OCSP response', readTbs, (rest) => {
    certificates =
      rest.optionally(contextOf(0), 'OCSP certificates', (inner) => inner.list('OCSP certificates', readCertificate)) ??
      []
  })
  return { kind: 'answer', tbs, certificates, ...content, ...by }
}

function readTbs(tbs: DerCursor) {
  const responder =
    tbs.tag === contextOf(1)
      ? { name: tbs.within(contextOf(1), 'responder', (inner) => readName(inner, 'responder')) }
      : { keyId: tbs.within(contextOf(2), 'responder', (inner) => inner.octetString('responder')) }
  const producedAt = tbs.generalizedTime('producedAt')
  const answers = tbs.list('OCSP answers', readAnswer, 1)
  const extensions = tbs.optionally(contextOf(1), 'OCSP response extensions', readOcspExtensions)
  const nonce = extensions?.nonce === undefined ? {} : { nonce: extensions.nonce }
  return { responder, producedAt, answers, ...nonce }
}

function readAnswer(cursor: DerCursor): ParsedAnswer {
  return cursor.sequence('OCSP answer', (inner) => {
    const certId = readCertId(inner)
    const status = readStatus(inner)
    const thisUpdate = inner.generalizedTime('thisUpdate')
    const nextUpdate = inner.optionally(contextOf(0), 'nextUpdate', (next) => next.generalizedTime('nextUpdate'))
    const extensions = inner.optionally(contextOf(1), 'OCSP answer extensions', readOcspExtensions)?.others ?? new Map()
    return { certId, status, thisUpdate, ...(nextUpdate === undefined ? {} : { nextUpdate }), extensions }
  })
}

function readStatus(cursor: DerCursor): CertStatus {
  if (cursor.tag === contextOf(1))
    return cursor.within(contextOf(1), 'revoked', (inner) => {
      const at = inner.generalizedTime('revocation time')
      const code = inner.optionally(contextOf(0), 'revocation reason', (reason) =>
        reason.small('revocation reason', TAG.ENUMERATED),
      )
      const reason = reasonName(code ?? 0)
      return reason === undefined ? inner.fail('revocation reason', 'is no reason') : { kind: 'revoked', at, reason }
    })
  const { tag, content, offset } = cursor.any('certificate status')
  if (content.length !== 0 || (tag !== context(0) && tag !== context(2)))
    cursor.fail('certificate status', 'is none', offset)
  return { kind: tag === context(0) ? 'good' : 'unknown' }
}
