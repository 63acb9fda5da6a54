/** The failure catalogue is whole: every code in both languages, on its page, with the rules of the counter kept. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  FAILURES,
  type FailureCode,
  failureTextKey,
  isFailureCode,
  tellFailure,
} from '../../src/base/failures/catalogue.ts'
import { ENGLISH } from '../../src/base/failures/english.ts'
import { JAPANESE } from '../../src/base/failures/japanese.ts'
import { failurePage } from '../../src/base/failures/page.ts'

const CODES = Object.keys(FAILURES) as FailureCode[]

test('every code is told in both languages, and only they', () => {
  for (const words of [ENGLISH, JAPANESE]) {
    assert.deepEqual(Object.keys(words.failures).sort(), [...CODES].sort())
    for (const code of CODES) {
      const { happened, cardIsSafe, toDo } = tellFailure(code, words)
      for (const sentence of [happened, cardIsSafe, toDo]) assert.match(sentence, /\S[.。]$/, `${code}: ${sentence}`)
    }
  }
  for (const code of CODES) {
    const { happened, cardIsSafe, toDo } = tellFailure(code, JAPANESE)
    for (const sentence of [happened, cardIsSafe, toDo]) assert.match(sentence, /[\u3040-\u30ff]/, `${code}: Japanese`)
  }
})

test('no failure says "unexpected error", and every text is its own', () => {
  for (const words of [ENGLISH, JAPANESE]) {
    const happened = Object.values(words.failures).map(([what]) => what)
    assert.equal(new Set(happened).size, happened.length)
    assert.ok(!happened.some((text) => /unexpected error|エラーが発生/i.test(text)))
  }
})

test('a blocked PIN is final, and a text key names its code', () => {
  assert.equal(FAILURES.pinBlocked.retriable, false)
  assert.equal(FAILURES.wrongPin.retriable, true)
  assert.equal(failureTextKey('pinBlocked'), 'failure.pinBlocked')
  assert.equal(isFailureCode('pinBlocked'), true)
  assert.equal(isFailureCode('toString'), false)
})

test('docs/failures.md is the catalogue (node test/library/write-failure-page.ts writes it)', () => {
  assert.equal(readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8'), failurePage())
})
