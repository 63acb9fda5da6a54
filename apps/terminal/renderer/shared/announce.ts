/** What is said aloud when a view appears: one announcement for each kind; the compiler finds a missing one. */
import type { FailureCode } from '../../../../src/base/failures/catalogue.ts'
import type { PinName, PinStatus, View } from '../../../../src/wire/view.ts'
import { spoken } from './words/furigana.ts'
import type { WordKey } from './words/japanese.ts'
import { type Language, say, sayFailure } from './words/words.ts'

export interface Sentence {
  /** The same for one sentence in every language: a recording is found by it. */
  readonly id: string
  /** As a voice says it: readings instead of what they are written over. */
  readonly text: string
}

/** Where a language's recordings are looked for. Easy Japanese says the same as Japanese, and is what a small synthesiser can read. */
export const foldersFor = (language: Language): readonly Language[] => (language === 'ja' ? ['ja', 'easy'] : [language])

type Part = Sentence | readonly Part[] | undefined | false

/** Whose reader a person stands before: it is named. */
export type ReaderAt = 'kiosk' | 'counter' | 'phone'

class Speaker {
  readonly at: ReaderAt
  readonly #language: Language
  constructor(language: Language, at: ReaderAt) {
    this.#language = language
    this.at = at
  }

  /** A text without values, or with one number in it. */
  say(key: WordKey, values: Readonly<Record<string, number>> = {}): Sentence {
    const id = [key, ...Object.values(values)].join('-')
    return { id, text: spoken(say(this.#language, key, values)) }
  }

  about(key: WordKey, pin: PinName): Sentence {
    const name = say(this.#language, `pin.${pin}`)
    return { id: `${key}-${pin}`, text: spoken(say(this.#language, key, { pin: name })) }
  }

  tries({ state, triesLeft }: Pick<PinStatus, 'state' | 'triesLeft'>): Sentence {
    return state === 'good' ? this.say('triesLeft', { tries: triesLeft }) : this.say(`pinState.${state}`)
  }

  failure(code: FailureCode): Part {
    return Object.entries(sayFailure(this.#language, code)).map(
      ([part, text]) => text !== '' && { id: `failure.${code}.${part}`, text: spoken(text) },
    )
  }
}

type Announcements = {
  readonly [K in View['kind']]: (view: Extract<View, { kind: K }>, speaker: Speaker) => Part
}

const ANNOUNCEMENTS: Announcements = {
  idle: ({ procedures }, to) =>
    procedures.length === 0 ? [to.say('idle.none'), to.say('idle.none.text')] : to.say('idle.title'),
  insertCard: ({ problem }, to) => [
    problem && to.failure(problem),
    to.say('insertCard.title'),
    to.say(`insertCard.lay.${to.at}`),
    to.say('insertCard.turn'),
  ],
  keepCard: (_, to) => to.say('keepCard.title'),
  choosePin: (_, to) => to.say('choosePin.title'),
  enterPin: ({ pin, purpose, which, alsoFor, triesLeft, problem }, to) => [
    problem && to.say(`problem.${problem}`),
    purpose !== 'prove' && to.say(`pin.${pin}`),
    purpose === 'prove' ? to.about('enterPin.prove', pin) : to.say(`enterPin.${which ?? purpose}`),
    which && to.say('enterPin.cut'),
    alsoFor && to.say('enterPin.alsoFor'),
    triesLeft !== undefined && to.say('triesLeft', { tries: triesLeft }),
  ],
  confirmLastTry: ({ pin }, to) => [to.say('confirmLastTry.title'), to.about('confirmLastTry.text', pin)],
  samePin: ({ pins }, to) => [to.say('samePin.title'), pins.map((pin) => to.say(`pin.${pin}`)), to.say('samePin.text')],
  explainReset: ({ pin }, to) => [
    to.about('explainReset.title', pin),
    to.say('explainReset.why'),
    to.say('explainReset.care'),
    to.say('explainReset.next'),
  ],
  enterCardFace: ({ problem }, to) => [
    problem && to.say(`enterCardFace.${problem}`),
    to.say('enterCardFace.title'),
    to.say('enterCardFace.birth'),
    to.say('enterCardFace.expiry'),
    to.say('enterCardFace.code'),
  ],
  takePortrait: (_, to) => [to.say('takePortrait.title'), to.say('takePortrait.how')],
  comparing: ({ how }, to) => [to.say('comparing.title'), to.say(`comparing.${how}`)],
  pinStatus: ({ pins }, to) => [
    to.say('pinStatus.title'),
    pins.map((status) => [to.say(`pin.${status.pin}`), to.tries(status)]),
  ],
  stillThere: (_, to) => [to.say('stillThere.title'), to.say('stillThere.text')],
  waitForStaff: (_, to) => [to.say('waitForStaff.title'), to.say('waitForStaff.text')],
  takeCard: ({ forgotten }, to) => to.say(forgotten ? 'takeCard.forgotten' : 'takeCard.title'),
  done: ({ procedure }, to) => [to.say(`done.${procedure}`), to.say(`done.${procedure}.note`)],
  failed: ({ failure }, to) => to.failure(failure),
}

const flat = (part: Part): Sentence[] => {
  if (part === undefined || part === false) return []
  return 'id' in part ? [part] : part.flatMap(flat)
}

export const announcementOf = (view: View, language: Language, at: ReaderAt = 'kiosk'): readonly Sentence[] =>
  flat(ANNOUNCEMENTS[view.kind](view as never, new Speaker(language, at)))

/** Said after each key of a PIN: never which key it was (F05), only how many there are. */
export const enteredSentence = (count: number, language: Language): Sentence =>
  new Speaker(language, 'kiosk').say('enterPin.entered', { count })
