/** A line to the backend on which answers and questions get lost, and a host that stops dead: for sweeps. */
import type { HttpPort } from '../../src/host/http-port.ts'
import type { JournalStore } from '../../src/host/journal-store.ts'
import { systemTimers, type Timers } from '../../src/host/ports.ts'

/** The pauses between attempts at the backend, and nothing that a person waits for, are a hundredth. */
export const SHORT_PAUSES: Timers = { after: (ms, then) => systemTimers.after(ms <= 4_000 ? ms / 100 : ms, then) }

export class Line {
  readonly #port: HttpPort
  /** Requests so far. */
  requests = 0
  /** Called with the number of the request, before the backend gets it and after it has answered. True: it is lost there. */
  loses: (request: number, at: 'before' | 'after') => boolean = () => false

  constructor(port: HttpPort) {
    this.#port = port
  }

  readonly port: HttpPort = async (request, signal) => {
    const number = ++this.requests
    if (this.loses(number, 'before')) throw new TypeError('the line is down')
    const response = await this.#port(request, signal)
    if (this.loses(number, 'after')) throw new TypeError('the line is down')
    return response
  }
}

const never = new Promise<never>(() => {})

/** A process that can be stopped dead: from then on nothing it waits for comes back, and nothing it does has an effect. */
export class Mortal {
  readonly #waiting = new Set<() => void>()
  readonly #death = Promise.withResolvers<'dead'>()
  /** When it dies; what goes on after that has no effect. */
  readonly death: Promise<'dead'> = this.#death.promise
  #dead = false

  get dead(): boolean {
    return this.#dead
  }

  die(): void {
    this.#dead = true
    this.#death.resolve('dead')
    for (const cancel of this.#waiting) cancel()
  }

  /** Dies as soon as it has come to pass, if that is before it is over. */
  async dieWhen(condition: () => boolean, over: AbortSignal): Promise<void> {
    while (!condition() && !over.aborted) await new Promise((resolve) => setTimeout(resolve, 1))
    if (condition()) this.die()
  }

  readonly timers: Timers = {
    after: (ms, run) => {
      if (this.#dead) return () => {}
      const cancel = systemTimers.after(ms, run)
      this.#waiting.add(cancel)
      return () => {
        cancel()
        this.#waiting.delete(cancel)
      }
    },
  }

  port(port: HttpPort): HttpPort {
    return async (request, signal) => {
      if (this.dead) return never
      const response = await port(request, signal)
      return this.dead ? never : response
    }
  }

  journal(store: JournalStore, before: () => void = () => {}, after: () => void = () => {}): JournalStore {
    const alive = async <T>(work: () => Promise<T>): Promise<T> => {
      before()
      if (this.dead) return never
      const value = await work()
      after()
      return this.dead ? never : value
    }
    return {
      read: () => store.read(),
      append: (line) => alive(() => store.append(line)),
      replace: (lines) => alive(() => store.replace(lines)),
    }
  }
}
