/**
 * What a bench module gives. `npm run bench` runs every `test/bench/*.bench.ts`, each in a process of its own, and prints
 * one JSON line per `BenchLine`. A module exports
 *
 *   export async function bench(): Promise<readonly BenchLine[]>      or      export async function* bench(): AsyncGenerator<BenchLine>
 */
export interface BenchLine {
  /** What was measured, in words: `command through libpcsclite`. */
  readonly name: string
  readonly value: number
  /** Unit of `value`: `µs`, `commands/s`, `MiB`, … */
  readonly unit: string
  /** `value` over what it is compared with, both measured in this run. */
  readonly ratio?: number
  /** What `ratio` compares with: `bare Unix-socket ping-pong`. */
  readonly against?: string
  /** The goal, on `ratio` where there is one, else on `value`. The runner adds `met`. */
  readonly aim?: { readonly atMost: number } | { readonly atLeast: number }
}

export interface BenchModule {
  bench(): Promise<readonly BenchLine[]> | AsyncIterable<BenchLine>
}

/** Is the aim reached? undefined without one. */
export function aimMet({ aim, ratio, value }: BenchLine): boolean | undefined {
  if (aim === undefined) return undefined
  const measured = ratio ?? value
  return 'atMost' in aim ? measured <= aim.atMost : measured >= aim.atLeast
}
