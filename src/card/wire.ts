/** Where the layers end: bytes to the reader's connection, one command at a time, each with its deadline. */
import type { CardSeat } from './card-seat.ts'
import type { Transmit } from './layers/layer.ts'
import { type PinPadVerify, ReaderError, type ReaderTrouble } from './ports.ts'

const COMMAND_DEADLINE_MS = 30_000
/** After these nothing more can be said to this card through this connection. */
const DEADLY: ReadonlySet<ReaderTrouble['kind']> = new Set([
  'cardGone',
  'readerGone',
  'noCard',
  'mute',
  'deadline',
  'serviceDown',
])
export const isDeadly = ({ kind }: ReaderTrouble): boolean => DEADLY.has(kind)

export class Wire {
  /** Aborted when no further command is wanted; its reason is a `ReaderError`. */
  readonly stop: AbortSignal
  readonly #seat: CardSeat
  #open = true
  #pending: Promise<unknown> | undefined

  constructor(seat: CardSeat, stop: AbortSignal) {
    this.#seat = seat
    this.stop = stop
  }

  get atr(): Uint8Array {
    return this.#seat.connection.atr
  }

  readonly transmit: Transmit = (apdu) => this.#once((deadline) => this.#seat.connection.transmit(apdu, deadline))

  /** The person types at the reader; unlike a command, this may be cut off by a cancel. */
  verifyOnPinPad(request: PinPadVerify): Promise<Uint8Array> {
    return this.#once(() => this.#seat.connection.verifyOnPinPad(request, this.stop))
  }

  async hasPinPad(): Promise<boolean> {
    return (await this.#seat.connection.features()).verify
  }

  /** Waits for a command somebody forgot to wait for; refuses everything from now on. */
  async close(): Promise<void> {
    this.#open = false
    await this.#pending?.catch(() => {})
  }

  async #once(send: (deadline: AbortSignal) => Promise<Uint8Array>): Promise<Uint8Array> {
    if (!this.#open) throw new Error('a command after the end of its transaction')
    if (this.#pending !== undefined) throw new Error('two commands at a time')
    if (this.stop.aborted) throw this.stop.reason
    const pending = this.#timed(send)
    this.#pending = pending
    try {
      return await pending
    } finally {
      this.#pending = undefined
    }
  }

  async #timed(send: (deadline: AbortSignal) => Promise<Uint8Array>): Promise<Uint8Array> {
    const { connection, queue, options } = this.#seat
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), options.commandDeadlineMs ?? COMMAND_DEADLINE_MS)
    try {
      return await send(late.signal)
    } catch (error) {
      if (!(error instanceof ReaderError)) throw error
      const trouble: ReaderTrouble = late.signal.aborted
        ? { kind: 'deadline', reader: connection.reader }
        : error.trouble
      if (isDeadly(trouble)) queue.die(trouble)
      throw this.stop.aborted && trouble.kind === 'cancelled' ? this.stop.reason : new ReaderError(trouble)
    } finally {
      clearTimeout(timer)
    }
  }
}
