/** What the host needs of the place it sits in (Law 2: it does not know where that is). */
import type { Clock } from '../base/clock.ts'
import type { ReaderService } from '../card/ports.ts'

/** Waiting, so that a test can own time. */
export interface Timers {
  /** Runs `then` after `ms` milliseconds unless the returned function is called before. */
  after(ms: number, then: () => void): () => void
}

export interface HostPorts {
  readonly readers: ReaderService
  /** The one reader this terminal uses; any of them when left out. */
  readonly reader?: string
  readonly clock: Clock
  readonly timers: Timers
}

/** How long the screen waits for a person, in milliseconds (kiosk rules: idle 60 s, then 20 s; a PIN prompt 90 s; done 30 s). */
export interface Patience {
  readonly question: number
  readonly pin: number
  readonly stillThere: number
  readonly ending: number
  /** Until a card that was not taken is called forgotten. */
  readonly takeCard: number
}

export const KIOSK_PATIENCE: Patience = {
  question: 60_000,
  pin: 90_000,
  stillThere: 20_000,
  ending: 30_000,
  takeCard: 20_000,
}

export const systemTimers: Timers = {
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}
