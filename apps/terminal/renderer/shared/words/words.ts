/** One person's language: words by key, failures by code. A language is one file of words and one of failures (see README). */
import { IntlMessageFormat } from 'intl-messageformat'
import {
  type FailureCode,
  type FailureWords,
  type ToldFailure,
  tellFailure,
} from '../../../../../src/base/failures/catalogue.ts'
import { EASY_JAPANESE as EASY_FAILURES } from '../../../../../src/base/failures/easy-japanese.ts'
import { ENGLISH as ENGLISH_FAILURES } from '../../../../../src/base/failures/english.ts'
import { JAPANESE as JAPANESE_FAILURES } from '../../../../../src/base/failures/japanese.ts'
import { EASY_JAPANESE } from './easy-japanese.ts'
import { ENGLISH } from './english.ts'
import { JAPANESE, type WordKey, type Words } from './japanese.ts'

interface LanguageEntry {
  /** In the language itself. */
  readonly name: string
  /** BCP 47, for the page and the voice. */
  readonly tag: string
  readonly words: Words
  readonly failures: FailureWords
}

export const LANGUAGES = {
  ja: { name: '日本語', tag: 'ja', words: JAPANESE, failures: JAPANESE_FAILURES },
  easy: { name: 'やさしい にほんご', tag: 'ja', words: EASY_JAPANESE, failures: EASY_FAILURES },
  en: { name: 'English', tag: 'en', words: ENGLISH, failures: ENGLISH_FAILURES },
} as const satisfies Record<string, LanguageEntry>
export type Language = keyof typeof LANGUAGES

export type Values = Readonly<Record<string, string | number>>

/** A text of a language with its values, furigana still in it. Throws when a value is missing. */
export const sayWords = (language: Language, text: string, values: Values = {}): string =>
  String(new IntlMessageFormat(text, LANGUAGES[language].tag).format(values))

export const say = (language: Language, key: WordKey, values?: Values): string =>
  sayWords(language, LANGUAGES[language].words[key], values)

export const sayFailure = (language: Language, code: FailureCode): ToldFailure =>
  tellFailure(code, LANGUAGES[language].failures)
