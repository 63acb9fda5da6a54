/**
 * Scripts that change a card from afar: `open` and `next`. Each call reads the session, works out what the answers prove and what comes
 * next, and stores that by compare-and-set before the script goes out; a repeated call gets the same script again. After a lost answer
 * or a stop a new channel is opened and the procedure goes on from its facts (rules 9–11).
 */

import type { BackendErrorCode } from '../../wire/backend-errors.ts'
import type { CardScript, ScriptProcedureName, ScriptReport } from '../../wire/card-script.ts'
import { record } from '../audit/record.ts'
import { type CardRow, cardBySerial } from '../cards/card-states.ts'
import type { Actor } from '../context.ts'
import type { Sealer } from '../keys/seal.ts'
import { Refusal } from '../refusal.ts'
import { bodyHash } from '../store/idempotency.ts'
import { newId } from '../store/ids.ts'
import { UniqueViolation } from '../store/store.ts'
import { advance, insertSession, openedBy, openSessions, type SessionRow, sessionOf, writeSteps } from './journal.ts'
import type { Work } from './procedure.ts'
import { signScript } from './script-key.ts'
import { openState, type ScriptState, sealState } from './session-state.ts'
import { type AnyProcedure, begin, type ScriptParts, turn } from './turn.ts'

export const SCRIPT_CRASH_POINTS = [
  'script.opened',
  'script.answers read',
  'script.next known',
  'script.signed',
  'script.journalled',
] as const

export type ScriptReply =
  | { readonly kind: 'script'; readonly script: CardScript }
  | { readonly kind: 'finished'; readonly result: Readonly<Record<string, unknown>> }
  /** The session has ended without its aim; a new one may be opened. */
  | { readonly kind: 'refused'; readonly code: BackendErrorCode; readonly detail?: string }

/** What a late report of an overtaken session gets. */
const OVERTAKEN: ScriptReply = { kind: 'refused', code: 'staleReport' }

export interface Opening {
  readonly card: string
  readonly by: Actor
  readonly facts: unknown
  readonly reservation?: string
  /** Asked once the session is known to be a new one. Throws `Refusal`. */
  readonly mayOpen?: (card: CardRow) => Promise<void>
  /** Which open sessions of this procedure, card and terminal end by it, told by their facts. */
  readonly overtakes?: (facts: unknown) => boolean
  /** Idempotency key, and the whole request as text. */
  readonly key: string
  readonly body: string
}

/** The first script of a new session, or of the one that the same request opened. Throws `unknownCard`, `cardState`, `signingUnavailable`. */
export async function openScript(
  scripts: ScriptParts,
  procedure: AnyProcedure,
  { card, by, facts, reservation, mayOpen, overtakes = () => false, ...asked }: Opening,
): Promise<CardScript> {
  const { parts, sealed } = scripts
  const { store, clock, crash } = parts
  const request = { actor: by.terminal, ...asked }
  const before = await openedBy(store, request)
  if (before !== undefined) return firstScript(sealed, before)
  const row = await cardBySerial(store, card)
  const { state, holder } = row
  if (state === 'suspended' || state === 'abolished') throw new Refusal('cardState', state)
  await mayOpen?.(row)
  const id = newId(clock.now())
  const at = clock.now()
  const work: Work = { parts, people: scripts.people, card, by, key: `script ${id}` }
  const begun = await begin(scripts, procedure, work, { facts, channels: 0 })
  const script = await signScript(parts, {
    ...{ session: id, seq: 1, procedure: procedure.name, card, terminal: by.terminal },
    steps: [...begun.steps],
  })
  const session: SessionRow = {
    ...{ id, procedure_name: procedure.name, card, terminal: by.terminal, operator: by.operator ?? '' },
    ...{ state: 'open', seq: 1, at, touched_at: at, reservation: reservation ?? null },
    ...{ open_key: asked.key, open_hash: bodyHash(request) },
    sealed: sealState(sealed, id, { ...begun.state, script }),
  }
  try {
    await store.transaction(async (tx) => {
      for (const earlier of await openSessions(tx, session)) {
        const { facts, channels } = openState(sealed, earlier.id, earlier.sealed)
        const over = sealState(sealed, earlier.id, { facts: { refused: OVERTAKEN }, channels })
        const ended = { state: 'refused', sealed: over, result: 'overtaken' } as const
        if (overtakes(facts)) await advance(tx, { session: earlier, ...ended, holder, by, at })
      }
      await insertSession(tx, session)
      await writeSteps(tx, script)
      const procedureName = `script.${procedure.name}.opened`
      await record(tx, { ...by, procedure: procedureName, holder, object: `card ${card}`, result: id }, at)
    })
  } catch (error) {
    // The same request twice at once: the first one counts. Else it is the reservation that was used before.
    const first = error instanceof UniqueViolation ? await openedBy(store, request) : undefined
    if (first === undefined) throw error
    return firstScript(sealed, first)
  }
  crash('script.opened')
  return script
}

/** The script that the opening gave; once the session went on, the request is too old to be answered again. */
function firstScript(sealed: Sealer, { id, seq, sealed: bytes }: SessionRow): CardScript {
  const { script } = openState(sealed, id, bytes)
  if (seq !== 1 || script === undefined) throw new Refusal('staleReport')
  return script
}

/** Throws `unknownSession`, `staleReport`, `badReport`, and what may pass and be asked again (`signingUnavailable`). */
export async function nextScript(
  scripts: ScriptParts,
  procedures: Readonly<Record<ScriptProcedureName, AnyProcedure>>,
  id: string,
  report: ScriptReport,
  by: Actor,
): Promise<ScriptReply> {
  const { parts, sealed } = scripts
  const { store, clock, crash } = parts
  const session = await sessionOf(store, id, by.terminal, clock.now())
  const state = openState(sealed, id, session.sealed)
  const again = answeredBefore(session, state, report)
  if (again !== undefined) return again
  const procedure = procedures[session.procedure_name]
  const card = await cardBySerial(store, session.card)
  const work: Work = { parts, people: scripts.people, card: session.card, by, key: `script ${id}` }

  let reply: ScriptReply
  let kept: ScriptState
  try {
    const made = await turn(scripts, procedure, work, state, report)
    if ('finished' in made) {
      reply = { kind: 'finished', result: made.finished }
      kept = { facts: made.finished, channels: state.channels }
    } else {
      crash('script.next known')
      const { seq, procedure_name, terminal } = session
      const named = { session: id, seq: seq + 1, procedure: procedure_name, card: session.card, terminal }
      const script = await signScript(parts, { ...named, steps: [...made.steps] })
      crash('script.signed')
      reply = { kind: 'script', script }
      kept = { ...made.state, script }
    }
  } catch (error) {
    if (!(error instanceof Refusal) || PASSING.has(error.code)) throw error
    const detail = error.message === error.code ? {} : { detail: error.message.slice(error.code.length + 2) }
    reply = { kind: 'refused', code: error.code, ...detail }
    kept = { facts: { refused: reply }, channels: state.channels }
  }
  const stored = await store.transaction((tx) =>
    advance(tx, {
      ...{ session, report, by, at: clock.now(), holder: card.holder },
      state: reply.kind === 'script' ? 'open' : reply.kind,
      sealed: sealState(sealed, id, kept),
      ...(reply.kind === 'script' ? { script: reply.script } : {}),
      ...(reply.kind === 'refused' ? { result: reply.code } : {}),
    }),
  )
  crash('script.journalled')
  // Somebody answered the same report first: theirs is the one that counts.
  return stored ? reply : nextScript(scripts, procedures, id, report, by)
}

/** Not the card's fault and not for ever: the session stays, the same report may come again. */
const PASSING: ReadonlySet<BackendErrorCode> = new Set([
  'signingUnavailable',
  'issuingStopped',
  'inProgress',
  'townDown',
  'badReport',
  'storeUnavailable',
])

/** A report whose answer was lost on the way gets the same answer; one about anything but the last script is refused. */
function answeredBefore(session: SessionRow, state: ScriptState, report: ScriptReport): ScriptReply | undefined {
  if (session.state === 'open' && report.seq === session.seq) return undefined
  if (session.state === 'open' && report.seq === session.seq - 1 && state.script !== undefined)
    return { kind: 'script', script: state.script }
  if (session.state !== 'open' && report.seq === session.seq) {
    const facts = state.facts as { readonly refused?: ScriptReply }
    return facts.refused ?? { kind: 'finished', result: state.facts as Readonly<Record<string, unknown>> }
  }
  throw new Refusal('staleReport')
}
