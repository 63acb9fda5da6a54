/** Every language says everything, and furigana is written as it is read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAFF_JAPANESE, type StaffWordKey } from '../../apps/terminal/renderer/counter/words/japanese.ts'
import { type CounterKey, STAFF_WORDS, sayToStaff } from '../../apps/terminal/renderer/counter/words/staff-catalogue.ts'
import { DESK_WORDS } from '../../apps/terminal/renderer/desk/words.ts'
import { DIAGNOSTICS_WORDS } from '../../apps/terminal/renderer/diagnostics/words/diagnostics-catalogue.ts'
import { DIAGNOSTICS_JAPANESE } from '../../apps/terminal/renderer/diagnostics/words/japanese.ts'
import { pieces, spoken } from '../../apps/terminal/renderer/shared/words/furigana.ts'
import { JAPANESE, type WordKey } from '../../apps/terminal/renderer/shared/words/japanese.ts'
import { LANGUAGES, type Language, say, sayFailure } from '../../apps/terminal/renderer/shared/words/words.ts'
import { FAILURES, type FailureCode } from '../../src/base/failures/catalogue.ts'
import { projectFiles, read } from '../house/tree.ts'

const languages = Object.keys(LANGUAGES) as Language[]
const keys = Object.keys(JAPANESE) as WordKey[]
const staffKeys = Object.keys(STAFF_JAPANESE) as StaffWordKey[]
const isStaffs = (key: CounterKey): key is StaffWordKey => Object.hasOwn(STAFF_JAPANESE, key)
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort()

for (const language of languages)
  test(`${language}: every key, with the same values in it, and every failure`, () => {
    const words: Readonly<Record<string, string>> = { ...LANGUAGES[language].words, ...STAFF_WORDS[language] }
    assert.deepEqual(Object.keys(words).sort(), [...keys, ...staffKeys].sort(), 'and none is in both catalogues')
    for (const key of [...keys, ...staffKeys]) {
      const text = words[key] as string
      assert.notEqual(text.trim(), '', key)
      assert.deepEqual(placeholders(text), placeholders(isStaffs(key) ? STAFF_JAPANESE[key] : JAPANESE[key]), key)
      for (const count of [0, 1, 2, 5]) {
        const said = sayToStaff(language, key, { tries: count, count, seconds: count, pin: 'PIN', date: 'DATE' })
        assert.ok(!/[{}#]/.test(said), said)
      }
    }
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      const { happened, cardIsSafe, toDo } = sayFailure(language, code)
      for (const sentence of [happened, cardIsSafe, toDo]) assert.notEqual(sentence.trim(), '', code)
    }
  })

for (const language of languages)
  test(`${language}: the keeper’s words, with the same values in them, and none that others have`, () => {
    const words: Readonly<Record<string, string>> = DIAGNOSTICS_WORDS[language]
    assert.deepEqual(Object.keys(words).sort(), Object.keys(DIAGNOSTICS_JAPANESE).sort())
    for (const [key, text] of Object.entries(DIAGNOSTICS_JAPANESE)) {
      assert.notEqual(words[key]?.trim() ?? '', '', key)
      assert.deepEqual(placeholders(words[key] as string), placeholders(text), key)
    }
    assert.deepEqual(
      Object.keys(words).filter((key) => key in JAPANESE || key in STAFF_JAPANESE),
      [],
    )
  })

test('English counts as English does', () => {
  assert.equal(say('en', 'triesLeft', { tries: 1 }), '1 try left')
  assert.equal(say('en', 'triesLeft', { tries: 3 }), '3 tries left')
  assert.equal(say('en', 'enterPin.entered', { count: 1 }), '1 character entered')
  assert.equal(say('en', 'secondsLeft', { seconds: 20 }), '20 seconds left')
})

test('furigana: what is read stands over what is written, and a voice says the reading', () => {
  assert.deepEqual(pieces('次《つぎ》へ 行《い》く'), [
    { text: '次', reading: 'つぎ' },
    { text: 'へ ' },
    { text: '行', reading: 'い' },
    { text: 'く' },
  ])
  assert.equal(spoken('暗証番号《あんしょうばんごう》を 入《い》れる'), 'あんしょうばんごうを いれる')
  assert.deepEqual(pieces('no marks'), [{ text: 'no marks' }])
})

test('easy Japanese has a reading over every kanji, in kana, and nothing but readings in marks', () => {
  const { words, failures } = LANGUAGES.easy
  const sentences = [
    ...Object.values(words),
    ...Object.values(STAFF_WORDS.easy),
    ...Object.values(DIAGNOSTICS_WORDS.easy),
    ...Object.values(failures.failures).flat(),
    ...Object.values(failures.card),
    ...Object.values(failures.call),
  ]
  for (const sentence of sentences)
    for (const piece of pieces(sentence)) {
      if (piece.reading === undefined)
        assert.ok(!/[\p{Script=Han}《》]/u.test(piece.text), `${sentence}: ${piece.text}`)
      else assert.match(piece.reading, /^[\p{Script=Hiragana}ー]+$/u, sentence)
    }
})

test('no key is left over: each one is said somewhere', () => {
  const code = projectFiles()
    .filter((path) => /^apps\/terminal\/renderer\/.*\.tsx?$/.test(path) && !path.includes('/words/'))
    .map(read)
    .join('\n')
  const patterns = [...code.matchAll(/[`'"]([a-zA-Z.]+(?:\$\{[^}]+\}[a-zA-Z.]*)?)[`'"]/g)].map(
    ([, text]) => new RegExp(`^${(text as string).replaceAll('.', '\\.').replace(/\$\{[^}]+\}/, '[\\w]+')}$`),
  )
  assert.deepEqual(
    [...keys, ...staffKeys].filter((key) => !patterns.some((pattern) => pattern.test(key))),
    [],
  )
})

test('the desk speaks both its languages', () => {
  assert.deepEqual(Object.keys(DESK_WORDS.en).sort(), Object.keys(DESK_WORDS.ja).sort())
})
