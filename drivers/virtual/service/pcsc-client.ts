/** One client of the PC/SC service: its socket, its context, and what it asks about readers. Requests are served one by one. */
import type { Socket } from 'node:net'
import type { ReaderBay } from '../reader/reader-bay.ts'
import { SCARD } from '../reader/scard.ts'
import { CardCalls, withCode } from './pcsc-calls.ts'
import { FrameReader } from './pcsc-frames.ts'
import * as wire from './pcsc-wire.ts'

const { COMMAND, get32, words } = wire

/** A client may send ahead this many bytes while an answer is outstanding; then its socket waits. */
const READ_AHEAD = 256 * 1024
/** A client that does not read its answers is cut off here. */
const UNREAD = 1024 * 1024
const OLDEST_MINOR = 4
const NEWEST_MINOR = 6

/** What the service's clients share. */
export interface PcscHall {
  readonly bay: ReaderBay
  readonly ids: { take(): number; release(id: number): void }
  /** Counts readers that came and went. */
  readonly readerEvents: number
  /** Ends the wait of whoever has this context; a PC/SC return code. */
  cancel(context: number): number
  gone(client: PcscClient): void
}

export class PcscClient {
  readonly #hall: PcscHall
  readonly #socket: Socket
  readonly #frames = new FrameReader()
  readonly #calls: CardCalls
  #minor = OLDEST_MINOR
  #context = 0
  /** Waits for a reader to change. */
  #listening = false
  /** The answer to a card call is outstanding. */
  #waiting = false
  #serving = false
  #served = 0
  #servedAtSweep = -1

  constructor(hall: PcscHall, socket: Socket) {
    this.#hall = hall
    this.#socket = socket
    this.#calls = new CardCalls(hall.bay, hall.ids)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#close())
  }

  get context(): number {
    return this.#context
  }

  /** A reader changed, or the wait was cancelled: wakes the client if it was waiting for that. */
  signal(code: number): void {
    if (!this.#listening) return
    this.#listening = false
    this.#send(words(0, code))
  }

  /** Called every few seconds: cuts off a client that stopped in the middle of a frame. */
  sweep(): void {
    const stalled = this.#frames.held > 0 && !this.#waiting && this.#served === this.#servedAtSweep
    this.#servedAtSweep = this.#served
    if (stalled) this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #close(): void {
    this.#listening = false
    this.#leaveContext()
    this.#hall.gone(this)
  }

  #leaveContext(): void {
    this.#calls.close()
    this.#hall.ids.release(this.#context)
    this.#context = 0
  }

  #receive(chunk: Buffer): void {
    this.#frames.push(chunk)
    if (!this.#waiting) this.#serve()
    else if (this.#frames.held > READ_AHEAD) this.#socket.pause()
  }

  #serve(): void {
    this.#serving = true
    while (!this.#waiting && !this.#socket.destroyed) {
      const frame = this.#frames.next()
      if (frame === undefined) break
      if (frame === 'malformed') {
        this.destroy()
        break
      }
      this.#served++
      this.#dispatch(frame.command, frame.body)
    }
    this.#serving = false
  }

  #dispatch(command: number, body: Buffer): void {
    const answer = this.#inform(command, body)
    if (answer !== 'card') {
      if (answer !== undefined) this.#send(answer)
      return
    }
    this.#waiting = true
    const reply = (bytes: Buffer) => {
      this.#send(bytes)
      this.#waiting = false
      if (this.#serving) return
      this.#socket.resume()
      this.#serve()
    }
    if (command !== COMMAND.CONNECT) this.#calls.run(command, body, reply)
    else if (this.#context === 0 || get32(body, 0) !== this.#context) reply(withCode(body, SCARD.E_INVALID_HANDLE))
    else this.#calls.connect(body, reply)
  }

  /** Contexts, versions, readers: an answer, no answer, or 'card' when the call concerns a card. */
  #inform(command: number, body: Buffer): Buffer | 'card' | undefined {
    const { bay } = this.#hall
    switch (command) {
      case COMMAND.ESTABLISH_CONTEXT:
        return this.#establish(get32(body, 0))
      case COMMAND.RELEASE_CONTEXT:
        return this.#release(body)
      case COMMAND.CANCEL:
        return withCode(body, this.#hall.cancel(get32(body, 0)))
      case COMMAND.VERSION:
        return this.#version(body)
      case COMMAND.GET_READERS_STATE:
        return wire.readerStates(bay.slots, wire.FIXED_READERS)
      case COMMAND.GET_READERS_STATE_SIZE:
        return words(bay.slots.length)
      case COMMAND.GET_READERS_STATE_ARRAY:
        return wire.readerStates(bay.slots, bay.slots.length)
      case COMMAND.GET_READER_EVENTS:
        return words(this.#hall.readerEvents, SCARD.SUCCESS)
      case COMMAND.WAIT_READER_STATE_CHANGE:
        this.#listening = true
        return this.#minor < 6 ? wire.readerStates(bay.slots, wire.FIXED_READERS) : undefined
      case COMMAND.STOP_WAITING_READER_STATE_CHANGE:
        this.signal(SCARD.SUCCESS)
        return undefined
      default:
        return 'card'
    }
  }

  /** The client's minor if it is one of ours; otherwise it is told the newest, to which it may fall back. */
  #version(body: Buffer): Buffer {
    const minor = get32(body, 4)
    const known = get32(body, 0) === 4 && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR
    if (known) this.#minor = minor
    return words(4, known ? minor : NEWEST_MINOR, known ? SCARD.SUCCESS : SCARD.E_SERVICE_STOPPED)
  }

  /** One context a connection, as libpcsclite opens them. */
  #establish(scope: number): Buffer {
    if (scope > wire.LAST_SCOPE) return words(scope, 0, SCARD.E_INVALID_VALUE)
    if (this.#context !== 0) return words(0, 0, SCARD.E_NO_MEMORY)
    this.#context = this.#hall.ids.take()
    return words(0, this.#context, SCARD.SUCCESS)
  }

  #release(body: Buffer): Buffer {
    if (this.#context === 0 || get32(body, 0) !== this.#context) return withCode(body, SCARD.E_INVALID_HANDLE)
    this.#leaveContext()
    return withCode(body, SCARD.SUCCESS)
  }

  #send(bytes: Buffer): void {
    if (this.#socket.destroyed) return
    this.#socket.write(bytes)
    if (this.#socket.writableLength > UNREAD) this.destroy()
  }
}
