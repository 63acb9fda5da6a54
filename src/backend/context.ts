/** What every room of the backend is given: its store, keys, time, chance, and the places a test may end it. */
import type { Clock, RandomSource } from '../base/clock.ts'
import type { KeyStore } from './keys/key-store.ts'
import type { Sealer } from './keys/seal.ts'
import type { CrashHook } from './store/crash-point.ts'
import type { Store } from './store/store.ts'

export interface Context {
  readonly store: Store
  readonly keys: KeyStore
  /** What says who somebody is, at rest (rule 17). */
  readonly personal: Sealer
  readonly clock: Clock
  readonly random: RandomSource
  readonly crash: CrashHook
  /** From 23:00 to 6:30 (F22b). Only a simulated town may do without. */
  readonly kiosksRest: boolean
}

/** Who does something, for idempotency and for the audit log. All ids, no names of people. */
export interface Actor {
  /** Terminal or service. */
  readonly terminal: string
  readonly operator?: string
}
