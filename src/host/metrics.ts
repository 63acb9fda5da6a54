/** What a terminal counts: how turns end, how long cards take, what readers and the backend do. Numbers and names of ours, nothing of anybody. */
import type { TraceLine } from '../card/layers/trace.ts'
import type { ProcedureName } from '../wire/view.ts'
import type { Attempt } from './backend-client.ts'

export type TurnOutcome = 'completed' | 'abandoned' | 'failed'

/** How people leave before the end (N23: one reservation in nine is never completed). */
const ABANDONED: ReadonlySet<string> = new Set(['cancelled', 'idle', 'cardGone', 'lastTry'])
const COMPLETED: ReadonlySet<string> = new Set(['done', 'seen'])

export const outcomeOf = (ending: string): TurnOutcome =>
  COMPLETED.has(ending) ? 'completed' : ABANDONED.has(ending) ? 'abandoned' : 'failed'

/** Upper bounds in milliseconds. */
const BUCKETS = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] as const

class Counter {
  readonly counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; count: number }>()

  add(labels: Readonly<Record<string, string>>): void {
    const key = JSON.stringify(labels)
    const entry = this.counts.get(key) ?? { labels, count: 0 }
    entry.count++
    this.counts.set(key, entry)
  }

  list(): readonly { readonly labels: Readonly<Record<string, string>>; readonly count: number }[] {
    return [...this.counts.values()]
  }
}

export class Metrics {
  readonly #turns = new Counter()
  readonly #faults = new Counter()
  readonly #attempts = new Counter()
  readonly #buckets = new Array<number>(BUCKETS.length + 1).fill(0)
  #commands = 0
  #commandMs = 0

  /** `ending`: done, seen, or the code of the failure that was told. */
  turn(procedure: ProcedureName, ending: string): void {
    this.#turns.add({ procedure, outcome: outcomeOf(ending), ending })
  }

  readonly command = ({ ms, trouble }: TraceLine): void => {
    this.#commands++
    this.#commandMs += ms
    const at = BUCKETS.findIndex((bound) => ms <= bound)
    const bucket = at < 0 ? BUCKETS.length : at
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    if (trouble !== undefined) this.fault(trouble)
  }

  fault(kind: string): void {
    this.#faults.add({ kind })
  }

  readonly attempt = ({ name, endpoint, outcome }: Attempt): void => {
    this.#attempts.add({ name, endpoint: String(endpoint), outcome })
  }

  get turns() {
    return this.#turns.list()
  }

  get faults() {
    return this.#faults.list()
  }

  get attempts() {
    return this.#attempts.list()
  }

  /** The bucket that the share of commands falls into, by its upper bound; undefined before the first. */
  commandMs(share: number): number | undefined {
    let passed = 0
    for (const [i, count] of this.#buckets.entries()) {
      passed += count
      if (this.#commands > 0 && passed >= share * this.#commands) return BUCKETS[i] ?? Number.POSITIVE_INFINITY
    }
    return undefined
  }

  get commands(): number {
    return this.#commands
  }

  /** The text format of Prometheus, 0.0.4. */
  text(): string {
    return [
      ...counterText('madoguchi_turns_total', 'Turns by procedure and how they ended.', this.#turns),
      ...counterText('madoguchi_reader_faults_total', 'Commands and readers that failed, by kind.', this.#faults),
      ...counterText('madoguchi_backend_attempts_total', 'Attempts at the backend.', this.#attempts),
      ...this.#histogram('madoguchi_apdu_seconds', 'Time of one command at the card.'),
      '',
    ].join('\n')
  }

  #histogram(name: string, help: string): readonly string[] {
    let passed = 0
    const lines = [...BUCKETS.map((bound) => String(bound / 1000)), '+Inf'].map((bound, i) => {
      passed += this.#buckets[i] ?? 0
      return `${name}_bucket{le="${bound}"} ${passed}`
    })
    const sum = [`${name}_sum ${this.#commandMs / 1000}`, `${name}_count ${this.#commands}`]
    return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ...sum]
  }
}

const counterText = (name: string, help: string, counter: Counter): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} counter`,
  ...counter.list().map(({ labels, count }) => {
    const inside = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    return `${name}{${inside.join(',')}} ${count}`
  }),
]
