/** Real readers: the machine's PC/SC service (pcscd on Linux, the system's own on macOS and Windows) behind `ReaderService`. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  type CardConnection,
  ReaderError,
  type ReaderEvent,
  type ReaderService,
  type ReaderState,
  type ReaderTrouble,
  type ShareMode,
} from '../../src/card/ports.ts'
import { BindingError, openBinding } from './binding.ts'
import type { BindingCalls, RawConnection, RawReader } from './binding-calls.ts'
import { within } from './deadline.ts'
import { type Deadlines, PcscConnection, SHARE, T0_OR_T1 } from './pcsc-connection.ts'
import { changesBetween, readerState } from './reader-changes.ts'
import { troubleOf } from './reader-troubles.ts'
import { diagnoseService } from './service-diagnosis.ts'

export interface PcscOptions {
  readonly deadlines?: Partial<Deadlines>
}

const DEADLINES: Deadlines = { connect: 10_000, transmit: 30_000, transaction: 10_000 }
/** Some services do not announce new readers; then we look this often. */
const LOOK_MS = 1000
/** What the binding says of a return code it does not know; of a service that lets nobody in, that is the only such code. */
const UNKNOWN_SENTENCE = 'Unknown PC/SC error'

/**
 * Opens the machine's readers. Throws `BindingMissing`. A service that is down is no error here: `list` says so, and `watch` tells
 * when it is back.
 */
export async function openPcsc(options: PcscOptions = {}): Promise<ReaderService> {
  return pcscOver(await openBinding(), options)
}

/** The same over a binding that is given. */
export const pcscOver = (binding: BindingCalls, options: PcscOptions = {}): ReaderService =>
  new PcscService(binding, { ...DEADLINES, ...options.deadlines })

let lastWatch = 0

class PcscService implements ReaderService {
  readonly #binding: BindingCalls
  readonly #deadlines: Deadlines
  readonly #connections = new Set<PcscConnection>()
  readonly #closed = new AbortController()

  constructor(binding: BindingCalls, deadlines: Deadlines) {
    this.#binding = binding
    this.#deadlines = deadlines
  }

  async list(): Promise<readonly ReaderState[]> {
    return (await this.#list()).map(readerState)
  }

  async *watch(until: AbortSignal): AsyncGenerator<ReaderEvent> {
    const signal = AbortSignal.any([until, this.#closed.signal])
    const watch = ++lastWatch
    const stop = () => void this.#binding.endWait(watch).catch(() => {})
    signal.addEventListener('abort', stop, { once: true })
    let known: readonly RawReader[] = []
    let trouble: ReaderTrouble['kind'] | undefined
    try {
      while (!signal.aborted) {
        try {
          const now = await this.#list(signal)
          trouble = undefined
          yield* changesBetween(known, now)
          known = now
          if (signal.aborted) return
          const wait = this.#binding.wait(watch, known, LOOK_MS)
          await within(wait, LOOK_MS + this.#deadlines.connect, '', signal)
        } catch (error) {
          if (signal.aborted) return
          const found = error instanceof ReaderError ? error.trouble : await explain(error, '')
          // A reader left while we waited for it: the next look tells which.
          if (found.kind === 'readerGone') continue
          // Said once, not every second; with the service its readers are gone too.
          if (found.kind !== trouble) yield { kind: 'trouble', trouble: found }
          yield* changesBetween(known, [])
          known = []
          trouble = found.kind
          await delay(LOOK_MS, undefined, { signal }).catch(() => {})
        }
      }
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  async connect(reader: string, mode: ShareMode, signal?: AbortSignal): Promise<CardConnection> {
    const share = SHARE[mode]
    const opened = this.#binding.connect(reader, share, mode === 'direct' ? 0 : T0_OR_T1)
    let raw: RawConnection
    try {
      raw = await within(opened, this.#deadlines.connect, reader, signal)
    } catch (error) {
      // What opens after all is closed again.
      opened.then(({ id }) => this.#binding.disconnect(id, 0)).catch(() => {})
      throw error instanceof ReaderError ? error : new ReaderError(await explain(error, reader))
    }
    const connection: PcscConnection = new PcscConnection(this.#binding, reader, share, raw, this.#deadlines, () =>
      this.#connections.delete(connection),
    )
    this.#connections.add(connection)
    return connection
  }

  /** Ends every watch, and every connection with its card left as it is. */
  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.all([...this.#connections].map((connection) => connection.disconnect('leave')))
  }

  async #list(signal?: AbortSignal): Promise<readonly RawReader[]> {
    try {
      return await within(this.#binding.list(), this.#deadlines.connect, '', signal)
    } catch (error) {
      throw error instanceof ReaderError ? error : new ReaderError(await explain(error, ''))
    }
  }
}

async function explain(error: unknown, reader: string): Promise<ReaderTrouble> {
  if (!(error instanceof BindingError)) throw error
  if (error.message === UNKNOWN_SENTENCE) return { kind: 'noRights' }
  const trouble = troubleOf(error.message, reader)
  return trouble.kind === 'serviceDown' ? await diagnoseService() : trouble
}
