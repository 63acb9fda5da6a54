/** The recordings there are, as the build finds them in `recordings/LANGUAGE/ID.ogg` (made by `apps/terminal/speech/record.ts`). */
import { foldersFor } from './announce.ts'
import type { Language } from './words/words.ts'

const FOUND = import.meta.glob<string>('./recordings/*/*.ogg', { eager: true, query: '?url', import: 'default' })

export const recordingOf = (id: string, language: Language): string | undefined =>
  foldersFor(language)
    .map((folder) => FOUND[`./recordings/${folder}/${id}.ogg`])
    .find((address) => address !== undefined)
