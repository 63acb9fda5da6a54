/**
 * RSASSA-PKCS1-v1_5 verification (RFC 8017, 8.2.2) over a payload as given. The card's records carry a DigestInfo of three
 * hashes (facts 2.4), which no ready-made verifier takes. All values are public, so time tells nobody anything.
 */
import { concat, equal } from '../../base/bytes.ts'
import { hex } from '../../base/hex.ts'
import type { CardKey } from './card-key.ts'

const toNumber = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`))

/** The encoded message is built and compared whole; nothing is parsed out of it. */
export function verifyPkcs1({ modulus, exponent }: CardKey, payload: Uint8Array, signature: Uint8Array): boolean {
  const size = modulus.length
  if (signature.length !== size || payload.length > size - 11) return false
  const padding = new Uint8Array(size - payload.length - 3).fill(0xff)
  const expected = concat(Uint8Array.of(0x00, 0x01), padding, Uint8Array.of(0x00), payload)
  const n = toNumber(modulus)
  const s = toNumber(signature)
  if (s >= n) return false
  return equal(fromNumber(power(s, toNumber(exponent), n), size), expected)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function fromNumber(value: bigint, size: number): Uint8Array {
  const out = new Uint8Array(size)
  for (let i = size - 1, rest = value; rest > 0n; i--, rest >>= 8n) out[i] = Number(rest & 0xffn)
  return out
}
