/** One client of the PC/SC service: its frames, its context and its card handles. Requests are served one after another. */
import type { Socket } from 'node:net'
import type { CardHandle } from './card-sharing.ts'
import { control } from './part10.ts'
import type { PcscService } from './pcsc-service.ts'
import * as wire from './pcsc-wire.ts'
import { readerAttribute } from './reader-attributes.ts'
import { disposition, PROTOCOL, SCARD, shareMode } from './scard.ts'

const { COMMAND, HEADER, get32, put32, words } = wire

/** A client may send ahead this many bytes while an answer is outstanding; then the socket waits. */
const READ_AHEAD = 256 * 1024
/** A client that does not read its answers is cut off here. */
const UNREAD = 1024 * 1024
export const MAX_HANDLES = 200

export class PcscClient {
  readonly #service: PcscService
  readonly #socket: Socket
  readonly #handles = new Map<number, CardHandle>()
  #input = Buffer.allocUnsafe(4096)
  #start = 0
  #end = 0
  /** A request whose answer is outstanding. */
  #waiting = false
  #giveUp: (() => void) | undefined
  #minor = 4
  #context = 0
  #listening = false
  /** Complete requests so far; the sweep tells a stalled frame by it. */
  #served = 0
  #servedAtSweep = -1

  constructor(service: PcscService, socket: Socket) {
    this.#service = service
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#close())
  }

  get context(): number {
    return this.#context
  }

  /** Something changed in a reader: wakes a client that waits for it. False when it was not waiting. */
  signal(code: number): boolean {
    if (!this.#listening) return false
    this.#listening = false
    this.#socket.write(words(0, code))
    return true
  }

  /** Called every few seconds: cuts off a client that stopped in the middle of a frame. */
  sweep(): void {
    if (this.#end > this.#start && !this.#waiting && this.#served === this.#servedAtSweep) this.destroy()
    this.#servedAtSweep = this.#served
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #close(): void {
    this.#listening = false
    this.#giveUp?.()
    this.#service.ids.delete(this.#context)
    this.#context = 0
    for (const [id, handle] of this.#handles) {
      handle.sharing.abandon(handle)
      this.#service.ids.delete(id)
    }
    this.#handles.clear()
    this.#service.gone(this)
  }

  #receive(chunk: Buffer): void {
    const held = this.#end - this.#start
    if (this.#input.length - this.#end < chunk.length) {
      const room = held + chunk.length
      const grown = room > this.#input.length ? Buffer.allocUnsafe(2 * room) : this.#input
      this.#input.copy(grown, 0, this.#start, this.#end)
      this.#input = grown
      this.#start = 0
      this.#end = held
    }
    chunk.copy(this.#input, this.#end)
    this.#end += chunk.length
    if (!this.#waiting) this.#serve()
    else if (this.#end - this.#start > READ_AHEAD) this.#socket.pause()
  }

  #serve(): void {
    while (!this.#waiting && !this.#socket.destroyed) {
      const frame = this.#nextFrame()
      if (frame === undefined) break
      this.#served++
      this.#dispatch(frame.command, frame.body)
    }
    if (this.#start === this.#end) this.#start = this.#end = 0
  }

  /** The next complete request, a view that lasts until the next chunk; a frame that cannot be right ends the client. */
  #nextFrame(): { command: number; body: Buffer } | undefined {
    const input = this.#input
    const at = this.#start
    const held = this.#end - at
    if (held < HEADER) return undefined
    const size = get32(input, at)
    const command = get32(input, at + 4)
    if (wire.BODY_SIZE[command] !== size) {
      this.destroy()
      return undefined
    }
    let total = HEADER + size
    if (held < total) return undefined
    if (command === COMMAND.TRANSMIT || command === COMMAND.CONTROL) {
      const more = get32(input, at + HEADER + (command === COMMAND.TRANSMIT ? 12 : 8))
      if (more > wire.LONGEST_APDU) {
        this.destroy()
        return undefined
      }
      total += more
      if (held < total) return undefined
    }
    this.#start = at + total
    return { command, body: input.subarray(at + HEADER, at + total) }
  }

  #send(bytes: Buffer): void {
    if (this.#socket.destroyed) return
    this.#socket.write(bytes)
    if (this.#socket.writableLength > UNREAD) this.destroy()
  }

  /** The reply to a request: its own body with the last word, the return code, filled in. */
  #reply(body: Buffer, code: number): void {
    const out = Buffer.from(body)
    put32(out, out.length - 4, code)
    this.#send(out)
  }

  /** A call that may have to wait: nothing else of this client is served before `settle` has been called. */
  #later(start: (settle: (answer: () => void) => void) => (() => void) | undefined): void {
    let settled = false
    const giveUp = start((answer) => {
      settled = true
      answer()
      if (!this.#waiting) return
      this.#waiting = false
      this.#giveUp = undefined
      this.#socket.resume()
      this.#serve()
    })
    if (settled) return
    this.#waiting = true
    this.#giveUp = giveUp
  }

  #dispatch(command: number, body: Buffer): void {
    switch (command) {
      case COMMAND.TRANSMIT:
        return this.#transmit(body)
      case COMMAND.BEGIN_TRANSACTION:
        return this.#beginTransaction(body)
      case COMMAND.END_TRANSACTION:
        return this.#endTransaction(body)
      case COMMAND.STATUS:
        return this.#reply(body, this.#handles.get(get32(body, 0))?.notice ?? SCARD.E_INVALID_HANDLE)
      case COMMAND.CONNECT:
        return this.#connect(body)
      case COMMAND.RECONNECT:
        return this.#reconnect(body)
      case COMMAND.DISCONNECT:
        return this.#disconnect(body)
      case COMMAND.CONTROL:
        return this.#control(body)
      case COMMAND.GET_ATTRIB:
        return this.#getAttribute(body)
      case COMMAND.SET_ATTRIB:
        return this.#reply(
          body,
          this.#handles.has(get32(body, 0)) ? SCARD.E_UNSUPPORTED_FEATURE : SCARD.E_INVALID_HANDLE,
        )
      case COMMAND.ESTABLISH_CONTEXT:
        return this.#establish()
      case COMMAND.RELEASE_CONTEXT:
        return this.#release(body)
      case COMMAND.CANCEL:
        return this.#reply(body, this.#service.cancel(get32(body, 0)))
      default:
        return this.#inform(command, body)
    }
  }

  /** Questions about versions and readers, and waiting for a change. */
  #inform(command: number, body: Buffer): void {
    const { bay } = this.#service
    switch (command) {
      case COMMAND.VERSION:
        return this.#version(body)
      case COMMAND.GET_READERS_STATE:
        return this.#send(wire.readerStates(bay.slots, wire.FIXED_READERS))
      case COMMAND.GET_READERS_STATE_SIZE:
        return this.#send(words(bay.slots.length))
      case COMMAND.GET_READERS_STATE_ARRAY:
        return this.#send(wire.readerStates(bay.slots, bay.slots.length))
      case COMMAND.GET_READER_EVENTS:
        return this.#send(words(this.#service.readerEvents, SCARD.SUCCESS))
      case COMMAND.WAIT_READER_STATE_CHANGE:
        this.#listening = true
        if (this.#minor < 6) this.#send(wire.readerStates(bay.slots, wire.FIXED_READERS))
        return
      case COMMAND.STOP_WAITING_READER_STATE_CHANGE:
        this.signal(SCARD.SUCCESS)
        return
    }
  }

  /** The client's minor is taken when it is one of ours; otherwise it is told the newest, to which it may fall back. */
  #version(body: Buffer): void {
    const minor = get32(body, 4)
    const known = get32(body, 0) === 4 && minor >= 4 && minor <= 6
    if (known) this.#minor = minor
    this.#send(words(4, known ? minor : 6, known ? SCARD.SUCCESS : SCARD.E_SERVICE_STOPPED))
  }

  /** One context a connection, as libpcsclite opens them. */
  #establish(): void {
    if (this.#context !== 0) return this.#send(words(0, 0, SCARD.E_NO_MEMORY))
    this.#context = this.#service.newId()
    this.#send(words(0, this.#context, SCARD.SUCCESS))
  }

  #release(body: Buffer): void {
    if (this.#context === 0 || get32(body, 0) !== this.#context) return this.#reply(body, SCARD.E_INVALID_HANDLE)
    for (const [id, handle] of this.#handles) this.#forget(id, () => handle.sharing.abandon(handle))
    this.#service.ids.delete(this.#context)
    this.#context = 0
    this.#reply(body, SCARD.SUCCESS)
  }

  #connect(body: Buffer): void {
    const mode = shareMode(get32(body, 132))
    const preferred = get32(body, 136)
    const name = wire.getName(body, 4)
    const slot = name === undefined ? undefined : this.#service.bay.slot(name)
    const refuse = (code: number) => this.#send(this.#connected(body, 0, PROTOCOL.UNDEFINED, code))
    if (this.#context === 0 || get32(body, 0) !== this.#context) return refuse(SCARD.E_INVALID_HANDLE)
    if (mode === undefined) return refuse(SCARD.E_INVALID_VALUE)
    if (mode !== 'direct' && (preferred & (PROTOCOL.ANY | PROTOCOL.RAW)) === 0) return refuse(SCARD.E_PROTO_MISMATCH)
    if (slot === undefined) return refuse(SCARD.E_UNKNOWN_READER)
    if (this.#handles.size >= MAX_HANDLES) return refuse(SCARD.E_NO_MEMORY)
    const request = Buffer.from(body)
    this.#later((settle) =>
      slot.connect(mode, preferred, (result) =>
        settle(() => {
          if (typeof result === 'number') return this.#send(this.#connected(request, 0, PROTOCOL.UNDEFINED, result))
          const id = this.#service.newId()
          this.#handles.set(id, result)
          this.#send(this.#connected(request, id, result.protocol, SCARD.SUCCESS))
        }),
      ),
    )
  }

  #connected(body: Buffer, id: number, protocol: number, code: number): Buffer {
    const out = Buffer.from(body)
    put32(out, 140, id)
    put32(out, 144, protocol)
    put32(out, 148, code)
    return out
  }

  #reconnect(body: Buffer): void {
    const handle = this.#handles.get(get32(body, 0))
    const mode = shareMode(get32(body, 4))
    const initialization = disposition(get32(body, 12))
    if (handle === undefined) return this.#reply(body, SCARD.E_INVALID_HANDLE)
    if (mode === undefined || initialization === undefined || initialization === 'eject')
      return this.#reply(body, SCARD.E_INVALID_VALUE)
    const request = Buffer.from(body)
    this.#later((settle) => {
      handle.sharing.reconnect(handle, mode, get32(request, 8), initialization, (code) =>
        settle(() => {
          put32(request, 16, handle.protocol)
          this.#reply(request, code)
        }),
      )
      return undefined
    })
  }

  #disconnect(body: Buffer): void {
    const id = get32(body, 0)
    const handle = this.#handles.get(id)
    const what = disposition(get32(body, 4))
    if (handle === undefined) return this.#reply(body, SCARD.E_INVALID_HANDLE)
    if (what === undefined) return this.#reply(body, SCARD.E_INVALID_VALUE)
    const request = Buffer.from(body)
    this.#later((settle) => {
      handle.sharing.disconnect(handle, what, (code) =>
        settle(() => this.#forget(id, () => this.#reply(request, code))),
      )
      return undefined
    })
  }

  #forget(id: number, then: () => void): void {
    this.#handles.delete(id)
    this.#service.ids.delete(id)
    then()
  }

  #beginTransaction(body: Buffer): void {
    const handle = this.#handles.get(get32(body, 0))
    if (handle === undefined) return this.#reply(body, SCARD.E_INVALID_HANDLE)
    const request = Buffer.from(body)
    this.#later((settle) => handle.sharing.begin(handle, (code) => settle(() => this.#reply(request, code))))
  }

  #endTransaction(body: Buffer): void {
    const handle = this.#handles.get(get32(body, 0))
    const what = disposition(get32(body, 4))
    if (handle === undefined) return this.#reply(body, SCARD.E_INVALID_HANDLE)
    if (what === undefined) return this.#reply(body, SCARD.E_INVALID_VALUE)
    this.#reply(body, handle.sharing.end(handle, what))
  }

  /** The fast path: in the ordinary case the answer goes out in this turn, struct and bytes in one write. */
  #transmit(body: Buffer): void {
    const handle = this.#handles.get(get32(body, 0))
    const head = Buffer.from(body.subarray(0, 32))
    if (handle === undefined) return this.#reply(head, SCARD.E_INVALID_HANDLE)
    const room = get32(head, 24)
    this.#later((settle) => {
      handle.sharing.transmit(handle, get32(head, 4), new Uint8Array(body.subarray(32)), (result) =>
        settle(() => {
          put32(head, 16, handle.protocol)
          this.#answer(head, 24, result, room)
        }),
      )
      return undefined
    })
  }

  #control(body: Buffer): void {
    const handle = this.#handles.get(get32(body, 0))
    const head = Buffer.from(body.subarray(0, 24))
    if (handle === undefined) return this.#reply(head, SCARD.E_INVALID_HANDLE)
    const room = get32(head, 12)
    this.#later((settle) => {
      control(handle, get32(head, 4), new Uint8Array(body.subarray(24)), (result) =>
        settle(() => this.#answer(head, 16, result, room)),
      )
      return undefined
    })
  }

  /** Struct with the length at `lengthAt`, then the bytes if they fit in the client's `room`. */
  #answer(head: Buffer, lengthAt: number, result: Uint8Array | number, room: number): void {
    const failed = typeof result === 'number'
    const code = failed ? result : result.length > room ? SCARD.E_INSUFFICIENT_BUFFER : SCARD.SUCCESS
    const sent = code === SCARD.SUCCESS && !failed ? result : undefined
    const out = Buffer.allocUnsafe(head.length + (sent?.length ?? 0))
    head.copy(out)
    put32(out, lengthAt, failed ? 0 : result.length)
    put32(out, head.length - 4, code)
    if (sent !== undefined) out.set(sent, head.length)
    this.#send(out)
  }

  #getAttribute(body: Buffer): void {
    const handle = this.#handles.get(get32(body, 0))
    if (handle === undefined) return this.#reply(body, SCARD.E_INVALID_HANDLE)
    const value = readerAttribute(handle.sharing, get32(body, 4))
    const room = get32(body, 8 + wire.ATTRIBUTE)
    if (value === undefined) return this.#reply(body, SCARD.E_UNSUPPORTED_FEATURE)
    const out = Buffer.from(body)
    out.fill(0, 8, 8 + wire.ATTRIBUTE)
    out.set(value.subarray(0, Math.min(room, wire.ATTRIBUTE)), 8)
    put32(out, 8 + wire.ATTRIBUTE, value.length)
    this.#reply(out, value.length > room ? SCARD.E_INSUFFICIENT_BUFFER : SCARD.SUCCESS)
  }
}
