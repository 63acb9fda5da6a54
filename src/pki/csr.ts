/** Certification requests (PKCS #10, RFC 2986): a new key asks for a certificate and proves itself. */
import { type PublicKey, readPublicKey } from './algorithm.ts'
import { type Certificate, readSigned } from './certificate.ts'
import { contextOf, der, integer, sequence } from './der.ts'
import { type Decoded, type DerCursor, decode } from './der-reader.ts'
import { type Name, readName } from './name.ts'

export interface CertificationRequest extends Pick<Certificate, 'tbs' | 'signatureAlgorithm' | 'signature'> {
  readonly subject: Name
  readonly publicKey: PublicKey
  /** OIDs of the attributes, none of which matters to JPKI: the authority knows what it certifies. */
  readonly attributes: readonly string[]
}

/** CertificationRequestInfo without attributes: what the new key is to sign. `subject` and `publicKey` are DER. */
export const buildTbsRequest = (subject: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  sequence(integer(0), subject, publicKey, der(contextOf(0)))

/** A request in DER to the last byte. Its signature is not checked here. */
export const parseCsr = (encoding: Uint8Array): Decoded<CertificationRequest> =>
  decode(encoding, (cursor) => {
    const { tbs, content, by } = readSigned(cursor, 'certification request', readInfo)
    return { tbs, ...content, ...by }
  })

function readInfo(info: DerCursor) {
  if (info.small('request version') !== 0) info.fail('request version', 'is not v1')
  const subject = readName(info, 'subject')
  const publicKey = readPublicKey(info, 'public key')
  const attributes = info.setOf(
    'request attributes',
    (list) =>
      list.sequence('request attribute', (inner) => {
        const id = inner.oid('request attribute')
        inner.setOf('request attribute values', (values) => values.any('request attribute value'), 1)
        return id
      }),
    0,
    contextOf(0),
  )
  return { subject, publicKey, attributes }
}
