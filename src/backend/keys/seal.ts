/** Encryption of what lies in the database: AES-256-GCM under keys derived from one master key. */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { concat, utf8 } from '../../base/bytes.ts'

const NONCE = 12
const TAG = 16

/** `seal` output is nonce ‖ ciphertext ‖ tag. `bound` names what the text belongs to: elsewhere it does not open. */
export interface Sealer {
  seal(plain: Uint8Array, bound: string): Uint8Array
  /** Throws when the bytes were changed, or belong to another key or place. */
  open(sealed: Uint8Array, bound: string): Uint8Array
}

/** Purposes keep keys apart: registry data and authority data never share one (rule 17). */
export type SealPurpose = 'authority keys' | 'personal data' | 'card keys'

export function sealer(master: KeyObject, purpose: SealPurpose): Sealer {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), `madoguchi ${purpose}`, 32)))
  return {
    seal(plain, bound) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(utf8(bound))
      return concat(nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag())
    },
    open(sealed, bound) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
      decipher.setAAD(utf8(bound)).setAuthTag(sealed.subarray(sealed.length - TAG))
      return concat(decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final())
    },
  }
}
