/** AES as SCP03 uses it (FIPS 197; CMAC: NIST SP 800-38B). Keys of 16, 24 or 32 bytes; every function is synchronous. */
import { cbc, ecb, cmac as nobleCmac } from '@noble/ciphers/aes.js'
import { concat } from '../../base/bytes.ts'

export const BLOCK = 16

/** CMAC over the concatenated parts, 16 bytes. */
export const cmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => nobleCmac(concat(...parts), key)

/** One block, or several independent ones, without padding. */
export const encryptBlock = (key: Uint8Array, block: Uint8Array): Uint8Array =>
  ecb(key, { disablePadding: true }).encrypt(block)

/** CBC without padding: the caller has padded. */
export const encryptCbc = (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array =>
  cbc(key, iv, { disablePadding: true }).encrypt(data)

export const decryptCbc = (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array =>
  cbc(key, iv, { disablePadding: true }).decrypt(data)

/** `80 00…` up to a multiple of 16; always at least one byte (SCP03 4.1.4). */
export function pad80(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((Math.floor(data.length / BLOCK) + 1) * BLOCK)
  out.set(data)
  out[data.length] = 0x80
  return out
}

/** The data before the padding, or undefined when there is no `80 00…` within the last block. */
export function unpad80(padded: Uint8Array): Uint8Array | undefined {
  let at = padded.length - 1
  while (at >= 0 && padded[at] === 0) at--
  if (at < 0 || padded[at] !== 0x80 || padded.length - at > BLOCK) return undefined
  return padded.subarray(0, at)
}

/** Compares without giving away where the first difference is. */
export function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}
