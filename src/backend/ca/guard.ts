/** Rule 15: a clock that steps back more than 2 s, or a failed key self-test, stops issuing; status answers go on. */

import type { Context } from '../context.ts'
import { isSignedBy } from '../keys/verify.ts'
import { Refusal } from '../refusal.ts'
import { loadIssuers } from './issuers.ts'

const STEP_BACK_MS = 2_000

export interface IssuingGuard {
  /** The time to issue at. Throws `issuingStopped`. */
  now(): number
  /** Why issuing is stopped, if it is. */
  readonly stopped: string | undefined
  /** Signs and verifies with every issuing key; a wrong signature stops issuing for good, a silent key does not. */
  selfTest(): Promise<void>
}

/** Starts from the newest time the database knows, so that a clock set back while the process was down is seen too. */
export async function issuingGuard(context: Context): Promise<IssuingGuard> {
  const { store, clock, keys } = context
  const row = await store.get<{ at: number }>('SELECT at FROM audit ORDER BY id DESC LIMIT 1')
  let latest = row?.at ?? 0
  let steppedBack = false
  /** For good: a clock that catches up makes no key better. */
  let badKey: string | undefined
  const why = () => badKey ?? (steppedBack ? 'the clock stepped back' : undefined)

  return {
    get stopped() {
      return why()
    },
    now() {
      const now = clock.now()
      steppedBack = now < latest - STEP_BACK_MS
      const stopped = why()
      if (stopped !== undefined) throw new Refusal('issuingStopped', stopped)
      latest = Math.max(latest, now)
      return now
    },
    async selfTest() {
      const probe = context.random.bytes(32)
      for (const { id, key } of (await loadIssuers(store)).filter(({ issuing }) => issuing)) {
        const signature = await keys.sign(key, probe)
        if (!isSignedBy(key.algorithm, key.publicKey, probe, signature))
          badKey = `the key of ${id} failed its self-test`
      }
    },
  }
}
