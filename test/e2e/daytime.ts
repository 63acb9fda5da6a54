/** A clock for towns under test: runs like any other, and is never in the hours of the night in which kiosks rest (F22b). */
import type { Clock } from '../../src/base/clock.ts'

const HOUR_MS = 3_600_000
const IN_JAPAN_MS = 9 * HOUR_MS

/** Set forward where the day in Japan is not between 8 and 20 o'clock, so that no test reaches the night. */
export function daytime(now = Date.now()): Clock {
  const hour = Math.floor((now + IN_JAPAN_MS) / HOUR_MS) % 24
  const forward = hour >= 8 && hour < 20 ? 0 : ((32 - hour) % 24) * HOUR_MS
  return { now: () => Date.now() + forward }
}
