/** What went over the contacts, masked: the header of a command, lengths and the status word. Bodies are never kept. */
import { hex } from '../../../src/base/hex.ts'

export interface TraceEntry {
  /** Counts every command since the start; gaps mean that older entries were dropped. */
  readonly number: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly reader: string
  /** CLA INS P1 P2 as hexadecimal; shorter when the command was. */
  readonly header: string
  readonly commandLength: number
  readonly responseLength: number
  /** Status word as four hexadecimal digits; absent when the answer was shorter than two bytes or there was none. */
  readonly sw?: string
  /** Names of the faults that fell on this command. */
  readonly faults?: readonly string[]
}

interface Raw {
  readonly number: number
  readonly time: number
  readonly reader: string
  readonly header: Uint8Array
  readonly sent: number
  readonly received: number
  readonly sw: number
  readonly faults: readonly string[]
}

const KEPT = 4096
const NO_FAULTS: readonly string[] = []

/** The last 4096 commands of all readers. Written on the fast path, so formatting waits until somebody reads. */
export class CommandTrace {
  readonly #ring: Raw[] = []
  #count = 0

  record(
    reader: string,
    command: Uint8Array,
    response: Uint8Array | undefined,
    faults: readonly string[] = NO_FAULTS,
  ): void {
    const received = response?.length ?? 0
    const sw = received < 2 ? -1 : ((response![received - 2] as number) << 8) | (response![received - 1] as number)
    const entry = {
      number: this.#count,
      time: Date.now(),
      reader,
      header: command.slice(0, 4),
      sent: command.length,
      received,
      sw,
      faults,
    }
    this.#ring[this.#count++ % KEPT] = entry
  }

  /** Entries with a number of at least `from`, oldest first, of one reader or of all. */
  list(reader?: string, from = 0): readonly TraceEntry[] {
    const oldest = Math.max(0, this.#count - KEPT)
    const entries: TraceEntry[] = []
    for (let number = Math.max(oldest, from); number < this.#count; number++) {
      const raw = this.#ring[number % KEPT] as Raw
      if (reader !== undefined && raw.reader !== reader) continue
      entries.push({
        number,
        time: raw.time,
        reader: raw.reader,
        header: hex(raw.header),
        commandLength: raw.sent,
        responseLength: raw.received,
        ...(raw.sw < 0 ? {} : { sw: raw.sw.toString(16).toUpperCase().padStart(4, '0') }),
        ...(raw.faults.length === 0 ? {} : { faults: raw.faults }),
      })
    }
    return entries
  }
}
