/** Faces that wait to be looked at: one after the other, each for two minutes, in memory and nowhere else. */
import type { Clock } from '../../src/base/clock.ts'
import type { Timers } from '../../src/host/ports.ts'
import type { Decision } from './faces-api.ts'

/** The resident holds card and phone still for as long. */
export const LOOK_MS = 120_000

export interface FaceRequest {
  readonly id: number
  /** The photo of the chip: PNG. Zeroed when the request is over. */
  readonly photo: Uint8Array
  /** What the camera took: JPEG. Its owner zeroes it. */
  readonly live: Uint8Array
  /** Epoch milliseconds. */
  readonly until: number
}

/** Who looked, and the session they were signed in with. */
export interface Looker {
  readonly operator: string
  readonly token: string
}

export interface Looked {
  readonly decision: Decision
  readonly by: Looker
}

interface Waiting {
  readonly request: FaceRequest
  readonly decided: (looked: Looked) => void
}

export class FaceRequests {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #waiting: Waiting[] = []
  readonly #watchers = new Set<() => void>()
  #lastId = 0

  constructor({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = clock
    this.#timers = timers
  }

  /** Takes `photo` over. Undefined when nobody looked in time; rejects with the signal's reason. */
  async ask(photo: Uint8Array, live: Uint8Array, signal: AbortSignal): Promise<Looked | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Looked | undefined>()
    const request = { id: ++this.#lastId, photo, live, until: this.#clock.now() + LOOK_MS }
    const waiting = { request, decided: resolve }
    const gaveUp = () => reject(signal.reason)
    const stopWaiting = this.#timers.after(LOOK_MS, () => resolve(undefined))
    signal.addEventListener('abort', gaveUp, { once: true })
    if (signal.aborted) gaveUp()
    this.#waiting.push(waiting)
    this.#changed()
    try {
      return await promise
    } finally {
      stopWaiting()
      signal.removeEventListener('abort', gaveUp)
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      photo.fill(0)
      this.#changed()
    }
  }

  /** The one to be looked at now. */
  get first(): FaceRequest | undefined {
    return this.#waiting[0]?.request
  }

  get count(): number {
    return this.#waiting.length
  }

  /** False: it is not, or no longer, the one to be looked at; nothing is changed. */
  decide(id: number, looked: Looked): boolean {
    const waiting = this.#waiting[0]
    if (waiting?.request.id !== id) return false
    waiting.decided(looked)
    return true
  }

  /** Calls `watcher` after every change, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
