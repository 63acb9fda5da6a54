/** One turn of a script session: what the report proves, and what comes next – on the open channel, or on a new one. */

import type { GpCommand } from '../../applications/globalplatform/gp-command.ts'
import { GpError } from '../../applications/globalplatform/gp-error.ts'
import { authenticate, type CardGreeting, parseGreeting } from '../../applications/globalplatform/initialize-update.ts'
import { forget, type KeySet, keySet } from '../../applications/globalplatform/key-set.ts'
import { putKeySet } from '../../applications/globalplatform/put-key.ts'
import { fromHex, hex } from '../../base/hex.ts'
import type { CardScript, ScriptReport } from '../../wire/card-script.ts'
import type { IssueParts } from '../ca/issue.ts'
import type { People } from '../cards/people.ts'
import { CARD_KEY_VERSION, type CardKeys } from '../keys/card-keys.ts'
import { SigningUnavailable } from '../keys/key-store.ts'
import type { Sealer } from '../keys/seal.ts'
import { Refusal } from '../refusal.ts'
import { mayBeChip, mustBeChip } from './card-chip.ts'
import { authentication, type Composed, compose, greeting, readAnswers, selectedAid } from './compose.ts'
import { foreseen, greetingBytes, lastChannel, remember } from './foresee.ts'
import type { ScriptProcedure, Work } from './procedure.ts'
import type { ScriptState } from './session-state.ts'

export interface ScriptParts {
  readonly parts: IssueParts
  readonly people: People
  readonly cardKeys: CardKeys
  readonly sealed: Sealer
}

/** Facts are the procedure's own; each procedure reads back what it wrote. */
export type AnyProcedure = ScriptProcedure<unknown>

/** Every channel costs the card a try and a write; a card that needs more is broken or another program is at it. */
const MOST_CHANNELS = 8
const LEVEL = 0x33
const CHALLENGE = 8

/** Version of the sets that cards and their areas are made with; test keys of the whole industry (decision 0090). */
const FACTORY_KEY = fromHex('404142434445464748494A4B4C4D4E4F')
const FACTORY_VERSIONS = [0xff, 0x30]

export interface Turn {
  readonly steps: CardScript['steps'] | Composed['steps']
  readonly state: ScriptState
}

/** What the report proves, and what comes next. */
export async function turn(
  scripts: ScriptParts,
  procedure: AnyProcedure,
  work: Work,
  state: ScriptState,
  report: ScriptReport,
): Promise<Turn | { readonly finished: Readonly<Record<string, unknown>> }> {
  const { crash } = work.parts
  const { awaited, script } = state
  if (awaited === undefined || script === undefined) throw new Error('scripts: a session without a script')
  // Another counter than was thought: the card waits for the answer to the greeting it gave.
  const other = report.stopped === 'answer' && awaited.kind === 'batch' ? awaited.hostChallenge : undefined
  if (other !== undefined) return greeted(scripts, procedure, work, state, report, other)
  if (report.stopped !== undefined) {
    if (report.stopped === 'cancelled' || report.stopped === 'pinBlocked')
      throw new Refusal('scriptStopped', report.stopped)
    const doubted = { facts: procedure.doubt(state.facts), channels: state.channels }
    return goOn(scripts, procedure, work, doubted)
  }
  if (report.answers.length !== script.steps.length) throw new Refusal('badReport', 'answers')
  if (awaited.kind === 'greeting') return greeted(scripts, procedure, work, state, report, awaited.hostChallenge)
  const opened = readAnswers(awaited.keys, awaited.expected, report.answers)
  const answers = opened.map((answer, i) => ({ ...answer, label: script.steps[i]?.label ?? '' }))
  crash('script.answers read')
  // The card holds its own keys now; a channel with them shows that it does.
  if (awaited.kind === 'takeOver') return begin(scripts, procedure, work, state)
  if (awaited.hostChallenge !== undefined) await remembered(procedure, work, state, report)
  const facts = procedure.learn(state.facts, awaited.name, answers.slice(awaited.before))
  return goOn(scripts, procedure, work, { ...state, facts })
}

/** The next batch on the channel that is open, or the beginning of another channel. */
async function goOn(scripts: ScriptParts, procedure: AnyProcedure, work: Work, state: ScriptState) {
  const next = await procedure.next(state.facts, work)
  if ('finished' in next) return next
  const { channel } = state
  const needed = next.steps.some(({ kind }) => kind === 'secured')
  if (needed && channel === undefined) return begin(scripts, procedure, work, state)
  const composed = compose({ steps: [], expected: [], ...(channel && { channel }) }, next.steps)
  return awaiting(state, next.name, composed, 0, channel)
}

/**
 * SELECT and INITIALIZE UPDATE, with everything after them where the card's answer can be foreseen: only at the beginning, for a session that
 * had to begin anew has reason to doubt. Throws `cardRefused` when there were too many channels.
 */
export async function begin(
  scripts: ScriptParts,
  procedure: AnyProcedure,
  work: Work,
  { facts, channels }: ScriptState,
): Promise<Turn> {
  if (channels >= MOST_CHANNELS) throw new Refusal('cardRefused', 'too many channels')
  const { parts, card } = work
  const challenge = parts.random.bytes(CHALLENGE)
  const hostChallenge = hex(challenge)
  const { aid } = procedure.domain(facts)
  const state = { facts, channels: channels + 1 }
  const last = channels === 0 ? await lastChannel(parts.store, card, aid) : undefined
  const prepared = last && (await prepare(scripts, procedure, work, state, last, challenge))
  if (prepared !== undefined) return prepared
  return { steps: greeting(aid, challenge), state: { ...state, awaited: { kind: 'greeting', hostChallenge } } }
}

async function prepare(
  { cardKeys }: ScriptParts,
  procedure: AnyProcedure,
  work: Work,
  state: ScriptState,
  last: NonNullable<Awaited<ReturnType<typeof lastChannel>>>,
  challenge: Uint8Array,
): Promise<Turn | undefined> {
  const { aid, area } = procedure.domain(state.facts)
  const own = await ownKeys(cardKeys, fromHex(last.identification), area)
  try {
    const card = foreseen(last, own, challenge)
    const next = await procedure.next(state.facts, work)
    if (card === undefined || 'finished' in next) return undefined
    const begun = authentication(mutual(own, challenge, card), greeting(aid, challenge, greetingBytes(card)))
    const made = awaiting(state, next.name, compose(begun, next.steps), begun.steps.length, begun.channel)
    return { ...made, state: { ...made.state, awaited: { ...made.state.awaited, hostChallenge: hex(challenge) } } }
  } finally {
    forget(own)
  }
}

/** EXTERNAL AUTHENTICATE and, in the same script, what comes after it. */
async function greeted(
  scripts: ScriptParts,
  procedure: AnyProcedure,
  work: Work,
  state: ScriptState,
  report: ScriptReport,
  challenge: string,
) {
  const card = greetingOf(report.answers[1] ?? '')
  const hostChallenge = fromHex(challenge)
  const { area } = procedure.domain(state.facts)
  const own = await ownKeys(scripts.cardKeys, card.identification, area)
  try {
    await mayBeChip(work.parts.store, work.card, card.identification)
    const isOwn = card.keyVersion === CARD_KEY_VERSION
    if (!isOwn) await mustBeNew(procedure, work, state, card)
    const keys = isOwn ? own : keySet(card.keyVersion, FACTORY_KEY)
    const begun = authentication(mutual(keys, hostChallenge, card))
    await mustBeChip(work.parts.store, work.card, card.identification)
    work.parts.crash('script.answers read')
    if (!isOwn) return takeOver(state, begun, putKeySet(keys.dek, own, replacedBy(card.keyVersion)))
    await remembered(procedure, work, state, report)
    const next = await procedure.next(state.facts, work)
    if ('finished' in next) return next
    return awaiting(state, next.name, compose(begun, next.steps), begun.steps.length, begun.channel)
  } finally {
    forget(own)
  }
}

/** A card that opened a channel with its own keys once has them: what comes with the factory's afterwards is another card, or none. */
async function mustBeNew(procedure: AnyProcedure, work: Work, { facts }: ScriptState, card: CardGreeting) {
  const known = await lastChannel(work.parts.store, work.card, procedure.domain(facts).aid)
  if (known !== undefined || !FACTORY_VERSIONS.includes(card.keyVersion))
    throw new Refusal('cardUntrusted', 'key version')
}

/** The factory's set FF goes away by itself; another one is named. */
const replacedBy = (version: number): number => (version === 0xff ? 0x00 : version)

function takeOver(state: ScriptState, begun: Composed, command: GpCommand<unknown>): Turn {
  const { steps, expected } = compose(begun, [{ kind: 'secured', command }])
  const awaited = { kind: 'takeOver', expected, ...(begun.channel && { keys: begun.channel }) } as const
  return { steps, state: { facts: state.facts, channels: state.channels, awaited } }
}

/** Keeps what the next session foresees its greeting from. */
async function remembered(procedure: AnyProcedure, work: Work, state: ScriptState, report: ScriptReport) {
  const aid = selectedAid(report.answers[0] ?? '')
  const { aid: domain } = procedure.domain(state.facts)
  if (aid !== undefined) await remember(work.parts.store, work.card, domain, aid, greetingOf(report.answers[1] ?? ''))
}

async function ownKeys(cardKeys: CardKeys, identification: Uint8Array, area: Uint8Array | undefined): Promise<KeySet> {
  try {
    return await cardKeys.setOf(identification, area)
  } catch (error) {
    if (error instanceof SigningUnavailable) throw new Refusal('signingUnavailable')
    throw error
  }
}

function mutual(keys: KeySet, hostChallenge: Uint8Array, card: CardGreeting) {
  try {
    return authenticate(keys, hostChallenge, card, LEVEL)
  } catch (error) {
    if (error instanceof GpError) throw new Refusal('cardUntrusted', error.problem.kind)
    throw error
  }
}

function awaiting(
  state: ScriptState,
  name: string,
  { steps, expected, channel }: Composed,
  before: number,
  keys: ScriptState['channel'],
): Turn & { readonly state: { readonly awaited: Extract<ScriptState['awaited'], { kind: 'batch' }> } } {
  const awaited = { kind: 'batch', name, expected, before, ...(keys && { keys }) } as const
  return {
    steps,
    state: { facts: state.facts, channels: state.channels, awaited, ...(channel && { channel }) },
  }
}

/** Throws `cardUntrusted` for an answer that is no greeting of SCP03. */
function greetingOf(answer: string): CardGreeting {
  const bytes = Uint8Array.from(Buffer.from(answer, 'base64'))
  const card = parseGreeting(bytes.subarray(0, Math.max(0, bytes.length - 2)), CHALLENGE)
  if (card === undefined) throw new Refusal('cardUntrusted', 'INITIALIZE UPDATE')
  return card
}
