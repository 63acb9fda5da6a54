/** The words of the visual check by language, beside those that staff read everywhere. The compiler finds a language that is missing. */
import { type CounterKey, sayToStaff } from '../../counter/words/staff-catalogue.ts'
import { type Language, sayWords, type Values } from '../../shared/words/words.ts'
import { FACES_EASY_JAPANESE } from './easy-japanese.ts'
import { FACES_ENGLISH } from './english.ts'
import { FACES_JAPANESE, type FacesWordKey, type FacesWords } from './japanese.ts'

export const FACES_WORDS: Readonly<Record<Language, FacesWords>> = {
  ja: FACES_JAPANESE,
  easy: FACES_EASY_JAPANESE,
  en: FACES_ENGLISH,
}

export type FacesKey = FacesWordKey | CounterKey
const isOfFaces = (key: FacesKey): key is FacesWordKey => Object.hasOwn(FACES_JAPANESE, key)

export const sayAtFaces = (language: Language, key: FacesKey, values?: Values): string =>
  isOfFaces(key) ? sayWords(language, FACES_WORDS[language][key], values) : sayToStaff(language, key, values)
