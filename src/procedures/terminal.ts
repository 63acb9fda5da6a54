/**
 * What a procedure sees of the world: a person it can ask and show things to, and the card that person lays down. A procedure
 * is straight-line code over this port; a cancel, an idle person and a card that is pulled all arrive as `Stopped`.
 */
import type { Clock, RandomSource } from '../base/clock.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Secret } from '../base/secret.ts'
import type { Outcome } from '../card/card-failure.ts'
import type { Transaction } from '../card/transaction-hold.ts'
import type { TerminalRole } from '../wire/backend-roles.ts'
import type { Answers, ProcedureName, QuestionKind, ViewOf } from '../wire/view.ts'
import type { BackendLine } from './backend-line.ts'
import type { FaceDesk } from './face-check.ts'
import type { ScriptLine } from './script-line.ts'
import type { StaffDesk } from './staff-desk.ts'

/** The card on the reader. A transaction that the procedure's end interrupts settles first. */
export interface HolderCard {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<Outcome<T>>
  /**
   * Announces a write to this card that the host does by itself, where it survives; `what` names it, never its value. Settled once it is
   * known what became of it; what is not settled when the card is gone is not known, and looked at when it is seen again.
   */
  intend(procedure: ProcedureName, what: string): Promise<IntendedWrite>
  /** Writes to this card by this terminal that nobody knew the end of when it was laid down, by what they were; oldest first. */
  readonly unfinished: readonly string[]
}

export interface IntendedWrite {
  settle(stage: 'done' | 'notDone'): Promise<void>
}

export interface Terminal {
  /** Where this terminal stands (requirements 1). */
  readonly role: TerminalRole
  readonly clock: Clock
  readonly random: RandomSource
  readonly backend: BackendLine
  readonly script: ScriptLine
  /** At a counter with staff. */
  readonly staff?: StaffDesk
  /** In the phone app. */
  readonly face?: FaceDesk
  /** Asks for a card until a My Number card lies there. Rejects with `Stopped`. */
  card(): Promise<HolderCard>
  /** Shows that work is going on; nothing is asked. */
  show(view: ViewOf<'keepCard' | 'comparing'>): void
  /** Asks and waits. Rejects with `Stopped`. */
  ask<K extends QuestionKind>(question: ViewOf<K>): Promise<Answers[K]>
  /**
   * Asks for a PIN, or for what is as private: the number on the card that opens its photo, a portrait. It comes past every message,
   * once, and ends with the procedure. Rejects with `Stopped`.
   */
  askPin(question: ViewOf<'enterPin' | 'enterCardFace' | 'takePortrait'>): Promise<Secret>
}

/** Why a procedure stops before its end. `failure` is what the person is told. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly failure: FailureCode
  constructor(failure: FailureCode) {
    super(failure)
    this.failure = failure
  }
}

/** How a procedure ends by itself: with something to tell, or with the person having seen what they came for. */
export type Ending = ViewOf<'done'> | ViewOf<'failed'> | { readonly kind: 'seen' }

export type Procedure = (terminal: Terminal) => Promise<Ending>

export const failed = (failure: FailureCode): Ending => ({ kind: 'failed', failure })
