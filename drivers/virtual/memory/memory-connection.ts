/** One connection of the in-memory service: the sharing's callbacks as promises, its return codes as `ReaderError`. */
import {
  type CardConnection,
  type Disposition,
  type PinPadFeatures,
  type PinPadVerify,
  type Protocol,
  ReaderError,
} from '../../../src/card/ports.ts'
import { verifyOnPinPad } from '../pin-pad/pin-entry.ts'
import type { CardHandle } from '../reader/card-sharing.ts'
import { PROTOCOL, protocolName, SCARD, troubleOf } from '../reader/scard.ts'

type Settle<T> = (result: T | number) => void

/**
 * Waits for one call. `start` may return the way to leave the queue; the signal uses it and rejects with `cancelled`,
 * also when the call is under way already: then its result is thrown away.
 */
export function awaitTurn<T>(
  reader: string,
  signal: AbortSignal | undefined,
  start: (settle: Settle<T>) => (() => void) | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new ReaderError({ kind: 'cancelled' }))
      return
    }
    let giveUp: (() => void) | undefined
    const cancel = () => {
      giveUp?.()
      reject(new ReaderError({ kind: 'cancelled' }))
    }
    signal?.addEventListener('abort', cancel, { once: true })
    giveUp = start((result) => {
      signal?.removeEventListener('abort', cancel)
      if (typeof result === 'number') reject(new ReaderError(troubleOf(result, reader)))
      else resolve(result)
    })
  })
}

export class MemoryConnection implements CardConnection {
  readonly #handle: CardHandle
  readonly #onClose: () => void
  #atr: Uint8Array

  constructor(handle: CardHandle, onClose: () => void) {
    this.#handle = handle
    this.#onClose = onClose
    this.#atr = handle.sharing.reader.atr ?? new Uint8Array(0)
  }

  get reader(): string {
    return this.#handle.sharing.reader.name
  }
  get atr(): Uint8Array {
    return this.#atr
  }
  get protocol(): Protocol {
    return protocolName(this.#handle.sharing.protocol)
  }

  /** An answer shorter than two bytes is a communication error: what the card did is unknown. */
  async transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const handle = this.#handle
    const answer = await awaitTurn<Uint8Array>(this.reader, signal, (settle) => {
      handle.sharing.transmit(handle, PROTOCOL.RAW, command, settle)
      return undefined
    })
    if (answer.length >= 2) return answer
    const detail = `the answer has ${answer.length} bytes`
    throw new ReaderError({ kind: 'communication', reader: this.reader, detail })
  }

  async beginTransaction(signal?: AbortSignal): Promise<void> {
    const handle = this.#handle
    await this.#done(signal, (settle) => handle.sharing.begin(handle, settle))
  }

  async endTransaction(disposition: Disposition): Promise<void> {
    await this.#done(undefined, (settle) => {
      settle(this.#handle.sharing.end(this.#handle, disposition))
      return undefined
    })
  }

  async reconnect(disposition: Disposition): Promise<Uint8Array> {
    const handle = this.#handle
    await this.#done(undefined, (settle) => {
      handle.sharing.reconnect(handle, handle.mode, PROTOCOL.ANY, disposition, settle)
      return undefined
    })
    this.#atr = handle.sharing.reader.atr ?? new Uint8Array(0)
    return this.#atr
  }

  async features(): Promise<PinPadFeatures> {
    const keypad = this.#handle.sharing.reader.options.pinPad !== undefined
    return { verify: keypad, modify: keypad }
  }

  verifyOnPinPad(request: PinPadVerify, signal?: AbortSignal): Promise<Uint8Array> {
    const handle = this.#handle
    const { pinPad } = handle.sharing.reader.options
    const format = {
      ...request,
      position: 0,
      rightJustified: false,
      coding: 'ascii',
      blockSize: 0,
      lengthPosition: 0,
      lengthSize: 0,
    } as const
    return awaitTurn<Uint8Array>(this.reader, signal, (settle) => {
      if (pinPad === undefined) {
        settle(SCARD.E_UNSUPPORTED_FEATURE)
        return undefined
      }
      verifyOnPinPad(handle, pinPad, { format, template: request.header }, settle)
      return () => handle.interrupt?.()
    })
  }

  async disconnect(disposition: Disposition): Promise<void> {
    const handle = this.#handle
    await this.#done(undefined, (settle) => {
      handle.sharing.disconnect(handle, disposition, settle)
      return undefined
    })
    this.#onClose()
  }

  /** A call whose result is a return code: 0 resolves. */
  #done(
    signal: AbortSignal | undefined,
    start: (settle: (code: number) => void) => (() => void) | undefined,
  ): Promise<true> {
    return awaitTurn<true>(this.reader, signal, (settle) => start((code) => settle(code === 0 ? true : code)))
  }
}
