/** Random command sequences: chip and model must agree on every status word and every try counter. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hex } from '../../src/base/hex.ts'
import { PowerLost } from '../../src/card/ports.ts'
import { type ApplicationName, signCommand, TestCard, testCard } from './card.ts'
import { EXPECTED } from './expected-access.ts'
import { type Act, Model } from './model.ts'

type Application = Exclude<ApplicationName, 'isd'>
const NAMES = Object.keys(EXPECTED) as Application[]
const byte = (value: number): string => hex(Uint8Array.of(value))

const sfi = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0x01, 0x02, 0x06, 0x0a, 0x11, 0x17, 0x18, 0x1a, 0x1b, 0x1c) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 0x1e }) },
)
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('select' as const), application: fc.constantFrom(...NAMES) }),
  fc.record({
    kind: fc.constantFrom('read' as const, 'sign' as const, 'authenticate' as const, 'query' as const),
    sfi,
  }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('verify' as const), sfi, right: fc.boolean() }) },
  fc.record({ kind: fc.constant('change' as const), sfi, command: fc.constantFrom('24' as const, '32' as const) }),
  fc.constantFrom({ kind: 'warmReset' as const }, { kind: 'powerCycle' as const }),
)

const pinBytes = (value: string): string => byte(value.length) + hex(Buffer.from(value))

/** The command of an act, as the model's PIN values stand before it. */
function commandOf(act: Act, model: Model): string {
  const name = model.application as Application
  if (act.kind === 'read') return `00B0${byte(0x80 | act.sfi)}0001`
  if (act.kind === 'sign') return signCommand(2, 0x80 | act.sfi, '11'.repeat(32))
  if (act.kind === 'authenticate') return `008800${byte(0x80 | act.sfi)}011100`
  if (act.kind === 'query') return `002000${byte(0x80 | act.sfi)}`
  if (act.kind === 'verify')
    return `002000${byte(0x80 | act.sfi)}${pinBytes(act.right ? model.value(name, act.sfi) : '000')}`
  if (act.kind !== 'change') throw new TypeError(act.kind)
  const header = act.command === '24' ? '002401' : '803200'
  return `${header}${byte(0x80 | act.sfi)}${pinBytes(model.otherValue(name, act.sfi))}`
}

const stored = testCard().card

test('the chip agrees with the model over random sequences', () => {
  fc.assert(
    fc.property(fc.array(acts, { minLength: 1, maxLength: 60 }), (sequence) => {
      const card = new TestCard(stored.fork())
      card.card.powerOn('contact')
      const model = new Model()
      for (const act of sequence) {
        const { memory } = card.card
        const writes = memory.writes
        if (act.kind === 'warmReset') card.card.warmReset()
        else if (act.kind === 'powerCycle') card.card.powerOn('contact')
        else if (act.kind === 'select') card.select(act.application)
        else if (model.application !== undefined) {
          const command = commandOf(act, model)
          const response = card.send(command)
          const expected = model.step(act)
          assert.equal(response.slice(-4), expected?.toString(16).toUpperCase(), `${model.application}: ${command}`)
          assert.ok(response.length === 4 || expected === 0x9000, 'data comes only with 9000')
          if (act.kind !== 'verify' && act.kind !== 'change')
            assert.equal(memory.writes, writes, 'only VERIFY and CHANGE write')
          continue
        }
        model.step(act)
      }
      for (const name of NAMES) {
        card.select(name)
        for (const pin of Object.keys(EXPECTED[name].pins).map(Number))
          assert.equal(card.sw(`002000${byte(0x80 | pin)}`), `63C${model.tries(name, pin).toString(16).toUpperCase()}`)
      }
    }),
    { numRuns: 400 },
  )
})

test('one VERIFY spends at most one try, wherever the power fails', () => {
  const anyPin = fc.constantFrom(
    ...NAMES.flatMap((name) => Object.keys(EXPECTED[name].pins).map((pin) => [name, Number(pin)] as const)),
  )
  const value = fc.uint8Array({ minLength: 1, maxLength: 16 })
  const place = fc.constantFrom('before' as const, 'inside' as const, 'after' as const)
  fc.assert(
    fc.property(anyPin, fc.option(value), fc.integer({ min: 1, max: 3 }), place, ([name, pin], wrong, write, at) => {
      const card = new TestCard(stored.fork())
      card.card.powerOn('contact')
      card.select(name)
      const query = `002000${byte(0x80 | pin)}`
      const tries = () => Number.parseInt(card.sw(query).slice(3), 16)
      const before = tries()
      card.card.memory.planCut({ write: card.card.memory.writes + write, at })
      try {
        card.send(query + (wrong ? byte(wrong.length) + hex(wrong) : pinBytes(EXPECTED[name].pins[pin] ?? '')))
      } catch (error) {
        assert.ok(error instanceof PowerLost)
        card.card.powerOn('contact')
        card.select(name)
      }
      assert.ok(tries() === before || tries() === before - 1)
    }),
    { numRuns: 300 },
  )
})
