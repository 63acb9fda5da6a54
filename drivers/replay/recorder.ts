/** Records what passes between a program and a card, with secrets removed, while it passes. */
import { copyOf } from '../../src/base/bytes.ts'
import {
  type CardConnection,
  type Disposition,
  type PinPadVerify,
  type Protocol,
  ReaderError,
  type ReaderService,
  type ShareMode,
} from '../../src/card/ports.ts'
import { type CardKind, nameOf, showsAnswer, showsCommand } from './mask.ts'
import { type Answer, type Command, formatStep, type Step, TITLE } from './recording.ts'

export interface RecordOptions {
  /** Of a real card no answer is written down but those that hold no data of its holder. */
  readonly card: CardKind
  /** One line of the recording, without its end. */
  readonly write: (line: string) => void
}

/** The same readers; what is done with their cards is written down. One connection at a time: a second one is `inUse`. */
export function recordReaders(readers: ReaderService, options: RecordOptions): ReaderService {
  let open = false
  options.write(TITLE)
  return {
    list: () => readers.list(),
    watch: (signal) => readers.watch(signal),
    close: () => readers.close(),
    async connect(reader: string, mode: ShareMode, signal?: AbortSignal) {
      if (open) throw new ReaderError({ kind: 'inUse', reader })
      open = true
      try {
        const card = await readers.connect(reader, mode, signal)
        options.write(formatStep({ kind: 'connect', mode, protocol: card.protocol, atr: card.atr, reader }))
        return new RecordedConnection(card, options, () => {
          open = false
        })
      } catch (error) {
        open = false
        throw error
      }
    },
  }
}

/** The command as it may be written down. */
export const maskCommand = (command: Uint8Array, kind: CardKind): Command =>
  showsCommand(command, kind) ? { shown: command } : { header: command.subarray(0, 4) }

function maskAnswer(command: Uint8Array, answer: Uint8Array, kind: CardKind): Answer {
  if (showsAnswer(command, answer, kind)) return { shown: answer }
  return { length: answer.length - 2, status: answer.subarray(-2) }
}

class RecordedConnection implements CardConnection {
  readonly #card: CardConnection
  readonly #options: RecordOptions
  readonly #closed: () => void

  constructor(card: CardConnection, options: RecordOptions, closed: () => void) {
    this.#card = card
    this.#options = options
    this.#closed = closed
  }

  get reader(): string {
    return this.#card.reader
  }
  get atr(): Uint8Array {
    return this.#card.atr
  }
  get protocol(): Protocol {
    return this.#card.protocol
  }

  async transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    this.#options.write(`# ${nameOf(command)}`)
    this.#write({ kind: 'command', command: maskCommand(command, this.#options.card) })
    // The caller may wipe its command as soon as it is sent.
    const header = copyOf(command.subarray(0, 4))
    return await this.#answer(header, this.#card.transmit(command, signal))
  }

  async verifyOnPinPad(request: PinPadVerify, signal?: AbortSignal): Promise<Uint8Array> {
    this.#write({ kind: 'pinpad', header: request.header })
    return await this.#answer(request.header, this.#card.verifyOnPinPad(request, signal))
  }

  async beginTransaction(signal?: AbortSignal): Promise<void> {
    await this.#card.beginTransaction(signal)
    this.#write({ kind: 'begin' })
  }

  async endTransaction(disposition: Disposition): Promise<void> {
    await this.#card.endTransaction(disposition)
    this.#write({ kind: 'end', disposition })
  }

  async reconnect(disposition: Disposition): Promise<Uint8Array> {
    const atr = await this.#card.reconnect(disposition)
    this.#write({ kind: 'reconnect', disposition, atr })
    return atr
  }

  features(): ReturnType<CardConnection['features']> {
    return this.#card.features()
  }

  async disconnect(disposition: Disposition): Promise<void> {
    await this.#card.disconnect(disposition)
    this.#write({ kind: 'disconnect', disposition })
    this.#closed()
  }

  async #answer(command: Uint8Array, answering: Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      const answer = await answering
      this.#write({ kind: 'answer', answer: maskAnswer(command, answer, this.#options.card) })
      return answer
    } catch (error) {
      if (error instanceof ReaderError) this.#write({ kind: 'answer', answer: { trouble: error.trouble.kind } })
      throw error
    }
  }

  #write(step: Step): void {
    this.#options.write(formatStep(step))
  }
}
