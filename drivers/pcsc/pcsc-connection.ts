/** One card in a real reader. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  type CardConnection,
  type Disposition,
  type PinPadFeatures,
  type PinPadVerify,
  type Protocol,
  ReaderError,
} from '../../src/card/ports.ts'
import { BindingError } from './binding.ts'
import type { BindingCalls, RawConnection } from './binding-calls.ts'
import { within } from './deadline.ts'
import * as pinPad from './pin-pad.ts'
import { troubleOf } from './reader-troubles.ts'

/** Milliseconds. */
export interface Deadlines {
  readonly connect: number
  /** One command; the slowest of a card is key generation. */
  readonly transmit: number
  /** Until other programs have let go of the card. */
  readonly transaction: number
}

export const SHARE = { exclusive: 1, shared: 2, direct: 3 } as const
const DISPOSITION = { leave: 0, reset: 1, unpower: 2, eject: 3 } as const
/** SCardReconnect knows no eject. */
const INITIALIZATION = { ...DISPOSITION, eject: DISPOSITION.unpower } as const
export const T0_OR_T1 = 3
const SHORTEST_ANSWER = 2
const RETRY_MS = 50
/** A person at the keypad has the reader's own time-out; this is for what comes on top of it. */
const PIN_PAD_GRACE_MS = 5000

const protocolName = (protocol: number): Protocol => (protocol === 1 ? 'T=0' : protocol === 2 ? 'T=1' : 'raw')

const isInUse = (error: unknown): boolean => error instanceof ReaderError && error.trouble.kind === 'inUse'
const unlessInUse = (error: unknown): void => {
  if (!isInUse(error)) throw error
}

export class PcscConnection implements CardConnection {
  readonly reader: string
  readonly #binding: BindingCalls
  readonly #deadlines: Deadlines
  readonly #share: number
  #raw: RawConnection
  readonly #onClose: () => void
  /** A call ran out of time and is still going on: nothing more can be asked. */
  #stuck = false
  /** Another program took the card in the moment in which it was let go: to be opened again when it is needed. */
  #apart = false

  constructor(
    binding: BindingCalls,
    reader: string,
    share: number,
    raw: RawConnection,
    deadlines: Deadlines,
    onClose: () => void,
  ) {
    this.#binding = binding
    this.reader = reader
    this.#share = share
    this.#raw = raw
    this.#deadlines = deadlines
    this.#onClose = onClose
  }

  get atr(): Uint8Array {
    return this.#raw.atr
  }

  get protocol(): Protocol {
    return protocolName(this.#raw.protocol)
  }

  async transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    await this.#together(performance.now() + this.#deadlines.transaction, signal)
    const answer = await this.#call(this.#deadlines.transmit, signal, () =>
      this.#binding.transmit(this.#raw.id, command.slice()),
    )
    return this.#whole(answer)
  }

  /**
   * The binding has no SCardBeginTransaction. A transaction is exclusive use of the card for its time (SCardReconnect, card left
   * as it is): no other program can reach it, and one that holds it open makes us wait, then `inUse` (decision 0012).
   */
  async beginTransaction(signal?: AbortSignal): Promise<void> {
    const end = performance.now() + this.#deadlines.transaction
    await this.#together(end, signal)
    await this.#call(this.#deadlines.connect, signal, () => this.#binding.checkStatus(this.#raw.id))
    if (this.#share !== SHARE.shared) return
    await this.#whenFree(end, () => this.#reconnect(SHARE.exclusive, INITIALIZATION.leave, signal))
  }

  /** Another program that takes the card in that moment does not undo what was done: whoever needs the card next waits for it. */
  async endTransaction(disposition: Disposition): Promise<void> {
    if (this.#share === SHARE.shared) await this.#reopen(disposition).catch(unlessInUse)
    else if (disposition !== 'leave') await this.#reconnect(this.#share, INITIALIZATION[disposition])
  }

  async reconnect(disposition: Disposition): Promise<Uint8Array> {
    await this.#together(performance.now() + this.#deadlines.transaction)
    await this.#reconnect(this.#share, INITIALIZATION[disposition])
    return this.#raw.atr
  }

  async features(): Promise<PinPadFeatures> {
    const features = await this.#features()
    return {
      verify: features.has(pinPad.FEATURE_VERIFY_PIN_DIRECT),
      modify: features.has(pinPad.FEATURE_MODIFY_PIN_DIRECT),
    }
  }

  async verifyOnPinPad(request: PinPadVerify, signal?: AbortSignal): Promise<Uint8Array> {
    const code = (await this.#features()).get(pinPad.FEATURE_VERIFY_PIN_DIRECT)
    if (code === undefined)
      throw new ReaderError({ kind: 'unexpected', code: 0x8010001f, detail: 'the reader has no keypad for PINs' })
    const deadline = request.timeoutSeconds * 1000 + PIN_PAD_GRACE_MS
    const structure = pinPad.pinVerifyStructure(request)
    return this.#whole(await this.#call(deadline, signal, () => this.#binding.control(this.#raw.id, code, structure)))
  }

  async disconnect(disposition: Disposition): Promise<void> {
    this.#onClose()
    const done = this.#binding.disconnect(this.#raw.id, DISPOSITION[disposition])
    // Behind a stuck call this waits for ever: let it happen when it can.
    if (this.#stuck) done.catch(() => {})
    else await within(done, this.#deadlines.connect, this.reader, undefined).catch(() => {})
  }

  async #features(): Promise<ReadonlyMap<number, number>> {
    try {
      const list = await this.#call(this.#deadlines.connect, undefined, () =>
        this.#binding.control(this.#raw.id, pinPad.FEATURE_REQUEST, new Uint8Array()),
      )
      return pinPad.parseFeatures(list)
    } catch (error) {
      // Readers that know no features refuse the question, each in its own way.
      if (error instanceof ReaderError && ['unexpected', 'communication'].includes(error.trouble.kind)) return new Map()
      throw error
    }
  }

  /** Opens the card again where another program had it, waiting until it is free. Rejects with `inUse`. */
  async #together(end: number, signal?: AbortSignal): Promise<void> {
    if (this.#apart) await this.#whenFree(end, () => this.#reopen('leave', signal))
  }

  async #reopen(disposition: Disposition, signal?: AbortSignal): Promise<void> {
    try {
      this.#raw = await this.#call(this.#deadlines.connect, signal, () =>
        this.#binding.reopen(this.#raw.id, DISPOSITION[disposition], SHARE.shared, T0_OR_T1),
      )
      this.#apart = false
    } catch (error) {
      this.#apart ||= isInUse(error)
      throw error
    }
  }

  /** Again and again until `end`, while another program has the card. */
  async #whenFree(end: number, attempt: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!isInUse(error) || performance.now() + RETRY_MS > end) throw error
        await delay(RETRY_MS)
      }
    }
  }

  async #reconnect(share: number, initialization: number, signal?: AbortSignal): Promise<void> {
    this.#raw = await this.#call(this.#deadlines.connect, signal, () =>
      this.#binding.reconnect(this.#raw.id, share, T0_OR_T1, initialization),
    )
  }

  #whole(answer: Uint8Array): Uint8Array {
    if (answer.length >= SHORTEST_ANSWER) return answer
    const detail = `the answer has ${answer.length} bytes`
    throw new ReaderError({ kind: 'communication', reader: this.reader, detail })
  }

  async #call<T>(deadline: number, signal: AbortSignal | undefined, start: () => Promise<T>): Promise<T> {
    if (this.#stuck) throw new ReaderError({ kind: 'deadline', reader: this.reader })
    if (signal?.aborted === true) throw new ReaderError({ kind: 'cancelled' })
    try {
      return await within(start(), deadline, this.reader, signal)
    } catch (error) {
      if (error instanceof BindingError) throw new ReaderError(troubleOf(error.message, this.reader))
      if (error instanceof ReaderError && error.trouble.kind === 'deadline') this.#stuck = true
      throw error
    }
  }
}
