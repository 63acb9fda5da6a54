/**
 * When the screen or the host process is gone or hangs (checklist row 22): a calm page, a new one after a while, and the card is read
 * before anybody is served. A pure table of states; nothing of what was going on is ever taken up again by itself – the journal says
 * what was written, and the card says what arrived.
 */

export type Trouble = 'rendererGone' | 'rendererHangs' | 'hostGone' | 'hostHangs'

export type State =
  /** The host process has not yet read the card. `failures` in a row, not yet forgotten. */
  | { readonly kind: 'starting'; readonly failures: number }
  | { readonly kind: 'serving'; readonly failures: number; readonly since: number }
  | { readonly kind: 'calm'; readonly failures: number; readonly until: number }

export type Event =
  | { readonly kind: Trouble; readonly at: number }
  /** The host process has read what lies on the reader and settled what its journal holds. */
  | { readonly kind: 'cardRead'; readonly at: number }
  | { readonly kind: 'tick'; readonly at: number }

export type Action = 'endHost' | 'showCalmPage' | 'startHost' | 'showFace'

export interface Step {
  readonly state: State
  readonly actions: readonly Action[]
}

export const FIRST: Step = { state: { kind: 'starting', failures: 0 }, actions: ['showCalmPage', 'startHost'] }

/** Serving for so long, earlier failures are forgotten. */
export const FORGOTTEN_MS = 10 * 60_000
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 5 * 60_000
/** Reading a card and settling its journal never takes so long; a backend that is away ends in a state of its own. */
export const START_MS = 60_000

/** Pauses grow: a kiosk that falls over at each start does not wear out what it stands on, and still comes back by itself. */
export const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1))

export function step(state: State, event: Event): Step {
  switch (event.kind) {
    case 'cardRead':
      if (state.kind !== 'starting') return { state, actions: [] }
      return { state: { kind: 'serving', failures: state.failures, since: event.at }, actions: ['showFace'] }
    case 'tick':
      if (state.kind !== 'calm' || event.at < state.until) return { state, actions: [] }
      return { state: { kind: 'starting', failures: state.failures }, actions: ['startHost'] }
    default:
      return fall(state, event.at)
  }
}

/** Screen and host go down together: a screen without its host asks for nothing, and a host without a screen holds a card. */
function fall(state: State, at: number): Step {
  if (state.kind === 'calm') return { state, actions: [] }
  const forgotten = state.kind === 'serving' && at - state.since >= FORGOTTEN_MS
  const failures = forgotten ? 1 : state.failures + 1
  return { state: { kind: 'calm', failures, until: at + pauseAfter(failures) }, actions: ['endHost', 'showCalmPage'] }
}
