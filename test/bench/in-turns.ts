/** Two works measured against one another on a machine that does other things too: short rounds in turns, and medians. */

type Work = () => Promise<unknown> | unknown

export interface InTurns {
  /** Times a second, the median of the rounds. */
  readonly ours: number
  readonly theirs: number
  /** The median of ours over theirs, round by round: who else works on the machine hits both sides of a round. */
  readonly ratio: number
}

/** Milliseconds of the clock on the wall, or of this thread's processor: works of one thread are better told by the second. */
export const WALL = (): number => performance.now()
export function PROCESSOR(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

export async function inTurns(ours: Work, theirs: Work, clock = WALL, rounds = 9): Promise<InTurns> {
  await rate(ours, clock)
  await rate(theirs, clock)
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) pairs.push([await rate(ours, clock), await rate(theirs, clock)])
  return summary(pairs)
}

export const summary = (pairs: readonly (readonly [ours: number, theirs: number])[]): InTurns => ({
  ours: median(pairs.map(([one]) => one)),
  theirs: median(pairs.map(([, other]) => other)),
  ratio: median(pairs.map(([one, other]) => one / other)),
})

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const ROUND_MS = 150

async function rate(work: Work, clock: () => number): Promise<number> {
  const [start, begun] = [clock(), performance.now()]
  let count = 0
  while (performance.now() - begun < ROUND_MS) {
    const running = work()
    if (running instanceof Promise) await running
    count++
  }
  return (count * 1000) / (clock() - start)
}

/** Works through all, `atOnce` at a time; how many a second. */
export async function throughAll<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  atOnce = 64,
): Promise<number> {
  const queue = [...items]
  const start = performance.now()
  const worker = async () => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (items.length * 1000) / (performance.now() - start)
}
