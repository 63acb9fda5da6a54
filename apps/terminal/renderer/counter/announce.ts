/** What a screen reader says when a staff view appears: one announcement for each kind; the compiler finds a missing one. */
import type { StaffView } from '../../../../src/wire/staff-view.ts'
import { spoken } from '../shared/words/furigana.ts'
import { type Language, sayFailure } from '../shared/words/words.ts'
import type { StaffTeller } from './words/staff-words.ts'

type Announcements = {
  readonly [K in StaffView['kind']]: (
    view: Extract<StaffView, { kind: K }>,
    words: StaffTeller,
    language: Language,
  ) => string
}

const join = (...sentences: readonly (string | false | undefined)[]) => sentences.filter(Boolean).join(' ')
const failure = (language: Language, code: Parameters<typeof sayFailure>[1]) => {
  const { happened, toDo } = sayFailure(language, code)
  return spoken(join(happened, toDo))
}

const ANNOUNCEMENTS: Announcements = {
  signIn: ({ problem }, { speak }, language) =>
    join(problem && failure(language, problem), speak('staff.signIn.title')),
  counter: ({ card, cardProblem }, { speak }, language) =>
    join(
      cardProblem && failure(language, cardProblem),
      speak('staff.home.title'),
      card === undefined ? speak('staff.home.noCard') : speak(`staff.backend.${card.backend}`),
    ),
  residentActs: ({ procedure }, { speak }) =>
    join(speak(`staff.procedure.${procedure}`), speak('staff.resident.title')),
  working: (_, { speak }) => join(speak('staff.working.title'), speak('staff.working.how')),
  staffPin: ({ who, triesLeft, problem }, { speak }) =>
    join(problem && speak(`problem.${problem}`), speak(`staff.pin.${who}`), speak('triesLeft', { tries: triesLeft })),
  confirmLastTry: ({ who }, { speak }) => join(speak('staff.lastTry.title'), speak(`staff.lastTry.${who}`)),
  search: ({ problem }, { speak }) => join(problem && speak(`staff.search.${problem}`), speak('staff.search.title')),
  candidates: ({ who, problem }, { speak }) =>
    join(
      problem && speak('staff.candidates.mismatch'),
      speak(who === 'operator' ? 'staff.candidates.title' : 'staff.candidates.second'),
    ),
  secondOperator: ({ step, problem }, { speak }, language) =>
    join(problem && failure(language, problem), speak(`staff.second.${step}`), speak(`staff.second.${step}.how`)),
  checkIdentity: ({ purpose, problem }, { speak }) =>
    join(problem && speak(`staff.identity.${problem}`), speak(`staff.identity.${purpose}`)),
  choosePinToReset: (_, { speak }) => speak('staff.choosePin.title'),
  selfTest: ({ items }, { speak }) =>
    join(
      speak('staff.selfTest.title'),
      speak(items.every(({ passed }) => passed) ? 'staff.selfTest.good' : 'staff.selfTest.bad'),
    ),
  done: ({ procedure }, { speak }) => join(speak('staff.done.title'), speak(`staff.procedure.${procedure}`)),
  failed: (view, _, language) => failure(language, view.failure),
}

export const staffAnnouncementOf = (view: StaffView, words: StaffTeller, language: Language): string =>
  ANNOUNCEMENTS[view.kind](view as never, words, language)
