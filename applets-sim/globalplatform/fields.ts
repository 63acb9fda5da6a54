/** Length-value fields of GlobalPlatform's data fields (GPCS 2.3.1, 11.1.5): read in order, refused with 6A80 when they do not add up. */
import { SW } from '../../src/card/status-word.ts'
import { demand, require } from './refusal.ts'

export class Fields {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Offset of the next field. */
  get at(): number {
    return this.#at
  }

  byte(): number {
    return demand(this.#bytes[this.#at++], SW.WRONG_DATA)
  }

  /** The next `length` bytes, a view. */
  take(length: number): Uint8Array {
    require(this.#at + length <= this.#bytes.length, SW.WRONG_DATA)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Length in one byte, or in BER form from 80 on; then the value. Two public clients write 128 as a bare 80 (decision 0131). */
  field(): Uint8Array {
    const first = this.byte()
    if (first <= 0x80) return this.take(first)
    require(first === 0x81 || first === 0x82, SW.WRONG_DATA)
    return this.take(first === 0x81 ? this.byte() : this.byte() * 0x100 + this.byte())
  }

  /** An AID of 5–16 bytes, or undefined where the field is empty. */
  aid(): Uint8Array | undefined {
    const aid = this.field()
    require(aid.length === 0 || (aid.length >= 5 && aid.length <= 16), SW.WRONG_DATA)
    return aid.length === 0 ? undefined : aid
  }

  /** Nothing may follow. */
  end(): void {
    require(this.#at === this.#bytes.length, SW.WRONG_DATA)
  }
}
