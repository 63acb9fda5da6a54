/** Private keys of the memory as `node:crypto` wants them. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

export interface PrivateKey {
  readonly key: KeyObject
  /** Length of the modulus in bytes. */
  readonly size: number
}

/** The modulus, `size` bytes big-endian. */
export function modulusOf({ key, size }: PrivateKey): Uint8Array {
  const n = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).n ?? '', 'base64url')
  const modulus = new Uint8Array(size)
  modulus.set(n, size - n.length)
  return modulus
}

/**
 * Parsed once per stored value, however many cards share it: a cell's bytes are never written into, and forks hold the
 * very same array.
 */
const parsed = new WeakMap<Uint8Array, PrivateKey | undefined>()

/** The RSA key in these PKCS #8 bytes, or undefined when they are none. */
export function rsaPrivateKey(pkcs8: Uint8Array): PrivateKey | undefined {
  if (parsed.has(pkcs8)) return parsed.get(pkcs8)
  const found = parse(pkcs8)
  parsed.set(pkcs8, found)
  return found
}

function parse(pkcs8: Uint8Array): PrivateKey | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    const bits = key.asymmetricKeyDetails?.modulusLength
    return key.asymmetricKeyType === 'rsa' && bits !== undefined ? { key, size: bits / 8 } : undefined
  } catch {
    return undefined
  }
}
