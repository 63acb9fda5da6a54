/** Chance for nonces and names: from the system's generator, asked for many octets at once, as one question costs more than they do. */
import { randomFillSync } from 'node:crypto'
import type { RandomSource } from '../../base/clock.ts'

const AT_ONCE = 4_096

/** No octet is given twice, and what was given is not kept. */
export function systemChance(): RandomSource {
  const pool = new Uint8Array(AT_ONCE)
  let used = AT_ONCE
  return {
    bytes(length) {
      if (length > AT_ONCE) return randomFillSync(new Uint8Array(length))
      if (used + length > AT_ONCE) {
        randomFillSync(pool)
        used = 0
      }
      const given = pool.slice(used, used + length)
      pool.fill(0, used, used + length)
      used += length
      return given
    },
  }
}
