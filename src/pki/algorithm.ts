/** Signature algorithms as data (F48): a certificate profile names one; nothing else in the code does. */
import { equal } from '../base/bytes.ts'
import { der, nothing, oid, sequence, TAG } from './der.ts'
import type { DerCursor } from './der-reader.ts'
import { OID } from './oids.ts'
import { isP384Point } from './p384.ts'

export type AlgorithmName = 'rsa2048-sha256' | 'p384-sha384'

export interface Algorithm {
  readonly name: AlgorithmName
  /** AlgorithmIdentifier of the signature, DER. */
  readonly signature: Uint8Array
  /** AlgorithmIdentifier inside the SubjectPublicKeyInfo of its keys, DER. */
  readonly key: Uint8Array
  /** For `crypto.subtle`: how to import the key, how to verify, and whether ECDSA signatures need converting from DER. */
  readonly importParams: { readonly name: string; readonly hash?: string; readonly namedCurve?: string }
  readonly verifyParams: { readonly name: string; readonly hash?: string }
  readonly signatureForm: 'octets' | { readonly ecdsaHalf: number }
}

export const ALGORITHMS: Readonly<Record<AlgorithmName, Algorithm>> = {
  'rsa2048-sha256': {
    name: 'rsa2048-sha256',
    signature: sequence(oid(OID.sha256WithRsa), nothing()),
    key: sequence(oid(OID.rsaEncryption), nothing()),
    importParams: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    verifyParams: { name: 'RSASSA-PKCS1-v1_5' },
    signatureForm: 'octets',
  },
  'p384-sha384': {
    name: 'p384-sha384',
    signature: sequence(oid(OID.ecdsaWithSha384)),
    key: sequence(oid(OID.ecPublicKey), oid(OID.p384)),
    importParams: { name: 'ECDSA', namedCurve: 'P-384' },
    verifyParams: { name: 'ECDSA', hash: 'SHA-384' },
    signatureForm: { ecdsaHalf: 48 },
  },
}

/**
 * Signs `bytes` and returns the signature as X.509 stores it: the octets for RSA, DER `ECDSA-Sig-Value` for ECDSA.
 * The key's owner decides where the key is: memory, a file, an HSM.
 */
export type Sign = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Is `signature` (as X.509 stores it) by the owner of `publicKey` (SubjectPublicKeyInfo) over `bytes`? False, never a throw. */
export type Verify = (
  algorithm: AlgorithmName,
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>

/** Reads an AlgorithmIdentifier that must be one of a known signature algorithm. */
export function readSignatureAlgorithm(cursor: DerCursor, what: string): AlgorithmName {
  const { encoding, offset } = cursor.expect(TAG.SEQUENCE, what)
  for (const algorithm of Object.values(ALGORITHMS)) if (equal(encoding, algorithm.signature)) return algorithm.name
  return cursor.fail(what, 'is not a known signature algorithm', offset)
}

export interface PublicKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array
  /** Content of its subjectPublicKey, what key identifiers are made from (RFC 5280, 4.2.1.2). */
  readonly bits: Uint8Array
  readonly algorithm: AlgorithmName
}

/** Reads a SubjectPublicKeyInfo: RSA with 2048-bit modulus and a sane exponent, or an uncompressed point that lies on P-384. */
export function readPublicKey(cursor: DerCursor, what: string): PublicKey {
  const spki = cursor.tag === TAG.SEQUENCE ? peekEncoding(cursor, what) : cursor.fail(what, 'is not a SEQUENCE')
  return cursor.sequence(what, (inner) => {
    const { encoding, offset } = inner.expect(TAG.SEQUENCE, `${what} algorithm`)
    const algorithm = Object.values(ALGORITHMS).find((candidate) => equal(encoding, candidate.key))
    if (algorithm === undefined) return inner.fail(what, 'is not of a known algorithm', offset)
    const bits = inner.bitString(what)
    checkKeyBits(inner, algorithm.name, bits, what)
    return { spki, bits, algorithm: algorithm.name }
  })
}

function peekEncoding(cursor: DerCursor, what: string): Uint8Array {
  const start = cursor.at
  const { encoding } = cursor.any(what)
  cursor.at = start
  return encoding
}

function checkKeyBits(cursor: DerCursor, algorithm: AlgorithmName, bits: Uint8Array, what: string): void {
  if (algorithm === 'p384-sha384') {
    if (!isP384Point(bits)) cursor.fail(what, 'is not an uncompressed point on P-384')
    return
  }
  const end = cursor.at
  cursor.at = end - bits.length
  cursor.sequence(what, (inner) => {
    const modulus = inner.integerContent(`${what} modulus`)
    if (modulus.length !== 257 || modulus[0] !== 0 || ((modulus[256] as number) & 1) === 0)
      inner.fail(what, 'modulus is not an odd number of 2048 bits')
    const exponent = inner.small(`${what} exponent`)
    if (exponent < 3 || exponent % 2 === 0) inner.fail(what, 'exponent is not an odd number from 3')
  })
  if (cursor.at !== end) cursor.fail(what, 'has data after the RSA key')
}

/** SubjectPublicKeyInfo of an RSA key from its modulus and exponent, both big-endian and unsigned. */
export function rsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const unsigned = (octets: Uint8Array) => {
    let start = 0
    while (start < octets.length - 1 && octets[start] === 0) start++
    const body = octets.subarray(start)
    return (body[0] ?? 0) >= 0x80 ? der(TAG.INTEGER, Uint8Array.of(0), body) : der(TAG.INTEGER, body)
  }
  const key = sequence(unsigned(modulus), unsigned(exponent))
  return sequence(ALGORITHMS['rsa2048-sha256'].key, der(TAG.BIT_STRING, Uint8Array.of(0), key))
}
