/** One turn of a script session: what the report proves, and what comes next – on the open channel, or on a new one. */

import { GpError } from '../../applications/globalplatform/gp-error.ts'
import { authenticate, type CardGreeting, parseGreeting } from '../../applications/globalplatform/initialize-update.ts'
import { forget, type KeySet, keySet } from '../../applications/globalplatform/key-set.ts'
import { putKeySet } from '../../applications/globalplatform/put-key.ts'
import { fromHex } from '../../base/hex.ts'
import type { CardScript, ScriptReport } from '../../wire/card-script.ts'
import type { IssueParts } from '../ca/issue.ts'
import type { People } from '../cards/people.ts'
import { CARD_KEY_VERSION, type CardKeys } from '../keys/card-keys.ts'
import { SigningUnavailable } from '../keys/key-store.ts'
import type { Sealer } from '../keys/seal.ts'
import { Refusal } from '../refusal.ts'
import { mustBeChip } from './card-chip.ts'
import { authentication, type Composed, compose, greeting, readAnswers } from './compose.ts'
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
  if (report.stopped !== undefined) {
    if (report.stopped === 'cancelled' || report.stopped === 'pinBlocked')
      throw new Refusal('scriptStopped', report.stopped)
    const doubted = { facts: procedure.doubt(state.facts), channels: state.channels }
    return goOn(scripts, procedure, work, doubted)
  }
  if (report.answers.length !== script.steps.length) throw new Refusal('badReport', 'answers')
  if (awaited.kind === 'greeting') {
    const card = greetingOf(report.answers.at(-1) ?? '')
    await mustBeChip(work.parts.store, work.card, card.identification)
    crash('script.answers read')
    return greeted(scripts, procedure, work, state, card, fromHex(awaited.hostChallenge))
  }
  const opened = readAnswers(awaited.keys, awaited.expected, report.answers)
  const answers = opened.map((answer, i) => ({ ...answer, label: script.steps[i]?.label ?? '' }))
  crash('script.answers read')
  // The card holds its own keys now; a channel with them shows that it does.
  if (awaited.kind === 'takeOver') return begin(scripts, procedure, state)
  const facts = procedure.learn(state.facts, awaited.name, answers.slice(awaited.before))
  return goOn(scripts, procedure, work, { ...state, facts })
}

/** The next batch on the channel that is open, or the beginning of another channel. */
async function goOn(scripts: ScriptParts, procedure: AnyProcedure, work: Work, state: ScriptState) {
  const next = await procedure.next(state.facts, work)
  if ('finished' in next) return next
  const { channel } = state
  const needed = next.steps.some(({ kind }) => kind === 'secured')
  if (needed && channel === undefined) return begin(scripts, procedure, state)
  const composed = compose({ steps: [], expected: [], ...(channel && { channel }) }, next.steps)
  return awaiting(state, next.name, composed, 0, channel)
}

/** SELECT and INITIALIZE UPDATE. Throws `cardRefused` when that was done too often. */
export function begin({ parts }: ScriptParts, procedure: AnyProcedure, { facts, channels }: ScriptState): Turn {
  if (channels >= MOST_CHANNELS) throw new Refusal('cardRefused', 'too many channels')
  const hostChallenge = parts.random.bytes(CHALLENGE)
  const { aid } = procedure.domain(facts)
  const awaited = { kind: 'greeting', hostChallenge: Buffer.from(hostChallenge).toString('hex') } as const
  return { steps: greeting(aid, hostChallenge), state: { facts, channels: channels + 1, awaited } }
}

/** EXTERNAL AUTHENTICATE and, in the same script, what comes after it. */
async function greeted(
  scripts: ScriptParts,
  procedure: AnyProcedure,
  work: Work,
  state: ScriptState,
  card: CardGreeting,
  hostChallenge: Uint8Array,
) {
  const { area } = procedure.domain(state.facts)
  const own = await ownKeys(scripts.cardKeys, card, area)
  try {
    if (card.keyVersion === CARD_KEY_VERSION) {
      const begun = authentication(mutual(own, hostChallenge, card))
      const next = await procedure.next(state.facts, work)
      if ('finished' in next) return next
      return awaiting(state, next.name, compose(begun, next.steps), begun.steps.length, begun.channel)
    }
    if (!FACTORY_VERSIONS.includes(card.keyVersion)) throw new Refusal('cardUntrusted', 'key version')
    const factory = keySet(card.keyVersion, FACTORY_KEY)
    const begun = authentication(mutual(factory, hostChallenge, card))
    const replaces = card.keyVersion === 0xff ? 0x00 : card.keyVersion
    const command = putKeySet(factory.dek, own, replaces)
    const composed = compose(begun, [{ kind: 'secured', command }])
    const awaited = {
      kind: 'takeOver',
      expected: composed.expected,
      ...(begun.channel && { keys: begun.channel }),
    } as const
    return { steps: composed.steps, state: { facts: state.facts, channels: state.channels, awaited } }
  } finally {
    forget(own)
  }
}

async function ownKeys(cardKeys: CardKeys, card: CardGreeting, area: Uint8Array | undefined): Promise<KeySet> {
  try {
    return await cardKeys.setOf(card.identification, area)
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
): Turn {
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
