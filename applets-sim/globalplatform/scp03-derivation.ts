/** Key and cryptogram derivation of SCP03: SP 800-108 in counter mode over AES-CMAC (GPC_SPE_014, 4.1.5, 6.2.1). */
import { concat, uint } from '../../src/base/bytes.ts'
import type { AesKey } from './aes.ts'

/** Data derivation constants (table 4-1). */
export const DERIVE = {
  CARD_CRYPTOGRAM: 0x00,
  HOST_CRYPTOGRAM: 0x01,
  CARD_CHALLENGE: 0x02,
  S_ENC: 0x04,
  S_MAC: 0x06,
  S_RMAC: 0x07,
} as const

/** `length` bytes (at most 32) derived from the key under one constant. */
export function derive(key: AesKey, constant: number, length: number, context: Uint8Array): Uint8Array {
  const label = new Uint8Array(12)
  label[11] = constant
  const run = (i: number) => key.cmac(concat(label, Uint8Array.of(0), uint(length * 8, 2), Uint8Array.of(i), context))
  return (length > 16 ? concat(run(1), run(2)) : run(1)).slice(0, length)
}
