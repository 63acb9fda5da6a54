/**
 * AES as SCP03 uses it (FIPS 197; CMAC: NIST SP 800-38B). Keys of 16, 24 or 32 bytes; every function is synchronous. A key's schedule is
 * made once and kept for as long as the key: thousands of commands a second are wrapped under a few keys.
 */
import { cbc, ecb, unsafe } from '@noble/ciphers/aes.js'

export const BLOCK = 16

interface Schedule {
  /** Round keys, little-endian words; they begin with the key itself. */
  readonly rounds: Uint32Array
  /** What the last block of a CMAC is combined with: whole, and padded. */
  readonly whole: Uint8Array
  readonly padded: Uint8Array
}

const schedules = new WeakMap<Uint8Array, Schedule>()

/** Four bytes, little-endian. By hand: a view of an array as short as a block costs more than encrypting it. */
const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24)

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}

function scheduleOf(key: Uint8Array): Schedule {
  const known = schedules.get(key)
  if (known !== undefined && isOf(known, key)) return known
  const rounds = unsafe.expandKeyLE(key)
  const zero = new Uint8Array(BLOCK)
  const whole = unsafe.dbl(unsafe.encryptBlock(rounds, zero))
  const schedule = { rounds, whole, padded: unsafe.dbl(whole.slice()) }
  schedules.set(key, schedule)
  return schedule
}

/** Not of an array that held another key before. */
function isOf({ rounds }: Schedule, key: Uint8Array): boolean {
  for (let i = 0; i < key.length / 4; i++) if ((rounds[i] as number) !== word(key, 4 * i) >>> 0) return false
  return true
}

/** Overwrites a key that is not needed any more, and all that was made of it. */
export function wipeKey(key: Uint8Array): void {
  const known = schedules.get(key)
  for (const bytes of [key, known?.rounds, known?.whole, known?.padded]) bytes?.fill(0)
  schedules.delete(key)
}

/** CMAC over the concatenated parts, 16 bytes. */
export function cmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const { rounds, whole, padded } = scheduleOf(key)
  let length = 0
  for (const part of parts) length += part.length
  const size = Math.max(1, Math.ceil(length / BLOCK)) * BLOCK
  const message = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    message.set(part, at)
    at += part.length
  }
  if (length < size) message[length] = 0x80
  const last = length < size ? padded : whole
  for (let i = 0; i < BLOCK; i++)
    message[size - BLOCK + i] = (message[size - BLOCK + i] as number) ^ (last[i] as number)
  chain(rounds, new Uint8Array(BLOCK), message)
  return message.slice(size - BLOCK)
}

/** CBC in place. */
function chain(rounds: Uint32Array, iv: Uint8Array, blocks: Uint8Array): void {
  let [s0, s1, s2, s3] = [word(iv, 0), word(iv, 4), word(iv, 8), word(iv, 12)]
  for (let at = 0; at < blocks.length; at += BLOCK) {
    s0 ^= word(blocks, at)
    s1 ^= word(blocks, at + 4)
    s2 ^= word(blocks, at + 8)
    s3 ^= word(blocks, at + 12)
    ;({ s0, s1, s2, s3 } = unsafe.encrypt(rounds, s0, s1, s2, s3))
    putWord(blocks, at, s0)
    putWord(blocks, at + 4, s1)
    putWord(blocks, at + 8, s2)
    putWord(blocks, at + 12, s3)
  }
}

/** One block, or several independent ones, without padding. */
export const encryptBlock = (key: Uint8Array, block: Uint8Array): Uint8Array =>
  ecb(key, { disablePadding: true }).encrypt(block)

/** CBC without padding: the caller has padded. */
export function encryptCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length % BLOCK !== 0 || iv.length !== BLOCK) throw new RangeError('encryptCbc: not whole blocks')
  const out = data.slice()
  chain(scheduleOf(key).rounds, iv, out)
  return out
}

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
