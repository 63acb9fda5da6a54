/** The hold on a card that verbs are given for the time of a transaction. */
import { CardFault } from './card-failure.ts'
import { type Command, decodeResponse, encodeCommand, type Response } from './command.ts'
import type { Layer, Transmit } from './layers/layer.ts'
import type { PinPadVerify } from './ports.ts'
import type { Wire } from './wire.ts'

/** What a session needs of the card: commands as values, with a label that names the step in traces and failures. */
export interface Channel {
  /** Bytes one READ BINARY may ask for. */
  readonly readStep: number
  send(label: string, command: Command): Promise<Response>
}

export class Transaction implements Channel {
  readonly readStep = 0x100
  readonly #wire: Wire
  readonly #step: { label: string }
  readonly #transmit: Transmit
  readonly #trace: Layer

  /** `transmit` is the whole stack; `trace` also stands alone, for what does not pass the stack. */
  constructor(wire: Wire, step: { label: string }, transmit: Transmit, trace: Layer) {
    this.#wire = wire
    this.#step = step
    this.#transmit = transmit
    this.#trace = trace
  }

  /** Aborted when the work is to stop; a work that waits for something else than the card must heed it. */
  get signal(): AbortSignal {
    return this.#wire.stop
  }

  /** As the connection reported it. */
  get atr(): Uint8Array {
    return this.#wire.atr
  }

  send(label: string, command: Command): Promise<Response> {
    return sendThrough(this.raw(label), label, command)
  }

  /** For dialogues that make their own bytes, as GlobalPlatform's; all layers are passed. */
  raw(label: string): Transmit {
    return (apdu) => {
      this.#step.label = label
      return this.#transmit(apdu)
    }
  }

  /** The same card with one more layer on top, for instance secure messaging. */
  through(layer: Layer, readStep: number): Channel {
    return { readStep, send: (label, command) => sendThrough(layer(this.raw(label)), label, command) }
  }

  hasPinPad(): Promise<boolean> {
    return this.#wire.hasPinPad()
  }

  /** VERIFY with what the person types at the reader's own keypad: the PIN never reaches this computer. */
  async verifyOnPinPad(label: string, request: PinPadVerify): Promise<Response> {
    this.#step.label = label
    const atKeypad = this.#trace(() => this.#wire.verifyOnPinPad(request))
    return whole(label, await atKeypad(request.header))
  }
}

async function sendThrough(transmit: Transmit, label: string, command: Command): Promise<Response> {
  const apdu = encodeCommand(command)
  try {
    return whole(label, await transmit(apdu))
  } finally {
    // It may have held a PIN.
    apdu.fill(0)
  }
}

function whole(label: string, bytes: Uint8Array): Response {
  const response = decodeResponse(bytes)
  if (response === undefined) throw new CardFault({ kind: 'malformed', label })
  return response
}
