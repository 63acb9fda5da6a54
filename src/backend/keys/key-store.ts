/** Where the authority's private keys are. They never leave it: only signatures do (rule 17). */
import type { AlgorithmName } from '../../pki/algorithm.ts'

export interface PrivateKeyRef {
  /** Opaque; what the key is asked for by. */
  readonly id: string
  readonly algorithm: AlgorithmName
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
}

export interface KeyStore {
  generate(algorithm: AlgorithmName): Promise<PrivateKeyRef>
  /**
   * Signs `bytes` (the key hashes them); the signature is as X.509 stores it: octets for RSA, DER for ECDSA.
   * Throws `SigningUnavailable` when the key cannot be reached or used now.
   */
  sign(key: PrivateKeyRef, bytes: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}

/** The key or its device does not answer (P15). Nothing was released; try again later. */
export class SigningUnavailable extends Error {
  override readonly name = 'SigningUnavailable'
}

/** Hash that goes with the algorithm, by its name in node:crypto. */
export const HASH_OF: Readonly<Record<AlgorithmName, string>> = { 'rsa2048-sha256': 'sha256', 'p384-sha384': 'sha384' }
