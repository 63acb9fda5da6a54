/** The bay: any number of named virtual readers that come and go, and one stream of what happens in them. */
import { CardSharing } from './card-sharing.ts'
import { CommandTrace } from './command-trace.ts'
import type { ReaderOptions } from './virtual-card.ts'
import { type ReaderChange, VirtualReader } from './virtual-reader.ts'

export type BayEventKind = 'plugged' | ReaderChange | 'shared' | 'chipError'

export interface BayEvent {
  readonly kind: BayEventKind
  readonly reader: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** Only for `chipError`: the exception's message. */
  readonly detail?: string
}

export interface BayOptions {
  /** Milliseconds a card keeps its power after the last program left it. Default 5000, as pcscd. */
  readonly idlePowerMs?: number
}

/** PC/SC names a reader in 128 bytes with a final zero. */
const LONGEST_NAME = 127

export class ReaderBay {
  readonly trace = new CommandTrace()
  readonly #readers = new Map<string, CardSharing>()
  readonly #listeners = new Set<(event: BayEvent) => void>()
  readonly #idlePowerMs: number

  constructor(options: BayOptions = {}) {
    this.#idlePowerMs = options.idlePowerMs ?? 5000
  }

  /** In the order they were plugged in. */
  get readers(): readonly VirtualReader[] {
    return [...this.#readers.values()].map(({ reader }) => reader)
  }

  get slots(): readonly CardSharing[] {
    return [...this.#readers.values()]
  }

  slot(name: string): CardSharing | undefined {
    return this.#readers.get(name)
  }

  /** Throws RangeError for an unknown name. */
  reader(name: string): VirtualReader {
    const slot = this.#readers.get(name)
    if (slot === undefined) throw new RangeError(`there is no reader "${name}"`)
    return slot.reader
  }

  /** Throws RangeError for a name that is empty, longer than 127 bytes of UTF-8 or taken. */
  plug(name: string, options: ReaderOptions = {}): VirtualReader {
    const size = Buffer.byteLength(name)
    if (size === 0 || size > LONGEST_NAME || name.includes('\0'))
      throw new RangeError(`a reader's name has 1 to ${LONGEST_NAME} bytes and no zero: "${name}"`)
    if (this.#readers.has(name)) throw new RangeError(`there is already a reader "${name}"`)
    const reader = new VirtualReader(name, options, this.trace, () => this.unplug(name))
    const sharing = new CardSharing(reader, { idlePowerMs: this.#idlePowerMs })
    sharing.onChange = (kind) => this.#emit(kind, name)
    reader.onChipError = (error) =>
      this.#emit('chipError', name, error instanceof Error ? error.message : String(error))
    this.#readers.set(name, sharing)
    this.#emit('plugged', name)
    return reader
  }

  /** Open handles learn that the reader is gone. False when there was no such reader. */
  unplug(name: string): boolean {
    const slot = this.#readers.get(name)
    if (slot === undefined) return false
    this.#readers.delete(name)
    slot.reader.unplugged()
    return true
  }

  /** Every event from now on; returns the way to stop. */
  onEvent(listener: (event: BayEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Unplugs every reader. */
  close(): void {
    for (const name of [...this.#readers.keys()]) this.unplug(name)
  }

  #emit(kind: BayEventKind, reader: string, detail?: string): void {
    if (this.#listeners.size === 0) return
    const event: BayEvent = { kind, reader, time: Date.now(), ...(detail === undefined ? {} : { detail }) }
    for (const listener of [...this.#listeners]) listener(event)
  }
}
