/** OCSP requests (RFC 6960, 4.1; nonce: RFC 9654). */
import { contextOf, der, integer, nothing, octetString, oid, sequence, TAG } from './der.ts'
import { type Decoded, DerCursor, decode } from './der-reader.ts'
import { extension } from './extensions.ts'
import { readGeneralName } from './general-name.ts'
import { OID } from './oids.ts'

/** Which certificate is asked about. Byte arrays are views into the parsed bytes. */
export interface CertId {
  /** DER, to be echoed in the answer. */
  readonly encoding: Uint8Array
  /** OID of the hash: SHA-1 or SHA-256; anything else is readable and unknown. */
  readonly hashAlgorithm: string
  /** Hash of the issuer's DER name, and of the content of its public key's BIT STRING. */
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serial: bigint
}

export interface OcspRequest {
  readonly certificates: readonly CertId[]
  readonly nonce?: Uint8Array
}

/** CertID, DER. `hash` is the OID of the function both hashes were made with. */
export const certId = (
  hash: string,
  issuerNameHash: Uint8Array,
  issuerKeyHash: Uint8Array,
  serial: number | bigint,
): Uint8Array =>
  sequence(sequence(oid(hash), nothing()), octetString(issuerNameHash), octetString(issuerKeyHash), integer(serial))

/** An unsigned request for certificates (each a DER CertID). */
export function buildOcspRequest(certificates: readonly Uint8Array[], nonce?: Uint8Array): Uint8Array {
  const list = sequence(...certificates.map((id) => sequence(id)))
  return sequence(
    nonce === undefined ? sequence(list) : sequence(list, der(contextOf(2), sequence(nonceExtension(nonce)))),
  )
}

export const nonceExtension = (nonce: Uint8Array): Uint8Array => extension(OID.ocspNonce, false, octetString(nonce))

/** At least one certificate; a signature on the request is skipped, an unknown critical extension refused. */
export const parseOcspRequest = (encoding: Uint8Array): Decoded<OcspRequest> =>
  decode(encoding, (cursor) =>
    cursor.sequence('OCSP request', (outer) => {
      const request = outer.sequence('OCSP request', readTbs)
      outer.optional(contextOf(0), 'OCSP request signature')
      return request
    }),
  )

function readTbs(tbs: DerCursor): OcspRequest {
  if (tbs.tag === contextOf(0)) tbs.fail('OCSP request version', 'default value must be absent')
  tbs.optionally(contextOf(1), 'requestor', (inner) => readGeneralName(inner, 'requestor'))
  const certificates = tbs.list(
    'OCSP request list',
    (list) =>
      list.sequence('OCSP single request', (inner) => {
        const id = readCertId(inner)
        if (inner.tag === contextOf(0)) inner.within(contextOf(0), 'OCSP single extensions', readOcspExtensions)
        return id
      }),
    1,
  )
  const extensions = tbs.optionally(contextOf(2), 'OCSP request extensions', readOcspExtensions)
  return extensions?.nonce === undefined ? { certificates } : { certificates, nonce: extensions.nonce }
}

export function readCertId(cursor: DerCursor): CertId {
  const start = cursor.at
  return cursor.sequence('CertID', (inner) => {
    const hashAlgorithm = inner.sequence('CertID hash', (algorithm) => {
      const id = algorithm.oid('CertID hash')
      if (!algorithm.atEnd) algorithm.nothing('CertID hash')
      return id
    })
    const issuerNameHash = inner.octetString('issuerNameHash')
    const issuerKeyHash = inner.octetString('issuerKeyHash')
    const serial = inner.unsigned('CertID serial')
    return { encoding: cursor.bytes.subarray(start, inner.at), hashAlgorithm, issuerNameHash, issuerKeyHash, serial }
  })
}

export interface OcspExtensions {
  readonly nonce?: Uint8Array
  /** Extensions not known here, by OID: their values. */
  readonly others: ReadonlyMap<string, Uint8Array>
}

/** Extensions of a request, an answer or one entry of either; the nonce is 1 to 128 octets. */
export function readOcspExtensions(cursor: DerCursor): OcspExtensions {
  const others = new Map<string, Uint8Array>()
  let nonce: Uint8Array | undefined
  cursor.list(
    'OCSP extensions',
    (list) =>
      list.sequence('OCSP extension', (inner) => {
        const id = inner.oid('OCSP extension')
        const critical = inner.defaultFalse('OCSP extension critical')
        const { content, offset } = inner.expect(TAG.OCTET_STRING, 'OCSP extension value')
        if (id !== OID.ocspNonce) {
          if (critical) inner.fail('OCSP extension', `${id} is critical and unknown`)
          others.set(id, content)
          return
        }
        const value = new DerCursor(inner.bytes, offset, offset + content.length)
        nonce = value.octetString('nonce')
        value.end('nonce')
        if (nonce.length < 1 || nonce.length > 128) inner.fail('nonce', 'is not 1 to 128 octets', offset)
      }),
    1,
  )
  return nonce === undefined ? { others } : { nonce, others }
}
