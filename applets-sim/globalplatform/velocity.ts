/**
 * Slowing down an attacker who guesses keys (decision 0080): a card has no clock, so the delay is counted in commands.
 * From the third failed authentication in a row on, 1, 2, 4 … 64 INITIALIZE UPDATEs are refused. The failure is written before the
 * cryptograms are compared – whoever cuts the power on seeing the comparison fail has been counted already.
 */
import type { PersistentMemory } from '../os/memory.ts'
import { cellsOf } from './cells.ts'

const FREE_FAILURES = 2
const LONGEST = 64

export class Velocity {
  readonly #memory: PersistentMemory
  readonly #cell: string

  constructor(memory: PersistentMemory, domain: Uint8Array) {
    this.#memory = memory
    this.#cell = `${cellsOf(domain)}velocity`
  }

  /** Is this INITIALIZE UPDATE one of those to be refused? Counts it. */
  refuses(): boolean {
    const [failures = 0, refusals = 0] = this.#memory.read(this.#cell) ?? []
    if (refusals === 0) return false
    this.#memory.write(this.#cell, Uint8Array.of(failures, refusals - 1))
    return true
  }

  /** Before the comparison. */
  suppose(): void {
    const failures = Math.min((this.#memory.read(this.#cell)?.[0] ?? 0) + 1, 0xff)
    const refusals = failures > FREE_FAILURES ? Math.min(2 ** (failures - FREE_FAILURES - 1), LONGEST) : 0
    this.#memory.write(this.#cell, Uint8Array.of(failures, refusals))
  }

  /** The comparison succeeded. */
  clear(): void {
    this.#memory.write(this.#cell, undefined)
  }
}
