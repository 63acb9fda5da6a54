/** Fuzzing of every command's data field, and the registry against a model over random command sequences. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { concat, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'
import { ISD, poweredCard } from './card.ts'
import { DOMAIN, install, keySetField, LIBRARY, libraryFile, list, loadFile, lvs, remove, select } from './content.ts'
import { Terminal, testKeys } from './terminal.ts'

const INSTANCE = fromHex('F04D4447010101')

const GOOD: readonly (readonly [header: string, data: Uint8Array])[] = [
  ['80E60200', lvs('F04D444703', ISD, '', 'EF04C6020160', '')],
  ['80E60C00', lvs(LIBRARY.package, LIBRARY.module, 'F04D4447010102', '000000', 'EF04C8020400C900', '')],
  ['80E60C00', lvs(DOMAIN.package, DOMAIN.module, 'F04D444700B1', '804000', 'C900', '')],
  ['80E60800', lvs('', '', INSTANCE, '000000', '', '')],
  ['80E61000', lvs(ISD, '', INSTANCE, '', '', '')],
  ['80E62000', lvs('', '', INSTANCE, '', '', '')],
  ['80E64000', lvs('', '', INSTANCE, '100000', 'EF04C8020400', '')],
  ['80E88000', tlv(0xc4, libraryFile())],
  ['80E40000', tlv(0x4f, INSTANCE)],
  ['80E40080', tlv(0x4f, LIBRARY.package)],
  ['80E40000', fromHex('D00101D20130')],
  ['80F24002', fromHex('4F005C039F704F')],
  ['80F04080', INSTANCE],
  ['80F0600F', ISD],
  ['80D80081', keySetField(testKeys().dek, 0x30, testKeys())],
  ['80E29000', fromHex('4204AABBCCDD45021234')],
  ['80E28800', fromHex('010104313233340201024142')],
]

/** What must hold whatever has been sent: every cell has an owner, listings end, memory is not overdrawn, the channel answers. */
function sane(card: SimulatedCard, terminal: Terminal): void {
  const aids = ['80', '40', '20', '10'].flatMap((scope) => list(terminal, scope))
  for (const key of card.memory.keys('gp/').filter((cell) => cell.includes('.')))
    assert.ok(aids.includes(key.slice(3, key.indexOf('.'))), `${key} belongs to nobody`)
  const free = terminal.send('80CAFF21')
  assert.equal(free.sw, '9000')
  assert.doesNotMatch(hex(free.data), /8204(00000000|FFFF)/)
  const copy = card.fork()
  copy.powerOn('contact')
  assert.equal(select(copy, ISD).sw, '9000')
}

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('random' as const), bytes: fc.uint8Array({ maxLength: 200 }) }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(400), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(400) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(400),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
)
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

function mutate(data: Uint8Array, change: Mutation): Uint8Array {
  if (change.kind === 'random') return change.bytes
  const at = change.at % (data.length + 1)
  if (change.kind === 'cut') return data.subarray(0, at)
  if (change.kind === 'insert') return concat(data.subarray(0, at), change.bytes, data.subarray(at))
  return data.map((byte, i) => (i === at ? change.value : byte))
}

test('no data field of any command breaks the card', () => {
  const base = poweredCard()
  const first = Terminal.open(base)
  assert.equal(loadFile(first, LIBRARY.package, libraryFile()).sw, '9000')
  assert.equal(install(first, LIBRARY, INSTANCE, { p1: '04' }).sw, '9000')
  for (const [header, data] of GOOD)
    fc.assert(
      fc.property(mutation, fc.integer({ min: -1, max: 255 }), fc.boolean(), (change, p, second) => {
        const card = base.fork()
        card.powerOn('contact')
        const terminal = Terminal.open(card)
        if (header.startsWith('80E8')) terminal.send('80E60200', lvs('F04D444701', '', '', '', ''))
        const bytes = fromHex(header)
        if (p >= 0) bytes[second ? 3 : 2] = p
        // The card may be locked or terminated on purpose: that is another test.
        if (bytes[1] === 0xf0 && bytes[2] === 0x80) return
        const answer = terminal.send(hex(bytes), mutate(data, change))
        assert.notEqual(answer.sw, '6F00')
        sane(card, terminal)
      }),
      { numRuns: 40 },
    )
})

test('no raw command does either', () => {
  const card = poweredCard()
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
      const answer = card.transmit(bytes)
      assert.ok(answer.length >= 2)
    }),
    { numRuns: 2000 },
  )
})

/** The registry as a person would keep it in the head. */
interface Model {
  loaded: boolean
  /** Instance number → locked? */
  readonly instances: Map<number, boolean>
}

interface Real {
  readonly card: SimulatedCard
  terminal: Terminal
}

const instanceAid = (n: number) => concat(LIBRARY.module, uint(n, 1))

function check(model: Model, { terminal }: Real): void {
  const expected = [...model.instances.keys()].map((n) => hex(instanceAid(n))).sort()
  const seen = list(terminal, '40').filter((aid) => aid.startsWith('F04D'))
  assert.deepEqual([...seen].sort(), expected)
  assert.equal(list(terminal, '20').includes(hex(LIBRARY.package)), model.loaded)
}

const step = (name: string, run: (model: Model, real: Real) => void): fc.Command<Model, Real> => ({
  check: () => true,
  run: (model, real) => {
    run(model, real)
    check(model, real)
  },
  toString: () => name,
})

const number = fc.integer({ min: 1, max: 4 })

const commands: fc.Arbitrary<fc.Command<Model, Real>>[] = [
  fc.constant(
    step('load', (model, real) => {
      const { sw } = loadFile(real.terminal, LIBRARY.package, libraryFile())
      assert.equal(sw, model.loaded ? '6985' : '9000')
      model.loaded = true
    }),
  ),
  number.map((n) =>
    step(`install ${n}`, (model, real) => {
      const { sw } = install(real.terminal, LIBRARY, instanceAid(n))
      const expected = !model.loaded ? '6A88' : model.instances.has(n) ? '6985' : '9000'
      assert.equal(sw, expected)
      if (expected === '9000') model.instances.set(n, false)
    }),
  ),
  number.map((n) =>
    step(`delete ${n}`, (model, real) => {
      assert.equal(remove(real.terminal, instanceAid(n)).sw, model.instances.delete(n) ? '9000' : '6A88')
    }),
  ),
  fc.boolean().map((related) =>
    step(`delete package${related ? ' and all' : ''}`, (model, real) => {
      const expected = !model.loaded ? '6A88' : model.instances.size > 0 && !related ? '6985' : '9000'
      assert.equal(remove(real.terminal, LIBRARY.package, related).sw, expected)
      if (expected !== '9000') return
      model.loaded = false
      model.instances.clear()
    }),
  ),
  fc.tuple(number, fc.boolean()).map(([n, lock]) =>
    step(`${lock ? 'lock' : 'unlock'} ${n}`, (model, real) => {
      const { sw } = real.terminal.send(lock ? '80F04080' : '80F04000', instanceAid(n))
      const state = model.instances.get(n)
      const expected = state === undefined ? '6A88' : lock || state ? '9000' : '6985'
      assert.equal(sw, expected)
      if (expected === '9000') model.instances.set(n, lock)
    }),
  ),
  number.map((n) =>
    step(`select ${n}`, (model, real) => {
      const state = model.instances.get(n)
      // A shorter AID that begins another one would select that: these have one length.
      assert.equal(select(real.card, instanceAid(n)).sw, state === false ? '9000' : '6A82')
      select(real.card, ISD)
      real.terminal = Terminal.open(real.card)
    }),
  ),
  fc.constant(
    step('power', (_, real) => {
      real.card.powerOff()
      real.card.powerOn('contactless')
      real.terminal = Terminal.open(real.card)
    }),
  ),
]

test('the registry is what a model of it says, over random sequences of commands', () => {
  const base = poweredCard()
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 40 }), (sequence) => {
      fc.modelRun(() => {
        const card = base.fork()
        card.powerOn('contact')
        return { model: { loaded: false, instances: new Map() }, real: { card, terminal: Terminal.open(card) } }
      }, sequence)
    }),
    { numRuns: 60 },
  )
})
