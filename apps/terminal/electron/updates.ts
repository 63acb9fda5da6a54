/**
 * When a packaged terminal takes a new version (checklist row 17; P14, P21). A package is brought by an operator, never fetched; it is
 * signed by the one publisher this terminal knows; it goes in only at night, with nobody served and no card in; a version that does not
 * come up goes back out; and a terminal of a later ring waits until the rings before it have lived with it. Pure: whoever carries
 * out the steps is told, and tells what came of them.
 */
import { createHash, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'

/** Beside a package, in one file: these words, and an Ed25519 signature over exactly their bytes. */
export const offerSchema = z.strictObject({
  publisher: z.string().max(128),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rings that may take it now, 0 first: the operator widens it with a new offer once the ring before has lived with it. */
  rings: z.int().min(0).max(9),
})
export type Offer = z.infer<typeof offerSchema>

export type Refusal = 'badSignature' | 'otherPublisher' | 'otherPackage' | 'notNewer' | 'failedBefore' | 'laterRing'

export interface Trust {
  readonly publisher: string
  readonly key: KeyObject
}

/** The offer, when publisher, signature and the package itself agree. */
export function openOffer(
  words: Uint8Array,
  signature: Uint8Array,
  content: Uint8Array,
  trust: Trust,
): Offer | Refusal {
  if (!verify(null, words, trust.key, signature)) return 'badSignature'
  const offer = offerSchema.parse(JSON.parse(Buffer.from(words).toString('utf8')))
  if (offer.publisher !== trust.publisher) return 'otherPublisher'
  return createHash('sha256').update(content).digest('hex') === offer.sha256 ? offer : 'otherPackage'
}

export interface Terminal {
  readonly ring: number
  readonly version: string
  /** Versions that did not come up here. */
  readonly failed: readonly string[]
}

/** Why this terminal does not take the offer; undefined when it may. */
export function objection(offer: Offer, { ring, version, failed }: Terminal): Refusal | undefined {
  if (compare(offer.version, version) <= 0) return 'notNewer'
  if (failed.includes(offer.version)) return 'failedBefore'
  return ring > offer.rings ? 'laterRing' : undefined
}

/** Negative when `a` is older. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (const i of [0, 1, 2]) if (left?.[i] !== right?.[i]) return (left?.[i] ?? 0) - (right?.[i] ?? 0)
  return 0
}

export interface Window {
  /** Minutes since midnight, local. Kiosks are closed from 23:00 to 6:30 (F22b); half an hour is left at each end. */
  readonly from: number
  readonly to: number
}
export const NIGHT: Window = { from: 23 * 60 + 30, to: 6 * 60 }

export const isInside = ({ from, to }: Window, minute: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to

export type State =
  | { readonly kind: 'current' }
  | { readonly kind: 'waiting'; readonly version: string }
  | { readonly kind: 'installing'; readonly version: string; readonly before: string }
  /** Started, and not yet shown that it works. */
  | { readonly kind: 'probation'; readonly version: string; readonly before: string; readonly failures: number }
  | { readonly kind: 'goingBack'; readonly version: string; readonly before: string }

export type Event =
  | { readonly kind: 'accepted'; readonly version: string }
  | { readonly kind: 'looked'; readonly minute: number; readonly quiet: boolean; readonly version: string }
  /** Of the program, whichever version came up. */
  | { readonly kind: 'started'; readonly version: string }
  /** The card was read and the first screen shown. */
  | { readonly kind: 'works' }
  | { readonly kind: 'fell' }

export type Action = { readonly kind: 'install' | 'goBack' | 'markFailed' | 'forgetOld'; readonly version: string }

export interface Step {
  readonly state: State
  readonly actions: readonly Action[]
}

/** A new version may fall this often before it goes back out. */
const CHANCES = 2

export function step(state: State, event: Event, window: Window = NIGHT): Step {
  const stay: Step = { state, actions: [] }
  switch (event.kind) {
    case 'accepted':
      return state.kind === 'current' || state.kind === 'waiting'
        ? { state: { kind: 'waiting', version: event.version }, actions: [] }
        : stay
    case 'looked': {
      if (state.kind !== 'waiting' || !event.quiet || !isInside(window, event.minute)) return stay
      const { version } = state
      return { state: { kind: 'installing', version, before: event.version }, actions: [{ kind: 'install', version }] }
    }
    case 'started':
      return started(state, event.version)
    case 'works':
      if (state.kind !== 'probation') return stay
      return { state: { kind: 'current' }, actions: [{ kind: 'forgetOld', version: state.before }] }
    case 'fell':
      if (state.kind !== 'probation') return stay
      return state.failures + 1 < CHANCES
        ? { state: { ...state, failures: state.failures + 1 }, actions: [] }
        : back(state)
  }
}

function started(state: State, version: string): Step {
  if (state.kind === 'installing')
    return version === state.version
      ? { state: { ...state, kind: 'probation', failures: 0 }, actions: [] }
      : { state: { kind: 'current' }, actions: [{ kind: 'markFailed', version: state.version }] }
  if (state.kind === 'goingBack' && version === state.before)
    return { state: { kind: 'current' }, actions: [{ kind: 'markFailed', version: state.version }] }
  return { state, actions: [] }
}

const back = ({ version, before }: Extract<State, { kind: 'probation' }>): Step => ({
  state: { kind: 'goingBack', version, before },
  actions: [{ kind: 'goBack', version: before }],
})
