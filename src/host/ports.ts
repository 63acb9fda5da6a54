/** What the host needs of the place it sits in (Law 2: it does not know where that is). */
import type { Clock, RandomSource } from '../base/clock.ts'
import type { ReaderService } from '../card/ports.ts'
import type { FaceCheck } from '../procedures/face-check.ts'
import type { HttpPort } from './http-port.ts'
import type { JournalStore } from './journal-store.ts'
import type { Printer } from './receipt.ts'
import type { Settings } from './settings.ts'

/** Waiting, so that a test can own time. */
export interface Timers {
  /** Runs `then` after `ms` milliseconds unless the returned function is called before. */
  after(ms: number, then: () => void): () => void
}

export interface HostPorts {
  readonly readers: ReaderService
  readonly clock: Clock
  readonly timers: Timers
  readonly random: RandomSource
  readonly settings: Settings
  /** The backend's endpoints, the preferred one first; a terminal with none works alone, and says so where it cannot. */
  readonly backend: readonly HttpPort[]
  /** Where what was done to cards survives the end of this process. */
  readonly journal: JournalStore
  /** Compares faces in the phone app. */
  readonly face?: FaceCheck
  /** Where there is none no receipt is offered. */
  readonly printer?: Printer
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
