/** One queue per card: one thing at a time, each can be cancelled while it waits, and all end with the card. */
import { ReaderError, type ReaderTrouble } from './ports.ts'

export class CardQueue {
  readonly #death = new AbortController()
  #tail: Promise<unknown> = Promise.resolve()

  /** Aborted with a `ReaderError` when the card is gone. */
  get alive(): AbortSignal {
    return this.#death.signal
  }

  /** The card is gone: what waits rejects with this trouble, what runs sees it in its signal. */
  die(trouble: ReaderTrouble): void {
    this.#death.abort(new ReaderError(trouble))
  }

  /** When everything that runs or waits has settled. */
  async idle(): Promise<void> {
    await this.#tail
  }

  /**
   * Runs `work` when everything before it has settled. Its signal carries a `ReaderError` as reason: the card's death, or
   * `cancelled`. Work that has begun is always waited for, however late it heeds the signal.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, cancel?: AbortSignal): Promise<T> {
    const stop = new AbortController()
    const onDeath = () => stop.abort(this.#death.signal.reason)
    const onCancel = () => stop.abort(cancelReason(cancel))
    this.#death.signal.addEventListener('abort', onDeath, { once: true })
    cancel?.addEventListener('abort', onCancel, { once: true })
    if (this.#death.signal.aborted) onDeath()
    if (cancel?.aborted === true) onCancel()
    const before = this.#tail
    const done = Promise.withResolvers<void>()
    this.#tail = before.then(() => done.promise)
    try {
      await turn(before, stop.signal)
      return await work(stop.signal)
    } finally {
      this.#death.signal.removeEventListener('abort', onDeath)
      cancel?.removeEventListener('abort', onCancel)
      done.resolve()
    }
  }
}

/** A caller's signal may carry a `ReaderError` of its own, a deadline for instance. */
const cancelReason = (cancel: AbortSignal | undefined): ReaderError =>
  cancel?.reason instanceof ReaderError ? cancel.reason : new ReaderError({ kind: 'cancelled' })

/** Nothing of ours runs yet, so leaving the queue at once leaves nothing behind. */
function turn(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) {
      leave()
      return
    }
    signal.addEventListener('abort', leave, { once: true })
    void before.then(() => {
      signal.removeEventListener('abort', leave)
      resolve()
    })
  })
}
