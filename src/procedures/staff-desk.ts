/** The member of staff opposite the holder, at a screen of their own; a kiosk has none. */
import type { Secret } from '../base/secret.ts'
import type { Candidate, StaffAnswers, StaffQuestionKind, StaffViewOf } from '../wire/staff-view.ts'

export interface StaffDesk {
  /** Whom staff picked before they began (F58). */
  readonly person: Candidate | undefined
  /** Shows that work is going on; nothing is asked. */
  show(view: StaffViewOf<'working'>): void
  /** Asks and waits; the resident's screen says that staff are busy for them. Rejects with `Stopped`. */
  ask<K extends Exclude<StaffQuestionKind, 'staffPin'>>(question: StaffViewOf<K>): Promise<StaffAnswers[K]>
  /** A PIN of a staff card. Undefined: they went back. Rejects with `Stopped`. */
  askPin(question: StaffViewOf<'staffPin'>): Promise<Secret | undefined>
}
