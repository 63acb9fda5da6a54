/** RSA public keys as the card writes them, `90 03 exponent ‖ 91 82 0100 modulus` (facts 2.4, 2.7). Total. */
import { equal } from '../../base/bytes.ts'
import { findTlv, parseTlvs } from '../../base/tlv.ts'

export interface CardKey {
  /** Big-endian, without leading zeros, 2048 bits. */
  readonly modulus: Uint8Array
  readonly exponent: Uint8Array
}

const MODULUS = 256

export function parseCardKey(bytes: Uint8Array): CardKey | undefined {
  const objects = parseTlvs(bytes)
  const exponent = findTlv(objects, 0x90)
  const modulus = findTlv(objects, 0x91)
  if (exponent === undefined || modulus?.length !== MODULUS) return undefined
  const odd = ((modulus[MODULUS - 1] as number) & 1) === 1
  const large = (modulus[0] as number) >= 0x80
  if (!odd || !large || exponent.length === 0 || exponent.length > 4) return undefined
  return { modulus, exponent }
}

export const sameKey = (a: CardKey, b: CardKey): boolean => equal(a.modulus, b.modulus) && equal(a.exponent, b.exponent)
