/** Reading certificates: strict and total (RFC 5280, 4.1). */
import { equal } from '../base/bytes.ts'
import { type AlgorithmName, type PublicKey, readPublicKey, readSignatureAlgorithm } from './algorithm.ts'
import { contextOf } from './der.ts'
import { type Decoded, type DerCursor, decode } from './der-reader.ts'
import { type Extensions, readExtensions } from './extensions.ts'
import { type Name, readName } from './name.ts'

/** Byte arrays are views into the parsed bytes. */
export interface Certificate {
  readonly encoding: Uint8Array
  /** The signed bytes. */
  readonly tbs: Uint8Array
  readonly serial: bigint
  readonly issuer: Name
  readonly subject: Name
  /** Epoch milliseconds, both inclusive. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: PublicKey
  readonly extensions: Extensions
  readonly signatureAlgorithm: AlgorithmName
  /** As X.509 stores it: octets for RSA, DER for ECDSA. */
  readonly signature: Uint8Array
}

/** A v3 certificate with extensions, in DER to the last byte. */
export const parseCertificate = (encoding: Uint8Array): Decoded<Certificate> => decode(encoding, readCertificate)

/** The subject's key alone, for who knows that the rest is right: nothing of it is looked at. */
export const publicKeyOf = (encoding: Uint8Array): Decoded<PublicKey> =>
  decode(encoding, (cursor) =>
    cursor.sequence('certificate', (outer) => {
      const key = outer.sequence('certificate', (tbs) => {
        for (const field of ['version', 'serial', 'signature algorithm', 'issuer', 'validity', 'subject'])
          tbs.any(field)
        const subjectKey = readPublicKey(tbs, 'public key')
        tbs.any('extensions')
        return subjectKey
      })
      outer.any('signature algorithm')
      outer.any('signature')
      return key
    }),
  )

export function readCertificate(cursor: DerCursor): Certificate {
  const start = cursor.at
  const signed = readSigned(cursor, 'certificate', readTbs)
  return { encoding: cursor.bytes.subarray(start, cursor.at), tbs: signed.tbs, ...signed.content, ...signed.by }
}

/**
 * What every signed structure is made of: content, algorithm, signature. Where the content names the algorithm too,
 * `readContent` calls `algorithm` at that place, and both must be the same. `readRest` reads what follows the signature.
 */
export function readSigned<T extends object>(
  cursor: DerCursor,
  what: string,
  readContent: (tbs: DerCursor, algorithm: () => void) => T,
  readRest?: (rest: DerCursor) => void,
): { tbs: Uint8Array; content: T; by: Pick<Certificate, 'signatureAlgorithm' | 'signature'> } {
  return cursor.sequence(what, (outer) => {
    const tbsStart = outer.at
    let named: Uint8Array | undefined
    const content = outer.sequence(what, (tbs) =>
      readContent(tbs, () => {
        named = tbs.any(`${what} signature algorithm`).encoding
      }),
    )
    const tbs = outer.bytes.subarray(tbsStart, outer.at)
    const algorithmStart = outer.at
    const signatureAlgorithm = readSignatureAlgorithm(outer, `${what} signature algorithm`)
    if (named !== undefined && !equal(named, outer.bytes.subarray(algorithmStart, outer.at)))
      outer.fail(what, 'names two different signature algorithms', algorithmStart)
    const signature = outer.bitString(`${what} signature`)
    readRest?.(outer)
    return { tbs, content, by: { signatureAlgorithm, signature } }
  })
}

function readTbs(tbs: DerCursor, algorithm: () => void) {
  const version = tbs.within(contextOf(0), 'version', (inner) => inner.small('version'))
  if (version !== 2) tbs.fail('version', 'is not v3')
  const serial = readSerial(tbs)
  algorithm()
  const issuer = readName(tbs, 'issuer')
  const [notBefore, notAfter] = readValidity(tbs)
  const subject = readName(tbs, 'subject')
  const publicKey = readPublicKey(tbs, 'public key')
  const extensions = tbs.within(contextOf(3), 'extensions', readExtensions)
  return { serial, issuer, subject, notBefore, notAfter, publicKey, extensions }
}

export function readSerial(cursor: DerCursor): bigint {
  const serial = cursor.unsigned('serial')
  if (serial === 0n || serial >= 1n << 159n) cursor.fail('serial', 'is zero or longer than 20 octets')
  return serial
}

/** Epoch milliseconds, both inclusive. */
export const readValidity = (cursor: DerCursor): readonly [notBefore: number, notAfter: number] =>
  cursor.sequence('validity', (inner) => [inner.time('notBefore'), inner.time('notAfter')])
