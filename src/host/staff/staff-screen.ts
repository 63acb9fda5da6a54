/** The staff side's screen: a prompt desk that speaks the staff language. Nobody idle is asked whether they are there. */
import { type StaffAnswers, type StaffView, staffAnswerSchemas } from '../../wire/staff-view.ts'
import type { Patience } from '../ports.ts'
import type { Language, PromptDesk } from '../prompt-desk.ts'

export type StaffScreenDesk = PromptDesk<StaffView, StaffAnswers>

export const STAFF: Language<StaffView, StaffAnswers> = { answers: staffAnswerSchemas }

/** Staff look papers up while a question waits; what ends an unattended counter is the staff card, which goes with its owner. */
export const STAFF_PATIENCE: Patience = {
  question: 600_000,
  pin: 90_000,
  stillThere: 20_000,
  ending: 60_000,
  takeCard: 20_000,
}
