/** The keeper's words by language, beside those that staff read everywhere. The compiler finds a language that is missing. */
import { type CounterKey, sayToStaff } from '../../counter/words/staff-catalogue.ts'
import { type Language, sayWords, type Values } from '../../shared/words/words.ts'
import { DIAGNOSTICS_EASY_JAPANESE } from './easy-japanese.ts'
import { DIAGNOSTICS_ENGLISH } from './english.ts'
import { DIAGNOSTICS_JAPANESE, type DiagnosticsWordKey, type DiagnosticsWords } from './japanese.ts'

export const DIAGNOSTICS_WORDS: Readonly<Record<Language, DiagnosticsWords>> = {
  ja: DIAGNOSTICS_JAPANESE,
  easy: DIAGNOSTICS_EASY_JAPANESE,
  en: DIAGNOSTICS_ENGLISH,
}

export type DiagnosticsKey = DiagnosticsWordKey | CounterKey
export const isDiagnosticsKey = (key: string): key is DiagnosticsWordKey => Object.hasOwn(DIAGNOSTICS_JAPANESE, key)

export const sayToKeeper = (language: Language, key: DiagnosticsKey, values?: Values): string =>
  isDiagnosticsKey(key)
    ? sayWords(language, DIAGNOSTICS_WORDS[language][key], values)
    : sayToStaff(language, key, values)
