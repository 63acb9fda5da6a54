/** Overload sheds new work before it hurts running work (P3): room for so many calls at once, apart for each kind of traffic. */
import { Refusal } from '../../src/backend/refusal.ts'
import type { Clock } from '../../src/base/clock.ts'

/** Kinds of traffic with a capacity of their own: batches cannot starve terminals (P13). */
export type Lane = 'interactive' | 'status' | 'batch'

export interface LimitOptions {
  readonly atOnce: Readonly<Record<Lane, number>>
  /** Calls a terminal may make in a burst, and how many come back each second. */
  readonly burst: number
  readonly perSecond: number
}

export const DEFAULT_LIMITS: LimitOptions = {
  atOnce: { interactive: 256, status: 1024, batch: 4 },
  burst: 200,
  perSecond: 100,
}

/** Terminals remembered; the longest silent one is forgotten, full again. */
const MOST_TERMINALS = 100_000

export interface Limits {
  /** Takes a place; call the result to give it back. Throws `overloaded`. */
  enter(lane: Lane): () => void
  /** Throws `tooManyRequests`. */
  count(terminal: string): void
  readonly inFlight: Readonly<Record<Lane, number>>
}

export function limits(clock: Clock, { atOnce, burst, perSecond }: LimitOptions = DEFAULT_LIMITS): Limits {
  const inFlight: Record<Lane, number> = { interactive: 0, status: 0, batch: 0 }
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    inFlight,
    enter(lane) {
      if (inFlight[lane] >= atOnce[lane]) throw new Refusal('overloaded', lane)
      inFlight[lane]++
      let inside = true
      return () => {
        if (inside) inFlight[lane]--
        inside = false
      }
    },
    count(terminal) {
      const now = clock.now()
      const known = buckets.get(terminal) ?? { tokens: burst, at: now }
      const refilled = Math.min(burst, known.tokens + (Math.max(0, now - known.at) / 1000) * perSecond)
      buckets.delete(terminal)
      buckets.set(terminal, { tokens: Math.max(0, refilled - 1), at: now })
      const [oldest] = buckets.keys()
      if (buckets.size > MOST_TERMINALS && oldest !== undefined) buckets.delete(oldest)
      if (refilled < 1) throw new Refusal('tooManyRequests')
    },
  }
}
