/** What is said aloud when a view appears: one announcement for each kind; the compiler finds a missing one. */
import type { View } from '../../../../src/wire/view.ts'
import type { Teller } from './preferences.tsx'
import { spoken } from './words/furigana.ts'
import { type Language, sayFailure } from './words/words.ts'

type Announcements = {
  readonly [K in View['kind']]: (view: Extract<View, { kind: K }>, words: Teller, language: Language) => string
}

const join = (...sentences: readonly (string | undefined)[]) => sentences.filter(Boolean).join(' ')
const failure = (language: Language, code: Parameters<typeof sayFailure>[1]) => {
  const { happened, cardIsSafe, toDo, call } = sayFailure(language, code)
  return spoken(join(happened, cardIsSafe, toDo, call))
}

const ANNOUNCEMENTS: Announcements = {
  idle: (_, { speak }) => speak('idle.title'),
  insertCard: ({ problem }, { speak }, language) =>
    join(problem && failure(language, problem), speak('insertCard.title'), speak('insertCard.how')),
  keepCard: (_, { speak }) => speak('keepCard.title'),
  choosePin: (_, { speak }) => speak('choosePin.title'),
  enterPin: ({ pin, purpose, alsoFor, triesLeft, problem }, { speak, raw }) =>
    join(
      problem && speak(`problem.${problem}`),
      purpose === 'prove' ? undefined : speak(`pin.${pin}`),
      speak(`enterPin.${purpose}`, { pin: raw(`pin.${pin}`) }),
      alsoFor && speak('enterPin.alsoFor'),
      triesLeft === undefined ? undefined : speak('triesLeft', { tries: triesLeft }),
    ),
  confirmLastTry: ({ pin }, { speak, raw }) =>
    join(speak('confirmLastTry.title'), speak('confirmLastTry.text', { pin: raw(`pin.${pin}`) })),
  samePin: ({ pins }, { speak }) =>
    join(speak('samePin.title'), ...pins.map((pin) => speak(`pin.${pin}`)), speak('samePin.text')),
  pinStatus: ({ pins }, { speak }) =>
    join(
      speak('pinStatus.title'),
      ...pins.map(({ pin, state, triesLeft }) =>
        join(
          speak(`pin.${pin}`),
          state === 'good' ? speak('triesLeft', { tries: triesLeft }) : speak(`pinState.${state}`),
        ),
      ),
    ),
  stillThere: (_, { speak }) => join(speak('stillThere.title'), speak('stillThere.text')),
  waitForStaff: (_, { speak }) => join(speak('waitForStaff.title'), speak('waitForStaff.text')),
  takeCard: ({ forgotten }, { speak }) => speak(forgotten ? 'takeCard.forgotten' : 'takeCard.title'),
  done: ({ procedure }, { speak }) => join(speak(`done.${procedure}`), speak(`done.${procedure}.note`)),
  failed: (view, _, language) => failure(language, view.failure),
}

export const announcementOf = (view: View, words: Teller, language: Language): string =>
  ANNOUNCEMENTS[view.kind](view as never, words, language)
