/** Which endpoint is asked next (P20): the preferred one while it answers, another while it does not, and back again. */
import type { Clock } from '../base/clock.ts'

const FIRST_REST_MS = 2_000
const LONGEST_REST_MS = 60_000

interface State {
  /** Not asked before this time unless all rest. */
  until: number
  rest: number
}

export class Circuit {
  readonly #clock: Clock
  readonly #states: State[]

  constructor(endpoints: number, clock: Clock) {
    this.#clock = clock
    this.#states = Array.from({ length: endpoints }, () => ({ until: 0, rest: FIRST_REST_MS }))
  }

  /** All of them, the one to ask first in front: in the order of preference, those that rest behind, the soonest awake first. */
  order(): readonly number[] {
    const now = this.#clock.now()
    const wakes = (i: number) => Math.max(0, (this.#states[i]?.until ?? 0) - now)
    return this.#states.map((_, i) => i).sort((a, b) => wakes(a) - wakes(b) || a - b)
  }

  answered(endpoint: number): void {
    this.#states[endpoint] = { until: 0, rest: FIRST_REST_MS }
  }

  /** Rests twice as long each time, so that a dead endpoint costs the people in front of the terminal little. */
  failed(endpoint: number): void {
    const { rest } = this.#states[endpoint] as State
    this.#states[endpoint] = { until: this.#clock.now() + rest, rest: Math.min(LONGEST_REST_MS, 2 * rest) }
  }

  /** Does it rest now? */
  isOpen(endpoint: number): boolean {
    return (this.#states[endpoint]?.until ?? 0) > this.#clock.now()
  }
}
