/** Reads big-endian fields one after another. Past the end everything is undefined, so that a parser stays total. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  u1(): number | undefined {
    return this.#bytes[this.#at++]
  }

  u2(): number | undefined {
    const high = this.u1()
    const low = this.u1()
    return high === undefined || low === undefined ? undefined : high * 256 + low
  }

  /** `length` bytes, a view. */
  take(length: number | undefined): Uint8Array | undefined {
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** `count` things, or undefined as soon as one is missing. */
  list<T>(count: number | undefined, read: () => T | undefined): readonly T[] | undefined {
    if (count === undefined) return undefined
    const out: T[] = []
    for (let i = 0; i < count; i++) {
      const one = read()
      if (one === undefined) return undefined
      out.push(one)
    }
    return out
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }
}
