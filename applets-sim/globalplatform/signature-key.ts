/**
 * Checking what an authority outside the card has signed: tokens and DAP blocks (GPCS 2.3.1, B.3, B.4 and C).
 * RSA up to 1024 bits is PKCS #1 v1.5 with SHA-1 or SHA-256, longer RSA is PSS with SHA-256, P-256 is ECDSA with SHA-256 as r ‖ s, AES is a CMAC.
 */
import { constants, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { AesKey } from './aes.ts'
import { type CardKey, KEY_TYPE } from './key-set.ts'

const component = (key: CardKey, type: number): Uint8Array | undefined =>
  key.components.find((candidate) => candidate.type === type)?.value

const url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** Parameters of P-256 in F0 (GPCS amendment E, table 4-2). */
const P256 = 0x00
const POINT = 65

function publicKey(key: CardKey): KeyObject | undefined {
  try {
    const n = component(key, KEY_TYPE.RSA_MODULUS)
    const e = component(key, KEY_TYPE.RSA_EXPONENT)
    if (n && e) return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: url(n), e: url(e) } })
    const point = component(key, KEY_TYPE.EC_PUBLIC)
    const curve = component(key, KEY_TYPE.EC_PARAMETERS)?.[0] ?? P256
    if (point?.length !== POINT || point[0] !== 0x04 || curve !== P256) return undefined
    const [x, y] = [url(point.subarray(1, 33)), url(point.subarray(33))]
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
  } catch {
    return undefined
  }
}

/** Can this be a key for signatures: of a kind, size and form that the card can use? */
export function isSignatureKey(key: CardKey): boolean {
  const bits = publicKey(key)?.asymmetricKeyDetails
  return bits?.namedCurve === 'prime256v1' || bits?.modulusLength === 1024 || bits?.modulusLength === 2048
}

export function verifySignature(key: CardKey, message: Uint8Array, signature: Uint8Array): boolean {
  const symmetric = component(key, KEY_TYPE.AES)
  if (symmetric !== undefined)
    return signature.length === 16 && timingSafeEqual(new AesKey(symmetric).cmac(message), signature)
  const object = publicKey(key)
  if (object === undefined) return false
  if (object.asymmetricKeyType === 'ec')
    return verify('sha256', message, { key: object, dsaEncoding: 'ieee-p1363' }, signature)
  const { modulusLength = 0 } = object.asymmetricKeyDetails ?? {}
  if (modulusLength <= 1024) return ['sha1', 'sha256'].some((hash) => verify(hash, message, object, signature))
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return verify('sha256', message, { key: object, ...padding }, signature)
}

/** Hash of a load file data block, chosen by the length of what it is compared with. */
export const HASHES: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' }
