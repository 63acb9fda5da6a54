/**
 * Card scripts, from the order to their end: guarded, one transaction each, the report journalled before it is sent. Whatever cut a
 * session – the card pulled, the line lost, this process ended – the same order goes on where the card is (rules 9 and 10).
 */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import { failureCode } from '../../card/card-failure.ts'
import type { Answered, BackendLine } from '../../procedures/backend-line.ts'
import type { HolderCard } from '../../procedures/holder-card.ts'
import type { CutOrder, LocalSteps, ScriptAsk, ScriptEnding, ScriptLine } from '../../procedures/script-line.ts'
import { BACKEND_ERRORS, type BackendErrorCode } from '../../wire/backend-errors.ts'
import type { CardScript, ScriptReport } from '../../wire/card-script.ts'
import { objection, type RelayState } from '../../wire/script-guard.ts'
import type { BackendClient } from '../backend-client.ts'
import type { Journal, SessionEntry } from '../journal.ts'
import { kept } from './kept-report.ts'
import { runScript } from './run-script.ts'
import type { ScriptKey } from './script-key.ts'

export interface RelayParts {
  readonly client: BackendClient
  readonly journal: Journal
  readonly key: ScriptKey
  readonly terminal: string
  readonly now: () => number
}

/** What one turn needs: its line to the backend, and its end. */
export interface RelayTurn {
  readonly backend: BackendLine
  readonly signal: AbortSignal
  readonly operator: () => string | undefined
  /** Told of every order that came to its end; it is dropped when the person has been told too. */
  readonly finished: (entry: SessionEntry) => void
}

/** The first script, or the next, or how it ended. */
type Step = { readonly kind: 'script'; readonly script: CardScript } | ScriptEnding

const failedWith = (failure: FailureCode): ScriptEnding => ({ kind: 'failed', failure })

export function relay(parts: RelayParts, turn: RelayTurn): ScriptLine {
  const { journal, key } = parts
  return {
    async run(card, serial, ask, local) {
      const entry = ordered(journal, serial, ask) ?? (await order(parts, serial, ask))
      if (!(await key.known(turn.backend))) return failedWith('backendUnreachable')
      return await new Session(parts, turn, entry).run(card, local)
    },
    async announce(serial, ask) {
      if (ordered(journal, serial, ask) === undefined) await order(parts, serial, ask)
    },
    async withdraw(serial, ask) {
      const entry = ordered(journal, serial, ask)
      if (entry !== undefined) await journal.drop(entry)
    },
    async cut(serial) {
      const orders: CutOrder[] = []
      for (const entry of sessionsOf(journal, serial)) {
        const finished = await new Session(parts, turn, entry).finishedMeanwhile()
        orders.push({ ask: entry.ask, finished })
      }
      return orders
    },
  }
}

/** Sends what was not: reports of scripts that ran to their end while the line, or this program, did not. */
export async function sendWaiting(parts: RelayParts, signal: AbortSignal): Promise<void> {
  const turn = { backend: parts.client.line({ signal }), signal, operator: () => undefined, finished: () => {} }
  for (const entry of parts.journal.entries)
    if (entry.kind === 'session') await new Session(parts, turn, entry).finishedMeanwhile()
}

const sessionsOf = (journal: Journal, card: string): readonly SessionEntry[] =>
  journal.entries.filter((entry) => entry.kind === 'session').filter((entry) => entry.card === card)

const ordered = (journal: Journal, card: string, ask: ScriptAsk): SessionEntry | undefined =>
  sessionsOf(journal, card).find((entry) => JSON.stringify(entry.ask) === JSON.stringify(ask))

async function order({ client, journal, now }: RelayParts, card: string, ask: ScriptAsk): Promise<SessionEntry> {
  const entry: SessionEntry = { kind: 'session', id: client.newKey(), at: now(), card, ask }
  await journal.put(entry)
  return entry
}

class Session {
  readonly #parts: RelayParts
  readonly #turn: RelayTurn
  #entry: SessionEntry

  constructor(parts: RelayParts, turn: RelayTurn, entry: SessionEntry) {
    this.#parts = parts
    this.#turn = turn
    this.#entry = entry
  }

  async run(card: HolderCard, local: LocalSteps): Promise<ScriptEnding> {
    const { finished } = this.#entry
    if (finished !== undefined) return await this.#finished(finished)
    const begun = this.#entry.report
    let step = begun === undefined ? await this.#open() : await this.#next(begun)
    let seq = begun?.seq ?? 0
    while (step.kind === 'script') {
      const { script } = step
      if ((await objection(script, this.#state(script, seq), this.#parts.key.verify)) !== undefined)
        return await this.#ended(failedWith('scriptStopped'))
      seq = script.seq
      const report = await this.#perform(card, script, local)
      step = 'failure' in report ? failedWith(report.failure) : await this.#next(report)
    }
    return step
  }

  /** Sends a report of a script that ran to its end; only that can be answered by an end without the card. */
  async finishedMeanwhile(): Promise<boolean> {
    const { report, session = '', finished } = this.#entry
    if (finished !== undefined) return true
    if (report === undefined || report.stopped !== undefined) return false
    const { client } = this.#parts
    const { signal, operator } = this.#turn
    const input = { params: { session }, body: report }
    const answered = await client.call('nextScript', input, { signal, operator: operator() })
    if (answered.kind !== 'ok' || answered.value.kind !== 'finished') return false
    // A turn may have gone on with it meanwhile: then that one tells.
    if (this.#parts.journal.current(this.#entry) === this.#entry) await this.#keepEnd(answered.value.result)
    return true
  }

  /** Of the script itself only the session's name is believed, and only of the first. */
  #state(script: CardScript, seq: number): RelayState {
    const { card, ask, session = script.session } = this.#entry
    const { procedure } = ask
    const pin = procedure === 'pinReset' ? ask.pin : procedure === 'certificate' ? ask.kind : undefined
    return { session, procedure, card, terminal: this.#parts.terminal, pin, seq }
  }

  async #open(): Promise<Step> {
    const { id, card, ask } = this.#entry
    const { signal, operator } = this.#turn
    const body = { card, ask }
    const answered = await this.#parts.client.call('openScript', { body }, { signal, operator: operator(), key: id })
    if (answered.kind === 'ok') return { kind: 'script', script: answered.value }
    return await this.#unanswered(answered)
  }

  async #next(report: ScriptReport): Promise<Step> {
    const { session = '' } = this.#entry
    const { signal, operator } = this.#turn
    const input = { params: { session }, body: report }
    const answered = await this.#parts.client.call('nextScript', input, { signal, operator: operator() })
    if (answered.kind !== 'ok') return await this.#unanswered(answered)
    const { value } = answered
    if (value.kind === 'script') return value
    if (value.kind === 'finished') return await this.#finished(value.result)
    return await this.#ended({ kind: 'refused', code: value.code, ...detailed(value.detail) })
  }

  /** What passes leaves the order as it is: the same again goes on. */
  async #unanswered(answered: Exclude<Answered<unknown>, { kind: 'ok' }>): Promise<ScriptEnding> {
    if (answered.kind === 'away') return failedWith('backendUnreachable')
    const ending = { kind: 'refused', code: answered.code, ...detailed(answered.detail) } as const
    return passing(answered.code) ? ending : await this.#ended(ending)
  }

  /** One transaction. What is to be reported is in the journal before the card is touched, and again when it is known. */
  async #perform(
    card: HolderCard,
    script: CardScript,
    local: LocalSteps,
  ): Promise<ScriptReport | { readonly failure: FailureCode }> {
    let report: ScriptReport = { seq: script.seq, answers: [], stopped: 'noAnswer' }
    await this.#put({ ...this.#entry, session: script.session, report })
    try {
      const outcome = await card.transaction(async (tx) => {
        report = await runScript(tx, script, local, (soFar) => {
          report = soFar
        })
      })
      if (outcome.kind !== 'ok' && outcome.kind !== 'refused') return { failure: failureCode(outcome) }
      return report
    } finally {
      await this.#put({ ...this.#entry, report: kept(script, report) })
    }
  }

  async #put(entry: SessionEntry): Promise<void> {
    this.#entry = entry
    await this.#parts.journal.put(entry)
  }

  async #finished(result: Readonly<Record<string, unknown>>): Promise<ScriptEnding> {
    await this.#keepEnd(result)
    this.#turn.finished(this.#entry)
    return { kind: 'finished', result }
  }

  /** Until the person has been told; but an order in words that may come again is a new one then. */
  async #keepEnd(finished: Readonly<Record<string, unknown>>): Promise<void> {
    if (isOnce(this.#entry.ask)) await this.#put({ ...this.#entry, finished })
    else await this.#parts.journal.drop(this.#entry)
  }

  async #ended(ending: ScriptEnding): Promise<ScriptEnding> {
    await this.#parts.journal.drop(this.#entry)
    return ending
  }
}

/** It names a reservation or an identity check, which is used up by it. */
const isOnce = (ask: ScriptAsk): boolean =>
  ask.procedure === 'pinReset' && (ask.reservation !== undefined || ask.check !== undefined)

const passing = (code: BackendErrorCode): boolean => BACKEND_ERRORS[code].retriable
const detailed = (detail: string | undefined) => (detail === undefined ? {} : { detail })
