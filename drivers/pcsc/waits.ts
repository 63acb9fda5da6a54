/**
 * Waits at the service for something to change, and their end. A cancel that comes before its wait has begun at the service finds
 * nothing to cancel and is lost; a context that is let go with a wait in it blocks the thread and everything behind it. So a cancel
 * is said again until the wait has ended, and only then is its context let go.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** What is used of the binding's `Context`. */
export interface WaitContext {
  waitForChange(readers: readonly { readonly name: string; readonly state: number }[], ms: number): Promise<unknown>
  cancel(): void
  close(): void
}

interface Wait {
  readonly context: WaitContext
  running: Promise<void> | undefined
}

const AGAIN_MS = 20
/** Twice as long as the driver lets one wait last: whatever becomes of the cancels, it has ended by itself. */
const PATIENCE_MS = 2_000

export class Waits {
  readonly #open: () => WaitContext
  readonly #waits = new Map<number, Wait>()

  constructor(open: () => WaitContext) {
    this.#open = open
  }

  /** One at a time under one name: who asks again meanwhile waits for the same. Rejects with the binding's sentence; the wait is forgotten then. */
  async wait(watch: number, readers: Parameters<WaitContext['waitForChange']>[0], ms: number): Promise<void> {
    const wait = this.#waits.get(watch) ?? { context: this.#open(), running: undefined }
    this.#waits.set(watch, wait)
    wait.running ??= (async () => {
      try {
        await wait.context.waitForChange(readers, ms)
      } finally {
        wait.running = undefined
      }
    })()
    try {
      await wait.running
    } catch (error) {
      await this.end(watch)
      throw error
    }
  }

  /** Resolves when the wait has ended and its context is let go; of one that does not end, after two seconds. */
  async end(watch: number): Promise<void> {
    const wait = this.#waits.get(watch)
    this.#waits.delete(watch)
    if (wait === undefined) return
    const until = performance.now() + PATIENCE_MS
    while (wait.running !== undefined && performance.now() < until) {
      cancel(wait.context)
      await Promise.race([wait.running.catch(() => {}), delay(AGAIN_MS)])
    }
    if (wait.running === undefined) wait.context.close()
  }
}

/** A service that is gone has nothing left to cancel. */
function cancel(context: WaitContext): void {
  try {
    context.cancel()
  } catch {
    // The wait ends with the same news.
  }
}
