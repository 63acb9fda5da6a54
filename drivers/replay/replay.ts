/** A reader whose card answers as a recording says, and tells the first step that went another way. */
import { concat, equal } from '../../src/base/bytes.ts'
import {
  type CardConnection,
  type Disposition,
  type PinPadFeatures,
  type PinPadVerify,
  type Protocol,
  ReaderError,
  type ReaderEvent,
  type ReaderService,
  type ReaderState,
  type ReaderTrouble,
  type ShareMode,
} from '../../src/card/ports.ts'
import { maskCommand } from './recorder.ts'
import { type Answer, formatStep, type NumberedStep, parseRecording, type Step } from './recording.ts'

/** The program does not do what was recorded. Commands in the message are masked as in a recording of a real card. */
export class ReplayDifference extends Error {
  override readonly name = 'ReplayDifference'
  /** Line of the recording; undefined after its end. */
  readonly line: number | undefined
  constructor(line: number | undefined, expected: string, found: string) {
    super(`recording, ${line === undefined ? 'at its end' : `line ${line}`}: expected "${expected}", found "${found}"`)
    this.line = line
  }
}

export interface Replay extends ReaderService {
  /** Throws the first difference, a recording not played to its end included. */
  finish(): void
}

/** Throws SyntaxError for a text that is no recording. */
export function replayReaders(text: string): Replay {
  return new ReplayReaders(new Script(parseRecording(text)))
}

/** The steps still to come. After a difference nothing goes on. */
class Script {
  readonly steps: readonly NumberedStep[]
  #at = 0
  #difference: ReplayDifference | undefined

  constructor(steps: readonly NumberedStep[]) {
    this.steps = steps
  }

  /** The next step, if `matches` takes it; `found` is what the program did. */
  take<T extends Step>(found: string, matches: (step: Step) => T | undefined): T {
    if (this.#difference !== undefined) throw this.#difference
    const next = this.steps[this.#at]
    const taken = next && matches(next.step)
    if (taken === undefined) {
      this.#difference = new ReplayDifference(next?.line, next ? formatStep(next.step) : 'nothing more', found)
      throw this.#difference
    }
    this.#at++
    return taken
  }

  finish(): void {
    if (this.#difference !== undefined) throw this.#difference
    const next = this.steps[this.#at]
    if (next !== undefined) throw new ReplayDifference(next.line, formatStep(next.step), 'the end')
  }
}

class ReplayReaders implements Replay {
  readonly #script: Script

  constructor(script: Script) {
    this.#script = script
  }

  async list(): Promise<readonly ReaderState[]> {
    const found = new Map<string, ReaderState>()
    for (const { step } of this.#script.steps)
      if (step.kind === 'connect')
        found.set(step.reader, { name: step.reader, card: 'present', atr: step.atr, inUse: false })
    return [...found.values()]
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ReaderEvent> {
    for (const state of await this.list()) yield { kind: 'readerAdded', state }
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  async connect(reader: string, mode: ShareMode): Promise<CardConnection> {
    const step = this.#script.take(`connect ${mode} ${reader}`, (next) =>
      next.kind === 'connect' && next.mode === mode && next.reader === reader ? next : undefined,
    )
    return new ReplayConnection(this.#script, step)
  }

  async close(): Promise<void> {}

  finish(): void {
    this.#script.finish()
  }
}

class ReplayConnection implements CardConnection {
  readonly reader: string
  readonly protocol: Protocol
  readonly #script: Script
  #atr: Uint8Array

  constructor(script: Script, { reader, protocol, atr }: Extract<Step, { kind: 'connect' }>) {
    this.#script = script
    this.reader = reader
    this.protocol = protocol
    this.#atr = atr
  }

  get atr(): Uint8Array {
    return this.#atr
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const found = formatStep({ kind: 'command', command: maskCommand(command, 'real') })
    this.#script.take(found, (next) => (next.kind === 'command' && matches(next.command, command) ? next : undefined))
    return this.#answer()
  }

  async verifyOnPinPad({ header }: PinPadVerify): Promise<Uint8Array> {
    this.#script.take(formatStep({ kind: 'pinpad', header }), (next) =>
      next.kind === 'pinpad' && equal(next.header, header) ? next : undefined,
    )
    return this.#answer()
  }

  async beginTransaction(): Promise<void> {
    this.#script.take('begin', (next) => (next.kind === 'begin' ? next : undefined))
  }

  async endTransaction(disposition: Disposition): Promise<void> {
    this.#take('end', disposition)
  }

  async disconnect(disposition: Disposition): Promise<void> {
    this.#take('disconnect', disposition)
  }

  async reconnect(disposition: Disposition): Promise<Uint8Array> {
    const { atr } = this.#script.take(`reconnect ${disposition}`, (next) =>
      next.kind === 'reconnect' && next.disposition === disposition ? next : undefined,
    )
    this.#atr = atr
    return atr
  }

  /** A keypad is there when the recording used one. */
  async features(): Promise<PinPadFeatures> {
    return { verify: this.#script.steps.some(({ step }) => step.kind === 'pinpad'), modify: false }
  }

  #take(kind: 'end' | 'disconnect', disposition: Disposition): void {
    this.#script.take(formatStep({ kind, disposition }), (next) =>
      next.kind === kind && next.disposition === disposition ? next : undefined,
    )
  }

  #answer(): Uint8Array {
    const { answer } = this.#script.take('an answer', (next) => (next.kind === 'answer' ? next : undefined))
    return bytesOf(answer, this.reader)
  }
}

function matches(recorded: Extract<Step, { kind: 'command' }>['command'], command: Uint8Array): boolean {
  if ('shown' in recorded) return equal(recorded.shown, command)
  return command.length > 4 && equal(recorded.header, command.subarray(0, 4))
}

/** What was masked is answered as zeros. */
function bytesOf(answer: Answer, reader: string): Uint8Array {
  if ('trouble' in answer) throw new ReaderError(troubleAgain(answer.trouble, reader))
  return 'shown' in answer ? answer.shown.slice() : concat(new Uint8Array(answer.length), answer.status)
}

function troubleAgain(kind: ReaderTrouble['kind'], reader: string): ReaderTrouble {
  const detail = 'as recorded'
  if (kind === 'protocolMismatch') return { kind, client: detail, service: detail }
  if (kind === 'communication') return { kind, reader, detail }
  if (kind === 'unexpected') return { kind, code: 0, detail }
  if (kind === 'serviceDown' || kind === 'noRights' || kind === 'noReader' || kind === 'cancelled') return { kind }
  return { kind, reader }
}
