/** What was typed so far, as bytes outside of component state: the screen knows only how many, and which rules they keep. */

export interface Typed {
  readonly count: number
  readonly letter: boolean
  readonly digit: boolean
}

export const LONGEST = 16

export class PinBytes {
  readonly #bytes = new Uint8Array(LONGEST)
  #count = 0

  add(key: string): void {
    if (this.#count < LONGEST) this.#bytes[this.#count++] = key.charCodeAt(0)
  }

  back(): void {
    if (this.#count > 0) this.#bytes[--this.#count] = 0
  }

  clear(): void {
    this.#bytes.fill(0)
    this.#count = 0
  }

  /** A copy for the hall; nothing stays here. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#count)
    this.clear()
    return taken
  }

  get typed(): Typed {
    const typed = this.#bytes.subarray(0, this.#count)
    return { count: this.#count, letter: typed.some((byte) => byte >= 0x41), digit: typed.some((byte) => byte < 0x3a) }
  }
}
