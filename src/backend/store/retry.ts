/** Bounded retry with jitter (rule 16, P9): another transaction won, so ours starts anew. */
import { StoreUnavailable } from './store.ts'

/** Thrown by an engine when a transaction lost against another and may simply run again. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

export interface RetryPolicy {
  readonly attempts: number
  /** The wait before attempt n is random between 0 and `baseMs · 2^n`, at most `maxMs`: full jitter, no storm in step. */
  readonly baseMs: number
  readonly maxMs: number
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
}

export const defaultRetry: RetryPolicy = {
  attempts: 12,
  baseMs: 2,
  maxMs: 250,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/** Runs `attempt` until it does not end in `Conflict`; after the last attempt throws `StoreUnavailable`. */
export async function withRetry<T>(policy: RetryPolicy, attempt: () => Promise<T>): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      if (n + 1 >= policy.attempts)
        throw new StoreUnavailable(`the transaction lost ${policy.attempts} times against others`, { cause: error })
      await policy.sleep(policy.random() * Math.min(policy.maxMs, policy.baseMs * 2 ** n))
    }
  }
}
