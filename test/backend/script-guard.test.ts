/** The relay's guard: what it lets through to a card, and every way in which it does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CardScript, cardScript, scriptText } from '../../src/wire/card-script.ts'
import { ALLOWED, objection, type RelayState, type ScriptObjection } from '../../src/wire/script-guard.ts'

const apdu = (hex: string) => ({
  kind: 'apdu' as const,
  label: 'x',
  apdu: Buffer.from(hex, 'hex').toString('base64'),
  expect: [0x9000],
})
const SELECT = apdu('00A4040000')
const RELAY: RelayState = { session: 's-1', procedure: 'pinReset', card: 'c-1', terminal: 't-1', pin: 'auth', seq: 1 }
const SCRIPT: CardScript = {
  ...{ session: 's-1', seq: 2, procedure: 'pinReset', card: 'c-1', terminal: 't-1', signature: 'AAAA' },
  steps: [SELECT, { kind: 'local', label: 'CHANGE auth', action: 'newPin', pin: 'auth', place: 'jpki' }],
}
const judge = (changes: Partial<CardScript>, signed = true) => objection({ ...SCRIPT, ...changes }, RELAY, () => signed)

test('a script that is signed, bound, next in turn and within its procedure passes', async () => {
  assert.equal(await judge({}), undefined)
})

test('every objection', async () => {
  const wrong: readonly [Partial<CardScript>, ScriptObjection][] = [
    [{ session: 's-2' }, 'otherSession'],
    [{ procedure: 'certificate' }, 'otherProcedure'],
    [{ card: 'c-2' }, 'otherCard'],
    [{ terminal: 't-2' }, 'otherTerminal'],
    [{ seq: 1 }, 'outOfSequence'],
    [{ seq: 3 }, 'outOfSequence'],
    [{ steps: Array.from({ length: ALLOWED.pinReset.steps + 1 }, () => SELECT) }, 'tooManySteps'],
    [{ steps: [apdu('80E8000000')] }, 'instruction'],
    [{ steps: [apdu('00')] }, 'instruction'],
    [{ steps: [{ kind: 'local', label: 'x', action: 'verifyPin', pin: 'auth', place: 'jpki' }] }, 'localStep'],
    [{ steps: [{ kind: 'local', label: 'x', action: 'newPin', pin: 'auth', place: 'text' }] }, 'localStep'],
    // The resident came for another PIN.
    [{ steps: [{ kind: 'local', label: 'x', action: 'newPin', pin: 'sign', place: 'jpki' }] }, 'localStep'],
  ]
  for (const [changes, expected] of wrong) assert.equal(await judge(changes), expected)
  assert.equal(await judge({}, false), 'signature')
})

test('only instructions of the procedure, whatever class and parameters: all 256', async () => {
  for (const [procedure, { instructions }] of Object.entries(ALLOWED))
    for (let ins = 0; ins < 256; ins++) {
      const relay = { ...RELAY, procedure: procedure as RelayState['procedure'] }
      const script = {
        ...SCRIPT,
        procedure: relay.procedure,
        steps: [apdu(`84${ins.toString(16).padStart(2, '0')}0000`)],
      }
      assert.equal(await objection(script, relay, () => true), instructions.includes(ins) ? undefined : 'instruction')
    }
  // CHANGE REFERENCE DATA and UNBLOCK are the host's alone.
  for (const { instructions } of Object.values(ALLOWED)) assert.ok(!instructions.includes(0x24))
})

test('the signed text tells any two different scripts apart', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'a","b')
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('apdu' as const),
      label: name,
      apdu: fc.constantFrom('AAAA', 'AKQ='),
      expect: fc.array(fc.constantFrom(0x9000, 0x6a88), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant('local' as const),
      label: name,
      action: fc.constantFrom('verifyPin' as const, 'newPin' as const),
      pin: fc.constantFrom('auth' as const, 'sign' as const),
      place: fc.constantFrom('jpki' as const, 'common' as const),
    }),
  )
  const script = fc.record({
    ...{
      session: name,
      card: name,
      terminal: name,
      procedure: fc.constantFrom('pinReset' as const, 'certificate' as const),
    },
    seq: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  })
  fc.assert(
    fc.property(script, script, (one, two) => {
      const same = JSON.stringify(one) === JSON.stringify(two)
      assert.equal(scriptText(one) === scriptText(two), same)
    }),
  )
  assert.throws(() => cardScript.parse({ ...SCRIPT, pin: '1234' }), /unrecognized/i)
})

test('every field is under the signature: one that differs alone makes another text', () => {
  const local = { kind: 'local', label: 'x', action: 'newPin', pin: 'juki', place: 'juki' } as const
  const sent = { ...SELECT, answer: 'kAA=' }
  const base = { ...SCRIPT, steps: [sent, local] }
  const others: readonly CardScript[] = [
    { ...base, session: 's-2' },
    { ...base, seq: 3 },
    { ...base, procedure: 'setUp' },
    { ...base, card: 'c-2' },
    { ...base, terminal: 't-2' },
    ...[{ label: 'y' }, { apdu: 'AAAA' }, { expect: [0x6a88] }, { answer: 'AAAA' }].map((change) => ({
      ...base,
      steps: [{ ...sent, ...change }, local],
    })),
    { ...base, steps: [SELECT, local] },
    ...([{ label: 'y' }, { action: 'verifyPin' }, { pin: 'auth' }, { place: 'common' }] as const).map((change) => ({
      ...base,
      steps: [sent, { ...local, ...change }],
    })),
  ]
  const texts = new Set([base, ...others].map(scriptText))
  assert.equal(texts.size, others.length + 1)
})
