/** What a thief tries first (kiosk-ux: birth date, expiry year, repeated, ascending). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ascii } from '../../src/base/bytes.ts'
import { easilyGuessed } from '../../src/procedures/steps/guessable.ts'

const PRINTED = { birth: '19890331', expiry: '20350331' }
const guessed = (pin: string, printed = PRINTED) => easilyGuessed(ascii(pin), printed)

test('a row of digits or letters, whichever way it goes', () => {
  for (const pin of ['1111', '1234', '9876', 'AAAAAA', 'ABCDEF']) assert.ok(guessed(pin), pin)
  for (const pin of ['1357', '1235', '8024', 'ABCABC1']) assert.ok(!guessed(pin), pin)
})

test('dates that stand on the card, in the Japanese era too (平成元年)', () => {
  for (const pin of ['0331', '3103', '1989', '8903', '0103', '2035']) assert.ok(guessed(pin), pin)
  for (const pin of ['X19890331', 'A890331', '010331K']) assert.ok(guessed(pin), pin)
  for (const pin of ['0332', '1990', '2036', 'A8903B']) assert.ok(!guessed(pin), pin)
})

test('nothing is made of what is not known, or is no date', () => {
  for (const printed of [{}, { birth: '19890000' }, { birth: '', expiry: '' }])
    for (const pin of ['0331', '0103', '8024']) assert.ok(!easilyGuessed(ascii(pin), printed), pin)
  assert.ok(easilyGuessed(ascii('1989'), { birth: '19890000' }))
})
