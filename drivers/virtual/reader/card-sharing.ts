/**
 * Who may talk to the card in one reader: sharing modes, transactions, dispositions, and what open handles learn of a reset or
 * a removal (PC/SC part 5, 3.2.5; the behaviour where the specification is silent is pcsc-lite's). A call that has to wait for
 * somebody else's transaction or command stands in one queue, first come first served; nobody polls.
 */
import type { Disposition, ShareMode } from '../../../src/card/ports.ts'
import { chooseProtocol } from './atr-protocols.ts'
import { PROTOCOL, SCARD, STATE } from './scard.ts'
import { Turns } from './turns.ts'
import type { ExchangeResult, ReaderChange, VirtualReader } from './virtual-reader.ts'

/** One open connection. `notice` is the return code that every call gets until the handle reconnects; 0 when all is well. */
export interface CardHandle {
  readonly sharing: CardSharing
  mode: ShareMode
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
  #protocol: number = PROTOCOL.UNDEFINED
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

  /** The protocol that is set up, for all handles alike; 0 from power-up or reset until somebody connects. */
  get protocol(): number {
    return this.#protocol
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

  /** With a reset every handle has to reconnect, the caller's own too: so pcscd has it. Only a motor can eject. */
  end(handle: CardHandle, disposition: Disposition): Code {
    if (this.#turns.owner !== handle) return handle.notice || SCARD.E_NOT_TRANSACTED
    const impossible = disposition === 'eject' && this.reader.options.motor !== true
    const code = handle.notice || (impossible ? SCARD.E_UNSUPPORTED_FEATURE : SCARD.SUCCESS)
    if (code === 0) this.#dispose(undefined, disposition, true)
    this.#turns.disown()
    return code
  }

  transmit(handle: CardHandle, protocol: number, command: Uint8Array, done: (result: ExchangeResult) => void): void {
    this.occupy(handle, done, (finish) => {
      if (this.reader.card === undefined) finish(SCARD.E_NO_SMARTCARD)
      else if (protocol !== PROTOCOL.RAW && protocol !== this.#protocol) finish(SCARD.E_PROTO_MISMATCH)
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
    if (taken === -1) return SCARD.E_SHARING_VIOLATION
    const code = this.#prepare(mode, preferred)
    if (code !== 0) return code
    if (mode === 'exclusive' && taken > 0) return SCARD.E_SHARING_VIOLATION
    this.#protocol = this.#protocolFor(mode, preferred)
    clearTimeout(this.#idle)
    const handle: CardHandle = { sharing: this, mode, notice: 0 }
    this.#handles.add(handle)
    this.onChange('shared')
    return handle
  }

  /** A reset that was asked for happens even if the handle then finds no protocol: it has to reconnect like all others. */
  #reconnect(handle: CardHandle, mode: ShareMode, preferred: number, disposition: Disposition): Code {
    if (handle.notice === SCARD.E_READER_UNAVAILABLE) return handle.notice
    if (mode === 'exclusive' && this.#handles.size > 1) return SCARD.E_SHARING_VIOLATION
    if (this.reader.card === undefined) return SCARD.E_NO_SMARTCARD
    if (disposition !== 'leave') this.#dispose(handle, disposition, true)
    const code = this.#prepare(mode, preferred)
    if (code === 0) {
      this.#protocol = this.#protocolFor(mode, preferred)
      handle.mode = mode
      handle.notice = 0
    } else if (disposition !== 'leave') handle.notice = SCARD.W_RESET_CARD
    this.onChange('shared')
    return code
  }

  /** Power for a handle that wants to talk to the card, and a protocol that it can speak. */
  #prepare(mode: ShareMode, preferred: number): Code {
    const { reader } = this
    if (mode === 'direct') return SCARD.SUCCESS
    if (reader.card === undefined) return SCARD.E_NO_SMARTCARD
    if (!reader.powered) {
      this.#protocol = PROTOCOL.UNDEFINED
      if (!reader.powerOn()) return SCARD.W_UNRESPONSIVE_CARD
    }
    return this.#protocolFor(mode, preferred) === PROTOCOL.UNDEFINED ? SCARD.E_PROTO_MISMATCH : SCARD.SUCCESS
  }

  /** RAW is set up for whoever asks for it; else what is set up stays, and is 0 where a handle cannot speak it. */
  #protocolFor(mode: ShareMode, preferred: number): number {
    if ((preferred & PROTOCOL.RAW) !== 0) return PROTOCOL.RAW
    if (mode === 'direct') return this.#protocol
    if (this.#protocol === PROTOCOL.UNDEFINED) return chooseProtocol(this.reader.atr!, preferred)
    return this.#protocol & preferred
  }

  /** Does to the card what a disposition says; every handle but `handle` learns of it. */
  #dispose(handle: CardHandle | undefined, disposition: Disposition, keepPower: boolean): void {
    const { reader } = this
    if (disposition === 'eject' && reader.options.motor === true) reader.remove()
    if (disposition === 'leave' || disposition === 'eject') return
    this.#protocol = PROTOCOL.UNDEFINED
    if (reader.card === undefined) return
    if (disposition === 'reset') reader.warmReset()
    else {
      reader.powerOff()
      if (keepPower) reader.powerOn()
    }
    this.#notify(SCARD.W_RESET_CARD, (other) => other !== handle)
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
    if (change !== 'unplugged') this.#protocol = PROTOCOL.UNDEFINED
    if (change === 'removed') this.#notify(SCARD.W_REMOVED_CARD)
    if (change === 'reset' || change === 'powerLost') this.#notify(SCARD.W_RESET_CARD)
    if (change === 'unplugged') {
      clearTimeout(this.#idle)
      this.#notify(SCARD.E_READER_UNAVAILABLE)
      this.#turns.free()
    }
    this.onChange(change)
  }

  /** The latest notice stands, as under pcscd. All know before an entry at the keypad ends and lets somebody else have a turn. */
  #notify(notice: number, concerned: (handle: CardHandle) => boolean = () => true): void {
    const told = [...this.#handles].filter(concerned)
    for (const handle of told) handle.notice = notice
    for (const handle of told) handle.interrupt?.()
  }
}
