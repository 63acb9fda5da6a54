/** A random source that gives the same bytes for the same seed, so that a run can be repeated. Never for a real secret. */
import { createHash } from 'node:crypto'
import type { RandomSource } from '../../src/base/clock.ts'

/** SHA-256 of seed and a counter, block after block. */
export function seededRandom(seed: string): RandomSource {
  let counter = 0
  return {
    bytes(length) {
      const out = new Uint8Array(length)
      for (let at = 0; at < length; at += 32) {
        const block = createHash('sha256').update(`${seed}/${counter++}`).digest()
        out.set(block.subarray(0, length - at), at)
      }
      return out
    },
  }
}
