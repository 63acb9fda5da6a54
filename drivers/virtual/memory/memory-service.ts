/** `ReaderService` over a bay in the same process: what tests and demos give the host instead of real readers. */
import {
  type CardConnection,
  ReaderError,
  type ReaderEvent,
  type ReaderService,
  type ReaderState,
  type ShareMode,
} from '../../../src/card/ports.ts'
import type { CardSharing } from '../reader/card-sharing.ts'
import type { BayEvent, ReaderBay } from '../reader/reader-bay.ts'
import { PROTOCOL } from '../reader/scard.ts'
import { awaitTurn, MemoryConnection } from './memory-connection.ts'

function stateOf(slot: CardSharing): ReaderState {
  const { reader } = slot
  const card = reader.card === undefined ? 'absent' : reader.atr === undefined ? 'mute' : 'present'
  return {
    name: reader.name,
    card,
    inUse: slot.sharing !== 0,
    ...(reader.atr === undefined ? {} : { atr: reader.atr }),
  }
}

function eventOf({ kind, reader }: BayEvent, slot: CardSharing | undefined): ReaderEvent | undefined {
  if (kind === 'unplugged') return { kind: 'readerRemoved', reader }
  if (kind === 'removed') return { kind: 'cardRemoved', reader }
  if (slot === undefined || kind === 'chipError') return undefined
  const state = stateOf(slot)
  if (kind === 'plugged') return { kind: 'readerAdded', state }
  if (kind === 'inserted') return { kind: 'cardInserted', state }
  return { kind: 'stateChanged', state }
}

export class MemoryReaderService implements ReaderService {
  readonly #bay: ReaderBay
  readonly #open = new Set<MemoryConnection>()
  readonly #closed = new AbortController()

  constructor(bay: ReaderBay) {
    this.#bay = bay
  }

  async list(): Promise<readonly ReaderState[]> {
    return this.#bay.slots.map(stateOf)
  }

  async *watch(signal: AbortSignal): AsyncIterable<ReaderEvent> {
    const until = AbortSignal.any([signal, this.#closed.signal])
    const queue: ReaderEvent[] = this.#bay.slots.map((slot) => ({ kind: 'readerAdded', state: stateOf(slot) }))
    let wake = () => {}
    const stop = this.#bay.onEvent((event) => {
      const translated = eventOf(event, this.#bay.slot(event.reader))
      if (translated === undefined) return
      queue.push(translated)
      wake()
    })
    const onAbort = () => wake()
    until.addEventListener('abort', onAbort)
    try {
      while (!until.aborted) {
        const event = queue.shift()
        if (event !== undefined) yield event
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      stop()
      until.removeEventListener('abort', onAbort)
    }
  }

  connect(name: string, mode: ShareMode, signal?: AbortSignal): Promise<CardConnection> {
    const slot = this.#bay.slot(name)
    if (slot === undefined) return Promise.reject(new ReaderError({ kind: 'readerGone', reader: name }))
    return awaitTurn<CardConnection>(name, signal, (settle) =>
      slot.connect(mode, PROTOCOL.ANY, (result) => {
        if (typeof result === 'number') {
          settle(result)
          return
        }
        const connection = new MemoryConnection(result, () => this.#open.delete(connection))
        this.#open.add(connection)
        settle(connection)
      }),
    )
  }

  /** Closes every connection and ends every watch; the bay stays as it is. */
  async close(): Promise<void> {
    this.#closed.abort()
    for (const connection of this.#open) await connection.disconnect('leave')
  }
}
