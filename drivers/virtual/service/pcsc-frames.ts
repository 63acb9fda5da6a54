/** Requests out of a byte stream: complete frames only, and an end to anything that cannot be one. */
import * as wire from './pcsc-wire.ts'

export interface Frame {
  readonly command: number
  /** The body, and the bytes announced in it. A view that lasts until the next `push`. */
  readonly body: Buffer
}

export class FrameReader {
  #bytes = Buffer.allocUnsafe(4096)
  #start = 0
  #end = 0

  /** Bytes that are not part of a returned frame yet. */
  get held(): number {
    return this.#end - this.#start
  }

  push(chunk: Buffer): void {
    if (this.#bytes.length - this.#end < chunk.length) {
      const { held } = this
      const needed = held + chunk.length
      const target = needed > this.#bytes.length ? Buffer.allocUnsafe(2 * needed) : this.#bytes
      this.#bytes.copy(target, 0, this.#start, this.#end)
      this.#bytes = target
      this.#start = 0
      this.#end = held
    }
    chunk.copy(this.#bytes, this.#end)
    this.#end += chunk.length
  }

  /** The next frame; undefined when more bytes are needed; 'malformed' when the client speaks something else. */
  next(): Frame | 'malformed' | undefined {
    const bytes = this.#bytes
    const at = this.#start
    if (this.held < wire.HEADER) return undefined
    const size = wire.get32(bytes, at)
    const command = wire.get32(bytes, at + 4)
    if (wire.BODY_SIZE[command] !== size) return 'malformed'
    let total = wire.HEADER + size
    const announced = wire.ANNOUNCED_AT[command]
    if (announced !== undefined && this.held >= total) {
      const length = wire.get32(bytes, at + wire.HEADER + announced)
      if (length > wire.LONGEST_APDU) return 'malformed'
      total += length
    }
    if (this.held < total) return undefined
    this.#start = at + total
    if (this.#start === this.#end) this.#start = this.#end = 0
    return { command, body: bytes.subarray(at + wire.HEADER, at + total) }
  }
}
