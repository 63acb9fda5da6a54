/** Checking signatures with node:crypto: synchronous, the key made ready once as long as its bytes are kept. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { HASH_OF } from './key-store.ts'

const ready = new WeakMap<Uint8Array, KeyObject>()

/** `publicKey` is a SubjectPublicKeyInfo, `signature` as X.509 stores it. False for anything that is not right. */
export function isSignedBy(
  algorithm: AlgorithmName,
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = ready.get(publicKey) ?? createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    ready.set(publicKey, key)
    return verify(HASH_OF[algorithm], bytes, key, signature)
  } catch {
    return false
  }
}
