/** AES-128 key and command counter of a secure messaging session (facts 3.7). */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { copyOf, EMPTY } from '../../src/base/bytes.ts'

const BLOCK = 16
const ZERO_IV = new Uint8Array(BLOCK)

export class MessageKey {
  readonly #key: Uint8Array
  #counter = 0
  #destroyed = false

  constructor(key: Uint8Array) {
    this.#key = copyOf(key)
  }

  get destroyed(): boolean {
    return this.#destroyed
  }

  /** After a failed check nothing of the session is left. */
  destroy(): void {
    this.#key.fill(0)
    this.#destroyed = true
  }

  /** Every secure command advances the counter, a rejected one too; plain commands do not. */
  nextCommand(): void {
    this.#counter++
  }

  /** The counter of the current command as 16 bytes, encrypted: IV in both directions. */
  #iv(): Uint8Array {
    const block = new Uint8Array(BLOCK)
    new DataView(block.buffer).setUint32(BLOCK - 4, this.#counter)
    const cipher = createCipheriv('aes-128-cbc', this.#key, ZERO_IV).setAutoPadding(false)
    return cipher.update(block)
  }

  /** Padded with 80 00… up to a whole block, always. */
  encrypt(plain: Uint8Array): Uint8Array {
    const padded = new Uint8Array((Math.floor(plain.length / BLOCK) + 1) * BLOCK)
    padded.set(plain)
    padded[plain.length] = 0x80
    return createCipheriv('aes-128-cbc', this.#key, this.#iv()).setAutoPadding(false).update(padded)
  }

  /** Undefined when the bytes are no whole blocks or the padding is wrong. */
  decrypt(cryptogram: Uint8Array): Uint8Array | undefined {
    if (cryptogram.length === 0 || cryptogram.length % BLOCK !== 0) return undefined
    const plain = createDecipheriv('aes-128-cbc', this.#key, this.#iv()).setAutoPadding(false).update(cryptogram)
    const end = plain.findLastIndex((byte) => byte !== 0)
    if (end < plain.length - BLOCK || plain[end] !== 0x80) return undefined
    return end === 0 ? EMPTY : plain.subarray(0, end)
  }
}
