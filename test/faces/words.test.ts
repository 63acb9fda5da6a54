/** The visual check speaks every language of the house, and furigana is written as it is read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FACES_WORDS, sayAtFaces } from '../../apps/terminal/renderer/faces/words/faces-catalogue.ts'
import { FACES_JAPANESE, type FacesWordKey } from '../../apps/terminal/renderer/faces/words/japanese.ts'
import { pieces } from '../../apps/terminal/renderer/shared/words/furigana.ts'
import { LANGUAGES, type Language } from '../../apps/terminal/renderer/shared/words/words.ts'
import { projectFiles, read } from '../house/tree.ts'

const keys = Object.keys(FACES_JAPANESE) as FacesWordKey[]
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort()

for (const language of Object.keys(LANGUAGES) as Language[])
  test(`${language}: every key, with the same values in it`, () => {
    const words = FACES_WORDS[language]
    assert.deepEqual(Object.keys(words).sort(), [...keys].sort())
    for (const key of keys) {
      assert.deepEqual(placeholders(words[key]), placeholders(FACES_JAPANESE[key]), key)
      for (const count of [1, 2]) {
        const said = sayAtFaces(language, key, { count, times: count })
        assert.ok(said.trim() !== '' && !/[{}#]/.test(said), said)
      }
    }
  })

test('easy Japanese has a reading over every kanji', () => {
  for (const sentence of Object.values(FACES_WORDS.easy))
    for (const { text, reading } of pieces(sentence))
      if (reading === undefined) assert.ok(!/[\p{Script=Han}《》]/u.test(text), `${sentence}: ${text}`)
      else assert.match(reading, /^[\p{Script=Hiragana}ー]+$/u, sentence)
})

test('no key is left over', () => {
  const code = projectFiles()
    .filter((path) => /^apps\/terminal\/renderer\/faces\/[^/]+\.tsx?$/.test(path))
    .map(read)
    .join('\n')
  const said = [...code.matchAll(/['`](faces\.[a-z.]*(?:\$\{[^}]+\})?)['`]/g)].map(
    ([, text]) => new RegExp(`^${(text as string).replaceAll('.', '\\.').replace(/\$\{[^}]+\}/, '\\w+')}$`),
  )
  assert.deepEqual(
    keys.filter((key) => !said.some((pattern) => pattern.test(key))),
    [],
  )
})
