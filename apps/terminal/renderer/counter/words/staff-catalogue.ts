/** The staff's words by language; a language is one more file (see the README of the faces). The compiler finds a missing one. */
import { JAPANESE, type WordKey } from '../../shared/words/japanese.ts'
import { LANGUAGES, type Language, sayWords, type Values } from '../../shared/words/words.ts'
import { STAFF_EASY_JAPANESE } from './easy-japanese.ts'
import { STAFF_ENGLISH } from './english.ts'
import { STAFF_JAPANESE, type StaffWordKey, type StaffWords } from './japanese.ts'

export const STAFF_WORDS: Readonly<Record<Language, StaffWords>> = {
  ja: STAFF_JAPANESE,
  easy: STAFF_EASY_JAPANESE,
  en: STAFF_ENGLISH,
}

/** Staff read both: their own words, and those of the residents opposite. */
export type CounterKey = StaffWordKey | WordKey
const isShared = (key: CounterKey): key is WordKey => Object.hasOwn(JAPANESE, key)

export function sayToStaff(language: Language, key: CounterKey, values: Values = {}): string {
  const text = isShared(key) ? LANGUAGES[language].words[key] : STAFF_WORDS[language][key]
  return sayWords(language, text, values)
}
