/** Which sentences of a language were not recorded; a chime is heard in their place (decision 0216). */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { foldersFor } from '../renderer/shared/announce.ts'
import { LANGUAGES, type Language } from '../renderer/shared/words/words.ts'
import { everySentence } from './sentences.ts'

/** Where the build looks for them. */
export const RECORDINGS = join(import.meta.dirname, '../renderer/shared/recordings')

/** One plain sentence for each language of which something is missing. */
export function missingIn(folder: string): string[] {
  return (Object.keys(LANGUAGES) as Language[]).flatMap((language) => {
    const all = [...everySentence(language).keys()]
    const missing = all.filter((id) => !foldersFor(language).some((set) => existsSync(join(folder, set, `${id}.ogg`))))
    if (missing.length === 0) return []
    if (missing.length === all.length)
      return [`${language}: no recordings; where the machine has no voice, a chime is heard for each announcement.`]
    return [
      `${language}: ${missing.length} of ${all.length} recordings are missing, a chime is heard in their place: ${missing.join(', ')}`,
    ]
  })
}
