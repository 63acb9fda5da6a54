/** The recordings there are, as the build finds them in `recordings/LANGUAGE/ID.ogg` (made by `apps/terminal/speech/record.ts`). */
import type { Language } from './words/words.ts'

const FOUND = import.meta.glob<string>('./recordings/*/*.ogg', { eager: true, query: '?url', import: 'default' })

/** A sentence in easy Japanese says the same as in Japanese, and is the one a small synthesiser can read. */
const INSTEAD: Readonly<Partial<Record<Language, Language>>> = { ja: 'easy' }

export function recordingOf(id: string, language: Language): string | undefined {
  const own = FOUND[`./recordings/${language}/${id}.ogg`]
  const other = INSTEAD[language]
  return own ?? (other && FOUND[`./recordings/${other}/${id}.ogg`])
}
