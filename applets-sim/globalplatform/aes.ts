/** AES on one block, in CBC mode, and as CMAC (FIPS 197, SP 800-38A, SP 800-38B). No padding anywhere. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'

export const BLOCK = 16
const ZERO = new Uint8Array(BLOCK)

/** A copy whose first block is exclusive-ored with two others. */
function mixed(data: Uint8Array, a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(data)
  for (let i = 0; i < BLOCK; i++) out[i] = (out[i] ?? 0) ^ (a[i] ?? 0) ^ (b[i] ?? 0)
  return out
}

/** Doubling in GF(2^128), SP 800-38B, 6.1. */
function double(block: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK)
  for (let i = 0; i < BLOCK; i++) out[i] = (((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff
  if (((block[0] ?? 0) & 0x80) !== 0) out[BLOCK - 1] = (out[BLOCK - 1] ?? 0) ^ 0x87
  return out
}

/** CBC under one key, message after message. */
interface Chain {
  readonly cipher: { update(data: Uint8Array): Uint8Array }
  /** The last ciphertext block, which a new message must not be chained to. */
  last: Uint8Array
}

/**
 * One AES key of 16, 24 or 32 bytes, expanded once. Throws RangeError on any other length. A cipher object costs twenty times what
 * it does, so each direction has one for good: the block it is chained to is taken out of the next message's first one.
 */
export class AesKey {
  readonly length: number
  readonly #key: KeyObject
  readonly #algorithm: string
  #encryption: Chain | undefined
  #decryption: Chain | undefined
  #subkeys: readonly [Uint8Array, Uint8Array] | undefined

  constructor(bytes: Uint8Array) {
    if (![16, 24, 32].includes(bytes.length)) throw new RangeError(`AesKey: ${bytes.length} bytes`)
    this.length = bytes.length
    this.#algorithm = `aes-${bytes.length * 8}-cbc`
    this.#key = createSecretKey(bytes)
  }

  /** One block of 16 bytes. */
  block(input: Uint8Array): Uint8Array {
    return this.encrypt(ZERO, input)
  }

  /** Whole blocks only, at least one. */
  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    this.#encryption ??= { cipher: createCipheriv(this.#algorithm, this.#key, ZERO).setAutoPadding(false), last: ZERO }
    const chain = this.#encryption
    const out = new Uint8Array(chain.cipher.update(mixed(data, iv, chain.last)))
    chain.last = out.slice(-BLOCK)
    return out
  }

  /** Whole blocks only, at least one. */
  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    this.#decryption ??= {
      cipher: createDecipheriv(this.#algorithm, this.#key, ZERO).setAutoPadding(false),
      last: ZERO,
    }
    const chain = this.#decryption
    const out = mixed(chain.cipher.update(data), iv, chain.last)
    // A copy, also where the data is a Buffer, which its sender may wipe.
    chain.last = new Uint8Array(data.subarray(-BLOCK))
    return out
  }

  /** SP 800-38B, 6.2: all 16 bytes. */
  cmac(message: Uint8Array): Uint8Array {
    if (this.#subkeys === undefined) {
      const k1 = double(this.block(ZERO))
      this.#subkeys = [k1, double(k1)]
    }
    const blocks = Math.max(1, Math.ceil(message.length / BLOCK))
    const whole = message.length === blocks * BLOCK
    const padded = new Uint8Array(blocks * BLOCK)
    padded.set(message)
    if (!whole) padded[message.length] = 0x80
    const mask = this.#subkeys[whole ? 0 : 1]
    const last = (blocks - 1) * BLOCK
    for (let i = 0; i < BLOCK; i++) padded[last + i] = (padded[last + i] ?? 0) ^ (mask[i] ?? 0)
    return this.encrypt(ZERO, padded).slice(last)
  }
}

/** ISO/IEC 9797-1 padding method 2: 80, then 00 up to a whole block; a full block when aligned. */
export function pad(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.floor(data.length / BLOCK) * BLOCK + BLOCK)
  out.set(data)
  out[data.length] = 0x80
  return out
}

/** Without the padding (a view), or undefined when there is none. */
export function unpad(data: Uint8Array): Uint8Array | undefined {
  let end = data.length - 1
  while (end >= 0 && data[end] === 0) end--
  return end >= 0 && data[end] === 0x80 && data.length - end <= BLOCK ? data.subarray(0, end) : undefined
}

/** Key check value: the first three bytes of a block of 01 under the key (facts: Keys). */
export const keyCheckValue = (key: AesKey): Uint8Array => key.block(new Uint8Array(BLOCK).fill(0x01)).slice(0, 3)
