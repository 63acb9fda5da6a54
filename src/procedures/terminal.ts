/**
 * What a procedure sees of the world: a person it can ask and show things to, and the card that person lays down. A procedure
 * is straight-line code over this port; a cancel, an idle person and a card that is pulled all arrive as `Stopped`.
 */
import type { Clock, RandomSource } from '../base/clock.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Secret } from '../base/secret.ts'
import type { TerminalRole } from '../wire/backend-roles.ts'
import type { Answers, QuestionKind, ViewOf } from '../wire/view.ts'
import type { BackendLine } from './backend-line.ts'
import type { FaceDesk } from './face-check.ts'
import type { HolderCard } from './holder-card.ts'
import type { ScriptLine } from './script-line.ts'
import type { StaffDesk } from './staff-desk.ts'

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
