/** Overload sheds new work before it hurts running work (P3): room for so many calls at once, apart for each kind of traffic. */
import { Refusal } from '../../src/backend/refusal.ts'
import type { Clock } from '../../src/base/clock.ts'

/** Kinds of traffic with a capacity of their own: batches cannot starve terminals (P13), a surge of resets no counter (P11). */
export type Lane = 'interactive' | 'reservation' | 'status' | 'batch'

export interface LimitOptions {
  readonly atOnce: Readonly<Record<Lane, number>>
  /** Resets taken in a second, all apps and kiosks together, and in a burst. */
  readonly resets: { readonly perSecond: number; readonly burst: number }
  /** Calls a terminal may make in a burst, and how many come back each second. */
  readonly burst: number
  readonly perSecond: number
}

export const DEFAULT_LIMITS: LimitOptions = {
  atOnce: { interactive: 256, reservation: 32, status: 1024, batch: 4 },
  resets: { perSecond: 50, burst: 100 },
  burst: 200,
  perSecond: 100,
}

/** Terminals remembered; the longest silent one is forgotten, full again. */
const MOST_TERMINALS = 100_000

export interface Limits {
  /** Takes a place; call the result to give it back. Throws `overloaded`. */
  enter(lane: Lane): () => void
  /** One request of a terminal, or of an address where nobody says who they are. Throws `tooManyRequests`. */
  count(who: string): void
  readonly inFlight: Readonly<Record<Lane, number>>
}

export function limits(clock: Clock, { atOnce, resets, burst, perSecond }: LimitOptions = DEFAULT_LIMITS): Limits {
  const inFlight: Record<Lane, number> = { interactive: 0, reservation: 0, status: 0, batch: 0 }
  const buckets = new Map<string, Bucket>()
  const resetBucket: Bucket = { tokens: resets.burst, at: clock.now() }
  return {
    inFlight,
    enter(lane) {
      if (inFlight[lane] >= atOnce[lane]) throw new Refusal('overloaded', lane)
      if (lane === 'reservation' && !take(resetBucket, resets, clock.now())) throw new Refusal('overloaded', lane)
      inFlight[lane]++
      let inside = true
      return () => {
        if (inside) inFlight[lane]--
        inside = false
      }
    },
    count(who) {
      const now = clock.now()
      const bucket = buckets.get(who) ?? { tokens: burst, at: now }
      buckets.delete(who)
      buckets.set(who, bucket)
      const [oldest] = buckets.keys()
      if (buckets.size > MOST_TERMINALS && oldest !== undefined) buckets.delete(oldest)
      if (!take(bucket, { burst, perSecond }, now)) throw new Refusal('tooManyRequests')
    },
  }
}

interface Bucket {
  tokens: number
  at: number
}

/** Refills a bucket until now and takes one out. Who is refused pays nothing, so that waiting always helps. */
function take(bucket: Bucket, { burst, perSecond }: { burst: number; perSecond: number }, now: number): boolean {
  bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond)
  bucket.at = now
  if (bucket.tokens < 1) return false
  bucket.tokens--
  return true
}
