/** Scripts of PC/SC calls, run against a real pcscd and against our service: whatever pcscd does, the service does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sideBySide } from './side-by-side.ts'

test('sharing, transactions, resets, waits and cancels are those of pcscd', async () => {
  const { theirs, own } = await sideBySide('sharing-semantics.py', true)
  // The vpcd driver has no attributes; drivers of real readers have the ATR, and so have ours.
  assert.deepEqual(theirs['atr attribute'], ['0x8010001f', ''])
  assert.deepEqual(own['atr attribute'], ['0x00000000', '3be000ff8131fe4514'])
  delete theirs['atr attribute']
  delete own['atr attribute']
  assert.ok(Object.keys(theirs).length > 40)
  assert.deepEqual(own, theirs)
})

test('every mode, protocol, disposition and length, with a card, without one and when it goes, are those of pcscd', async () => {
  const { theirs, own } = await sideBySide('call-semantics.py', false)
  // The packaged driver has a second slot.
  assert.deepEqual(theirs['readers'], ['0x00000000', ['Virtual PCD 00 00', 'Virtual PCD 00 01']])
  assert.deepEqual(own['readers'], ['0x00000000', ['Virtual PCD 00 00']])
  delete theirs['readers']
  delete own['readers']
  assert.ok(Object.keys(theirs).length > 150)
  assert.deepEqual(own, theirs)
})
