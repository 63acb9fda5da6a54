/** The calls of one client that concern a card: its handles, and from each request body to its reply. */
import { control } from '../pin-pad/part10.ts'
import type { CardHandle } from '../reader/card-sharing.ts'
import type { ReaderBay } from '../reader/reader-bay.ts'
import { disposition, PROTOCOL, SCARD, shareMode } from '../reader/scard.ts'
import * as wire from './pcsc-wire.ts'
import { readerAttribute } from './reader-attributes.ts'

const { COMMAND, get32, put32 } = wire

export const MAX_HANDLES = 200

/** Called once for every call: at once in the ordinary case, later when the call has to wait. */
type Reply = (bytes: Buffer) => void

/** Numbers for contexts and handles: never the same for two clients of a service. */
export interface IdSource {
  take(): number
  release(id: number): void
}

/** A copy of the request's body with its last word, the return code, filled in. */
export function withCode(body: Buffer, code: number): Buffer {
  const out = Buffer.from(body)
  put32(out, out.length - 4, code)
  return out
}

/** TRANSMIT and CONTROL: struct with the length at `lengthAt`, then the bytes if they fit in the client's `room`. */
function withBytes(head: Buffer, lengthAt: number, result: Uint8Array | number, room: number): Buffer {
  const bytes = typeof result === 'number' ? undefined : result
  const fits = bytes !== undefined && bytes.length <= room
  const out = Buffer.allocUnsafe(head.length + (fits ? bytes.length : 0))
  head.copy(out)
  put32(out, lengthAt, bytes?.length ?? 0)
  put32(out, head.length - 4, typeof result === 'number' ? result : fits ? SCARD.SUCCESS : SCARD.E_INSUFFICIENT_BUFFER)
  if (fits) out.set(bytes, head.length)
  return out
}

/** Does a choice of protocols hold one that a card could speak? */
const isSpeakable = (preferred: number): boolean => (preferred & (PROTOCOL.ANY | PROTOCOL.RAW | PROTOCOL.ANY_OLD)) !== 0

export class CardCalls {
  readonly #bay: ReaderBay
  readonly #ids: IdSource
  readonly #handles = new Map<number, CardHandle>()
  #giveUpConnect: (() => void) | undefined

  constructor(bay: ReaderBay, ids: IdSource) {
    this.#bay = bay
    this.#ids = ids
  }

  /** The client is gone or released its context: closes what it left open. */
  close(): void {
    this.#giveUpConnect?.()
    for (const [id, handle] of this.#handles) {
      handle.sharing.abandon(handle)
      this.#ids.release(id)
    }
    this.#handles.clear()
  }

  /** SCardConnect is the one call without a handle. */
  connect(body: Buffer, reply: Reply): void {
    const request = Buffer.from(body)
    const connected = (code: number, id = 0, protocol: number = PROTOCOL.UNDEFINED) => {
      put32(request, 140, id)
      put32(request, 144, protocol)
      put32(request, 148, code)
      reply(request)
    }
    const name = wire.getName(request, 4)
    const mode = shareMode(get32(request, 132))
    const preferred = get32(request, 136)
    const slot = name === undefined ? undefined : this.#bay.slot(name)
    if (mode !== 'direct' && !isSpeakable(preferred)) connected(SCARD.E_PROTO_MISMATCH)
    else if (mode === undefined) connected(SCARD.E_INVALID_VALUE)
    else if (slot === undefined) connected(SCARD.E_UNKNOWN_READER)
    else if (this.#handles.size >= MAX_HANDLES) connected(SCARD.E_NO_MEMORY)
    else
      this.#giveUpConnect = slot.connect(mode, preferred, (result) => {
        if (typeof result === 'number') {
          connected(result)
          return
        }
        const id = this.#ids.take()
        this.#handles.set(id, result)
        connected(SCARD.SUCCESS, id, slot.protocol)
      })
  }

  /** Every other call. `body` is a view that must not be kept. */
  run(command: number, body: Buffer, reply: Reply): void {
    const id = get32(body, 0)
    const handle = this.#handles.get(id)
    const head = Buffer.from(body.subarray(0, wire.BODY_SIZE[command] as number))
    if (handle === undefined) reply(withCode(head, SCARD.E_INVALID_HANDLE))
    else if (command === COMMAND.TRANSMIT) this.#transmit(handle, head, new Uint8Array(body.subarray(32)), reply)
    else if (command === COMMAND.CONTROL) this.#control(handle, head, new Uint8Array(body.subarray(24)), reply)
    else this.#manage(command, id, handle, head, reply)
  }

  /** The fast path: in the ordinary case the answer goes out in this turn, struct and bytes in one write. */
  #transmit(handle: CardHandle, head: Buffer, bytes: Uint8Array, reply: Reply): void {
    const room = get32(head, 24)
    handle.sharing.transmit(handle, get32(head, 4), bytes, (result) => {
      put32(head, 16, handle.sharing.protocol)
      reply(withBytes(head, 24, result, room))
    })
  }

  #control(handle: CardHandle, head: Buffer, bytes: Uint8Array, reply: Reply): void {
    const room = get32(head, 12)
    control(handle, get32(head, 4), bytes, (result) => reply(withBytes(head, 16, result, room)))
  }

  #manage(command: number, id: number, handle: CardHandle, head: Buffer, reply: Reply): void {
    const { sharing } = handle
    const answer = (code: number) => reply(withCode(head, code))
    switch (command) {
      case COMMAND.BEGIN_TRANSACTION:
        sharing.begin(handle, answer)
        break
      case COMMAND.END_TRANSACTION: {
        const what = disposition(get32(head, 4))
        answer(what === undefined ? SCARD.E_INVALID_VALUE : sharing.end(handle, what))
        break
      }
      case COMMAND.STATUS:
        answer(handle.notice)
        break
      case COMMAND.RECONNECT:
        this.#reconnect(handle, head, answer)
        break
      case COMMAND.DISCONNECT:
        this.#disconnect(id, handle, disposition(get32(head, 4)), answer)
        break
      case COMMAND.GET_ATTRIB:
        if (handle.notice === 0) this.#getAttribute(handle, head, answer)
        else answer(handle.notice)
        break
      case COMMAND.SET_ATTRIB:
        answer(handle.notice || SCARD.E_NOT_TRANSACTED)
        break
    }
  }

  #reconnect(handle: CardHandle, head: Buffer, answer: (code: number) => void): void {
    const mode = shareMode(get32(head, 4))
    const preferred = get32(head, 8)
    const initialization = disposition(get32(head, 12))
    if (mode === undefined || initialization === undefined || initialization === 'eject') answer(SCARD.E_INVALID_VALUE)
    else if (mode !== 'direct' && !isSpeakable(preferred)) answer(SCARD.E_PROTO_MISMATCH)
    else
      handle.sharing.reconnect(handle, mode, preferred, initialization, (code) => {
        put32(head, 16, handle.sharing.protocol)
        answer(code)
      })
  }

  #disconnect(
    id: number,
    handle: CardHandle,
    what: ReturnType<typeof disposition>,
    answer: (code: number) => void,
  ): void {
    if (what === undefined) {
      answer(SCARD.E_INVALID_VALUE)
      return
    }
    handle.sharing.disconnect(handle, what, (code) => {
      this.#handles.delete(id)
      this.#ids.release(id)
      answer(code)
    })
  }

  #getAttribute(handle: CardHandle, head: Buffer, answer: (code: number) => void): void {
    const lengthAt = 8 + wire.ATTRIBUTE
    const room = Math.min(get32(head, lengthAt), wire.ATTRIBUTE)
    const value = readerAttribute(handle.sharing, get32(head, 4))
    if (value === undefined) {
      answer(SCARD.E_UNSUPPORTED_FEATURE)
      return
    }
    head.fill(0, 8, lengthAt)
    head.set(value.subarray(0, room), 8)
    put32(head, lengthAt, value.length)
    answer(value.length > room ? SCARD.E_INSUFFICIENT_BUFFER : SCARD.SUCCESS)
  }
}
