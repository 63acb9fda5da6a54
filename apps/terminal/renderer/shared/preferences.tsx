/** How one person wants the screen: gone at the end of their turn. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { spoken } from './words/furigana.ts'
import type { WordKey } from './words/japanese.ts'
import { RubyText } from './words/ruby-text.tsx'
import { LANGUAGES, type Language, say, type Values } from './words/words.ts'

export interface Preferences {
  readonly language: Language
  readonly size: 'normal' | 'large' | 'largest'
  readonly contrast: boolean
  readonly speech: boolean
  /** One button does everything (`scanning.ts`). */
  readonly scanning: boolean
}

export const AT_FIRST: Preferences = { language: 'ja', size: 'normal', contrast: false, speech: false, scanning: false }

interface PreferencesState {
  readonly preferences: Preferences
  readonly change: (change: Partial<Preferences>) => void
  readonly reset: () => void
}

const Context = createContext<PreferencesState | undefined>(undefined)

export function PreferencesProvider({ children }: { readonly children: ReactNode }) {
  const [preferences, setPreferences] = useState(AT_FIRST)
  const change = useCallback((some: Partial<Preferences>) => setPreferences((now) => ({ ...now, ...some })), [])
  const reset = useCallback(() => setPreferences(AT_FIRST), [])

  useEffect(() => {
    const page = document.documentElement
    page.lang = LANGUAGES[preferences.language].tag
    page.dataset['size'] = preferences.size
    page.dataset['contrast'] = preferences.contrast ? 'high' : 'normal'
  }, [preferences])

  const state = useMemo(() => ({ preferences, change, reset }), [preferences, change, reset])
  return <Context value={state}>{children}</Context>
}

export function usePreferences(): PreferencesState {
  const state = useContext(Context)
  if (state === undefined) throw new Error('usePreferences: outside of its provider')
  return state
}

export interface Teller<K extends string = WordKey> {
  /** For the screen: with furigana. */
  readonly show: (key: K, values?: Values) => ReactNode
  /** For a voice or a name: readings instead of what they are written over. */
  readonly speak: (key: K, values?: Values) => string
  /** With furigana marks, to be put into another text. */
  readonly raw: (key: K, values?: Values) => string
}

/** The words of a catalogue in this person's language. */
export function useTeller<K extends string>(
  sayKey: (language: Language, key: K, values?: Values) => string,
): Teller<K> {
  const { language } = usePreferences().preferences
  return useMemo(
    () => ({
      show: (key, values) => <RubyText>{sayKey(language, key, values)}</RubyText>,
      speak: (key, values) => spoken(sayKey(language, key, values)),
      raw: (key, values) => sayKey(language, key, values),
    }),
    [language, sayKey],
  )
}

export const useWords = (): Teller => useTeller(say)
