/**
 * Who may talk to the card in one reader: sharing modes, transactions, dispositions, and what open handles learn of a reset or
 * a removal (PC/SC part 5, 3.2.5; the behaviour where the specification is silent is pcsc-lite's). A call that has to wait for
 * somebody else's transaction or command stands in one queue, first come first served; nobody polls.
 */
import type { Disposition, ShareMode } from '../../src/card/ports.ts'
import { chooseProtocol } from './atr-protocols.ts'
import { PROTOCOL, SCARD, STATE } from './scard.ts'
import { Turns } from './turns.ts'
import type { ExchangeResult, ReaderChange, VirtualReader } from './virtual-reader.ts'

/** One open connection. `notice` is the return code that every call gets until the handle reconnects; 0 when all is well. */
export interface CardHandle {
  readonly sharing: CardSharing
  mode: ShareMode
  protocol: number
  notice: number
  /** Set while somebody types at the keypad: ends the entry because the card, the reader or the client is gone. */
  interrupt?: (() => void) | undefined
}

type Code = number
export interface SharingOptions {
  /** Milliseconds a card keeps its power after the last handle left it; pcscd gives it 5000. */
  readonly idlePowerMs: number
}

export class CardSharing {
  readonly reader: VirtualReader
  /** Told of everything a waiting client may want to know. */
  onChange: (change: ReaderChange | 'shared') => void = () => {}
  readonly #options: SharingOptions
  readonly #handles = new Set<CardHandle>()
  readonly #turns = new Turns<CardHandle>()
  #idle: NodeJS.Timeout | undefined

  constructor(reader: VirtualReader, options: SharingOptions) {
    this.reader = reader
    this.#options = options
    reader.onChange = (change) => this.#changed(change)
  }

  /** Open handles; −1 when one has the reader for itself. */
  get sharing(): number {
    for (const handle of this.#handles) if (handle.mode === 'exclusive') return -1
    return this.#handles.size
  }

  /** The protocol that is set up; 0 before the first connection after power-up. */
  get protocol(): number {
    for (const handle of this.#handles) if (handle.protocol !== PROTOCOL.UNDEFINED) return handle.protocol
    return PROTOCOL.UNDEFINED
  }

  /** SCARD_ABSENT, _PRESENT, … as a mask. A powered card stays "negotiable", as under pcscd, whatever protocol is set up. */
  get state(): number {
    if (this.reader.card === undefined) return STATE.ABSENT
    if (this.reader.atr === undefined) return STATE.PRESENT | STATE.SWALLOWED
    if (!this.reader.powered) return STATE.PRESENT
    return STATE.PRESENT | STATE.POWERED | STATE.NEGOTIABLE
  }

  /** SCardConnect. Returns a function that gives up while the call still waits for somebody else's transaction. */
  connect(mode: ShareMode, preferred: number, done: (result: CardHandle | Code) => void): () => void {
    return this.#turns.take(undefined, () => done(this.#connect(mode, preferred)))
  }

  begin(handle: CardHandle, done: (code: Code) => void): () => void {
    return this.#turns.take(handle, () => {
      if (handle.notice === 0) this.#turns.own(handle)
      done(handle.notice)
    })
  }

  /** With a reset every handle has to reconnect, the caller's own too: so pcscd has it. */
  end(handle: CardHandle, disposition: Disposition): Code {
    if (this.#turns.owner !== handle) return handle.notice || SCARD.E_NOT_TRANSACTED
    const notice = handle.notice
    if (notice === 0) this.#dispose(undefined, disposition, true)
    this.#turns.disown()
    return notice
  }

  transmit(handle: CardHandle, protocol: number, command: Uint8Array, done: (result: ExchangeResult) => void): void {
    this.occupy(handle, done, (finish) => {
      if (protocol !== PROTOCOL.RAW && protocol !== handle.protocol) finish(SCARD.E_PROTO_MISMATCH)
      else this.reader.exchange(command, finish)
    })
  }

  /** Runs one operation on the card when its turn has come; nobody else gets a turn until it has called `finish`. */
  occupy<T>(
    handle: CardHandle,
    done: (result: T | Code) => void,
    start: (finish: (result: T | Code) => void) => void,
  ): void {
    if (handle.notice !== 0) {
      done(handle.notice)
      return
    }
    this.#turns.take(handle, () => {
      if (handle.notice !== 0) {
        done(handle.notice)
        return
      }
      this.#turns.occupy(handle)
      start((result) => {
        this.#turns.vacate(handle)
        done(result)
        this.#turns.next()
      })
    })
  }

  /** SCardReconnect: new mode, and a warm (`reset`) or cold (`unpower`) reset or none. */
  reconnect(
    handle: CardHandle,
    mode: ShareMode,
    preferred: number,
    disposition: Disposition,
    done: (code: Code) => void,
  ): void {
    this.#turns.take(handle, () => done(this.#reconnect(handle, mode, preferred, disposition)))
  }

  disconnect(handle: CardHandle, disposition: Disposition, done: (code: Code) => void): void {
    if (disposition === 'leave') {
      this.#close(handle, disposition)
      done(SCARD.SUCCESS)
      return
    }
    this.#turns.take(handle, () => {
      this.#close(handle, disposition)
      done(SCARD.SUCCESS)
    })
  }

  /** The client died. As with pcscd the card is reset if a transaction was open, so that no half-done state leaks. */
  abandon(handle: CardHandle): void {
    this.#turns.forget(handle)
    handle.interrupt?.()
    if (this.#turns.busy === handle) {
      this.reader.abandon()
      this.#turns.vacate(handle)
    }
    this.#close(handle, this.#turns.owner === handle && handle.notice === 0 ? 'reset' : 'leave')
  }

  #connect(mode: ShareMode, preferred: number): CardHandle | Code {
    const taken = this.sharing
    if (taken === -1 || (mode === 'exclusive' && taken > 0)) return SCARD.E_SHARING_VIOLATION
    const handle: CardHandle = { sharing: this, mode, protocol: PROTOCOL.UNDEFINED, notice: 0 }
    const code = this.#prepare(handle, preferred)
    if (code !== 0) return code
    clearTimeout(this.#idle)
    this.#handles.add(handle)
    this.onChange('shared')
    return handle
  }

  #reconnect(handle: CardHandle, mode: ShareMode, preferred: number, disposition: Disposition): Code {
    if (handle.notice === SCARD.E_READER_UNAVAILABLE) return handle.notice
    if (mode === 'exclusive' && this.#handles.size > 1) return SCARD.E_SHARING_VIOLATION
    const wanted = handle.mode
    handle.mode = mode
    if (disposition !== 'leave' && this.reader.card !== undefined) this.#dispose(handle, disposition, true)
    const code = this.#prepare(handle, preferred)
    if (code === 0) handle.notice = 0
    else handle.mode = wanted
    this.onChange('shared')
    return code
  }

  /** Power and protocol for a handle that wants to talk to the card. */
  #prepare(handle: CardHandle, preferred: number): Code {
    const { reader } = this
    if (handle.mode === 'direct') {
      handle.protocol = this.protocol
      return SCARD.SUCCESS
    }
    if (reader.card === undefined) return SCARD.E_NO_SMARTCARD
    if (!reader.powered && !reader.powerOn()) return SCARD.W_UNRESPONSIVE_CARD
    const current = this.protocol
    const protocol = current !== PROTOCOL.UNDEFINED ? current & preferred : chooseProtocol(reader.atr!, preferred)
    if (protocol === PROTOCOL.UNDEFINED) return SCARD.E_PROTO_MISMATCH
    handle.protocol = protocol
    return SCARD.SUCCESS
  }

  /** Does to the card what a disposition says; every handle but `handle` learns of it. */
  #dispose(handle: CardHandle | undefined, disposition: Disposition, keepPower: boolean): void {
    const { reader } = this
    if (disposition === 'leave' || reader.card === undefined) return
    if (disposition === 'eject' && reader.options.motor === true) {
      reader.remove()
      return
    }
    if (disposition === 'reset') reader.warmReset()
    else {
      reader.powerOff()
      if (keepPower) reader.powerOn()
    }
    for (const other of this.#handles) if (other !== handle) this.#notify(other, SCARD.W_RESET_CARD)
    this.onChange('reset')
  }

  #close(handle: CardHandle, disposition: Disposition): void {
    if (!this.#handles.has(handle)) return
    if (handle.notice === 0 || handle.notice === SCARD.W_RESET_CARD)
      this.#dispose(handle, disposition, this.#handles.size > 1)
    this.#handles.delete(handle)
    handle.notice = SCARD.E_INVALID_HANDLE
    if (this.#handles.size === 0 && this.reader.powered)
      this.#idle = setTimeout(() => this.reader.powerOff(), this.#options.idlePowerMs).unref()
    if (this.#turns.owner === handle) this.#turns.free()
    else this.#turns.next()
    this.onChange('shared')
  }

  #changed(change: ReaderChange): void {
    if (change === 'removed') for (const handle of this.#handles) this.#notify(handle, SCARD.W_REMOVED_CARD)
    if (change === 'reset' || change === 'powerLost')
      for (const handle of this.#handles) this.#notify(handle, SCARD.W_RESET_CARD)
    if (change === 'unplugged') {
      clearTimeout(this.#idle)
      for (const handle of this.#handles) {
        handle.notice = SCARD.E_READER_UNAVAILABLE
        handle.interrupt?.()
      }
      this.#turns.free()
    }
    this.onChange(change)
  }

  /** A later, graver notice replaces an earlier one; a reset is no news to somebody whose card is gone. */
  #notify(handle: CardHandle, notice: number): void {
    if (handle.notice === 0 || notice > handle.notice) handle.notice = notice
    if (notice === SCARD.W_REMOVED_CARD) handle.protocol = PROTOCOL.UNDEFINED
    handle.interrupt?.()
  }
}
