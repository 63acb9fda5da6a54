/**
 * Recordings of the spoken guidance, for machines whose browser has no voice (decision 0216):
 *
 *   node apps/terminal/speech/record.ts [--check] [FOLDER]
 *
 * writes `LANGUAGE/ID.ogg` (Opus, 16 kbit/s) for easy Japanese and English, where the build looks for them. Whoever has a better voice
 * puts files of the same names there; `--check` records nothing, names what is missing in each language, and ends with 1 if anything is.
 * Debian: apt-get install espeak-ng opus-tools
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from '../renderer/shared/words/words.ts'
import { missingIn, RECORDINGS } from './missing.ts'
import { everySentence } from './sentences.ts'

/** Voices of espeak-ng. Its Japanese reads kana and no kanji: easy Japanese is given to it in readings, and serves Japanese too. */
export const VOICES: Readonly<Partial<Record<Language, string>>> = { easy: 'ja', en: 'en-gb' }
const WORDS_PER_MINUTE = '145'

/** Makes one file of one sentence. */
export type Recorder = (text: string, voice: string, file: string) => void

export const espeak: Recorder = (text, voice, file) => {
  const sound = execFileSync('espeak-ng', ['-v', voice, '-s', WORDS_PER_MINUTE, '--stdout'], { input: text })
  execFileSync('opusenc', ['--quiet', '--bitrate', '16', '--downmix-mono', '-', file], { input: sound })
}

/** Records what is not there yet; returns how many that were. */
export function recordAll(folder: string, record: Recorder): number {
  let made = 0
  for (const [language, voice] of Object.entries(VOICES) as [Language, string][]) {
    mkdirSync(join(folder, language), { recursive: true })
    for (const [id, text] of everySentence(language)) {
      const file = join(folder, language, `${id}.ogg`)
      if (existsSync(file)) continue
      record(text, voice, file)
      made++
    }
  }
  return made
}

if (import.meta.main) {
  const check = process.argv[2] === '--check'
  const folder = process.argv[check ? 3 : 2] ?? RECORDINGS
  if (!check) console.log(`${recordAll(folder, espeak)} recordings made in ${folder}`)
  const missing = missingIn(folder)
  for (const sentence of missing) console.error(sentence)
  if (missing.length > 0) process.exitCode = 1
  else if (check) console.log('every sentence of every language is recorded')
}
