/**
 * A procedure on a card as data and small functions: what is known (facts), what to send next, what the answers prove. It can be left
 * at any answer and taken up again from its facts; it knows nothing of channels, sequence numbers or who asks.
 */
import type { GpCommand } from '../../applications/globalplatform/gp-command.ts'
import type { Command, Response } from '../../card/command.ts'
import type { PinPlace, ScriptPin, ScriptProcedureName } from '../../wire/card-script.ts'
import type { IssueParts } from '../ca/issue.ts'
import type { People } from '../cards/people.ts'
import type { Actor } from '../context.ts'

/** One thing to do, in the order given; commands of the channel come before all others. */
export type PlannedStep =
  | { readonly kind: 'secured'; readonly command: GpCommand<unknown> }
  | { readonly kind: 'clear'; readonly label: string; readonly command: Command }
  | {
      readonly kind: 'local'
      readonly label: string
      readonly action: 'verifyPin' | 'newPin'
      readonly pin: ScriptPin
      readonly place: PinPlace
    }

export interface Batch {
  /** Which one it was, for `learn`. */
  readonly name: string
  readonly steps: readonly PlannedStep[]
}

export interface Finished {
  readonly finished: Readonly<Record<string, unknown>>
}

/** What a procedure may use of the backend. Its work may be done again after a crash: `key` makes orders the same order. */
export interface Work {
  readonly parts: IssueParts
  readonly people: People
  readonly card: string
  readonly by: Actor
  readonly key: string
}

/** The answer of one step, in the clear, with the step's label; of a local step an empty one. */
export type Answers = readonly (Response & { readonly label: string })[]

/** The data of every answer with this label, in order. */
export const dataOf = (answers: Answers, label: string): readonly Uint8Array[] =>
  answers.filter((answer) => answer.label === label).map(({ data }) => data)

export interface ScriptProcedure<F> {
  readonly name: ScriptProcedureName
  /** AID of the domain that the channel is opened to, and what its keys are derived for besides the card. */
  domain(facts: F): { readonly aid: Uint8Array; readonly area?: Uint8Array }
  /** Throws `Refusal`. */
  next(facts: F, work: Work): Promise<Batch | Finished>
  /** After a batch that ran to its end. Throws `Refusal`. */
  learn(facts: F, batch: string, answers: Answers): F
  /** After one that did not: what is no longer sure. */
  doubt(facts: F): F
}

export const secured = (command: GpCommand<unknown>): PlannedStep => ({ kind: 'secured', command })
export const clear = (label: string, command: Command): PlannedStep => ({ kind: 'clear', label, command })
