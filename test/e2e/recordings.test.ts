/** Recorded guidance: every sentence the screens can say has a recording, under a name that is a file's in every language. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { announcementOf, enteredSentence } from '../../apps/terminal/renderer/shared/announce.ts'
import { missingIn } from '../../apps/terminal/speech/missing.ts'
import { recordAll, VOICES } from '../../apps/terminal/speech/record.ts'
import { everySentence } from '../../apps/terminal/speech/sentences.ts'
import { root } from '../house/tree.ts'
import { VIEWS } from './views.ts'

const RECORD = join(root, 'apps/terminal/speech/record.ts')
const LANGUAGES = ['ja', 'easy', 'en'] as const

test('whatever a screen says is among the sentences, word for word', () => {
  for (const language of LANGUAGES) {
    const all = everySentence(language)
    const said = [...VIEWS.flatMap((view) => announcementOf(view, language)), enteredSentence(16, language)]
    for (const { id, text } of said) assert.equal(all.get(id), text, `${language} ${id}`)
  }
})

test('names are the same in every language and good for files; what a synthesiser gets has no kanji', () => {
  const [names, ...others] = LANGUAGES.map((language) => [...everySentence(language).keys()])
  for (const other of others) assert.deepEqual(other, names)
  for (const name of names ?? []) assert.match(name, /^[A-Za-z0-9.-]+$/)
  for (const text of everySentence('easy').values()) assert.ok(!/[\p{Script=Han}《》]/u.test(text), text)
})

test('all are recorded once; what is there already is left alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-recordings-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const asked: string[] = []
  const record = (text: string, voice: string, file: string) => {
    asked.push(`${voice}: ${text}`)
    writeFileSync(file, text)
  }
  const count = everySentence('en').size * Object.keys(VOICES).length
  assert.equal(recordAll(folder, record), count)
  assert.equal(recordAll(folder, record), 0)
  assert.deepEqual(missingIn(folder), [])
  assert.ok(existsSync(join(folder, 'easy', 'triesLeft-3.ogg')))
  assert.ok(asked.includes('en-gb: 3 tries left') && asked.includes('ja: あと 3かい いれることが できます'))
})

test('what is missing is named in a sentence for each language, and the check ends with 1', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-recordings-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const check = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [RECORD, '--check', folder], { encoding: 'utf8' })
    return { status, said: (stdout + stderr).trim().split('\n') }
  }
  const none = (language: string) =>
    `${language}: no recordings; where the machine has no voice, a chime is heard for each announcement.`
  assert.deepEqual(check(), { status: 1, said: LANGUAGES.map(none) })
  recordAll(folder, (text, _voice, file) => writeFileSync(file, text))
  assert.deepEqual(check(), { status: 0, said: ['every sentence of every language is recorded'] })
  rmSync(join(folder, 'easy', 'takeCard.title.ogg'))
  rmSync(join(folder, 'en'), { recursive: true })
  const count = everySentence('ja').size
  const one = (language: string) =>
    `${language}: 1 of ${count} recordings are missing, a chime is heard in their place: takeCard.title`
  assert.deepEqual(check(), { status: 1, said: [one('ja'), one('easy'), none('en')] })
})
