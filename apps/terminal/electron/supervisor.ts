/** Carries out the crash policy: watches the screen and the host process, and does what the table says (checklist row 22). */
import { type Action, type Event, FIRST, START_MS, type State, step, type Trouble } from './crash-policy.ts'

/** What the policy can do. Each is done at once; what comes of it comes back as an event. */
export type Effects = Readonly<Record<Action, () => void>> & {
  /** Asks the host process for a sign of life, answered by `alive`. */
  ping(id: number): void
}

export interface Pace {
  readonly pingMs: number
  /** Without an answer for so long, the host process hangs. */
  readonly silentMs: number
  readonly startMs: number
}

export const PACE: Pace = { pingMs: 5_000, silentMs: 15_000, startMs: START_MS }

export class Supervisor {
  #state: State = FIRST.state
  readonly #effects: Effects
  readonly #pace: Pace
  readonly #now: () => number
  #heard = 0
  #pings = 0
  #startedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(effects: Effects, pace: Pace = PACE, now: () => number = Date.now) {
    this.#effects = effects
    this.#pace = pace
    this.#now = now
  }

  get state(): State {
    return this.#state
  }

  begin(): void {
    this.#do(FIRST.actions)
    this.#timer = setInterval(() => this.#look(), Math.min(1000, this.#pace.pingMs))
  }

  end(): void {
    clearInterval(this.#timer)
  }

  cardRead(): void {
    this.#heard = this.#now()
    this.#happens({ kind: 'cardRead', at: this.#now() })
  }

  alive(): void {
    this.#heard = this.#now()
  }

  trouble(kind: Trouble): void {
    this.#happens({ kind, at: this.#now() })
  }

  #look(): void {
    const now = this.#now()
    if (this.#state.kind === 'calm') this.#happens({ kind: 'tick', at: now })
    else if (this.#state.kind === 'starting') {
      if (now - this.#startedAt >= this.#pace.startMs) this.trouble('hostHangs')
    } else if (now - this.#heard >= this.#pace.silentMs) this.trouble('hostHangs')
    else if (now - this.#heard >= this.#pace.pingMs) this.#effects.ping(++this.#pings)
  }

  #happens(event: Event): void {
    const { state, actions } = step(this.#state, event)
    this.#state = state
    this.#do(actions)
  }

  #do(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action === 'startHost') this.#startedAt = this.#now()
      this.#effects[action]()
    }
  }
}
