/** Recorded guidance: every sentence the screens can say has a recording, under a name that is a file's in every language. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { announcementOf, enteredSentence } from '../../apps/terminal/renderer/shared/announce.ts'
import { recordAll, VOICES } from '../../apps/terminal/speech/record.ts'
import { everySentence } from '../../apps/terminal/speech/sentences.ts'
import { VIEWS } from './views.ts'

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
  assert.ok(existsSync(join(folder, 'easy', 'triesLeft-3.ogg')))
  assert.ok(asked.includes('en-gb: 3 tries left') && asked.includes('ja: あと 3かい いれることが できます'))
})
