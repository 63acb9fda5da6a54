/**
 * What whoever keeps a packaged terminal may ask of the one that runs (decision 0222): `--diagnostics`, alone (`start-guard.ts`). It travels with the lock
 * that keeps a second program away, so only a program of the same account can ask; what is not exactly this is no wish.
 */
import { z } from 'zod'
import type { State } from './crash-policy.ts'

/** `id` tells the answer to this wish from an older one. */
const wish = z.strictObject({ wish: z.literal('diagnostics'), id: z.uuid() })
export type KeeperWish = z.infer<typeof wish>

export const keeperWish = (data: unknown): KeeperWish | undefined => wish.safeParse(data).data

/** What came of it. */
export const KEEPER_ANSWERS = ['opened', 'starting', 'resting', 'busy', 'noAnswer'] as const
export type KeeperAnswer = (typeof KEEPER_ANSWERS)[number]

/** May the page be opened now? `quiet` is undefined when the host process did not say. */
export function keeperAnswer(state: State, quiet: boolean | undefined): KeeperAnswer {
  if (state.kind === 'starting') return 'starting'
  if (state.kind === 'calm') return 'resting'
  if (quiet === undefined) return 'noAnswer'
  return quiet ? 'opened' : 'busy'
}

/** For the person at the keyboard of the second program. */
export const KEEPER_SENTENCES: Readonly<Record<KeeperAnswer, string>> = {
  opened: 'the diagnostics page is open on the terminal',
  starting: 'not now: the terminal is starting; ask again when it shows its first page',
  resting: 'not now: the terminal fell and rests before it starts again by itself; ask again then',
  busy: 'not now: somebody is served or signed in, or a card lies on a reader; ask again afterwards',
  noAnswer: 'the running terminal did not answer; it starts anew by itself when it hangs',
}

export interface KeeperPace {
  /** So often the window looks whether somebody has come. */
  readonly lookMs: number
  /** A window that was forgotten closes then. */
  readonly lifeMs: number
  /** So long a second program waits for its answer: longer than the running one waits for its host. */
  readonly answerMs: number
}

export const KEEPER_PACE: KeeperPace = { lookMs: 1_000, lifeMs: 10 * 60_000, answerMs: 6_000 }
