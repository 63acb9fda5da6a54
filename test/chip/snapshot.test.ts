import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PersistentMemory } from '../../applets-sim/os/memory.ts'
import { PINS, TestCard, testCard } from './card.ts'

const tries = (card: TestCard): string => {
  card.select('jpki')
  return card.sw('00200098')
}
const powered = (card: TestCard['card']): TestCard => {
  card.powerOn('contact')
  return new TestCard(card)
}

describe('snapshots and forks', () => {
  test('a restored card is as it was, and without power', () => {
    const card = testCard()
    card.select('jpki')
    card.verify(0x18, '0000')
    const snapshot = card.card.snapshot()
    const image = card.card.toImage()
    card.verify(0x18, '0000')
    assert.equal(tries(card), '63C1')
    const writes = card.card.memory.writes
    card.card.restore(snapshot)
    assert.ok(card.card.memory.writes < writes, 'the writes are counted from the snapshot on')
    assert.throws(() => tries(card), { name: 'PowerLost' })
    assert.equal(tries(powered(card.card)), '63C2')
    assert.deepEqual(card.card.toImage(), image)
  })

  test('taking one disturbs nothing', () => {
    const card = testCard()
    card.select('jpki')
    card.verify(0x18, PINS.auth)
    card.card.snapshot()
    assert.match(card.send(`802A029720${'00'.repeat(32)}00`), /9000$/)
  })

  test('forks go their own ways, however deep', () => {
    let card = testCard()
    const kept: TestCard[] = []
    for (let generation = 0; generation < 12; generation++) {
      kept.push(card)
      const fork = powered(card.card.fork())
      fork.select('licence')
      fork.verify(0x06, '0000')
      card = fork
    }
    for (const [generation, each] of kept.entries()) {
      each.select('licence')
      const left = Math.max(0, 10 - generation)
      assert.equal(each.sw('00200086'), `63C${left.toString(16).toUpperCase()}`)
    }
  })

  test('a fork of a card in power sees what is written, not what is verified', () => {
    const card = testCard()
    card.select('jpki')
    card.verify(0x18, '0000')
    card.verify(0x1b, PINS.sign)
    const fork = powered(card.card.fork())
    assert.equal(tries(fork), '63C2')
    assert.equal(fork.sw('00B0810001'), '6982')
  })
})

describe('persistent memory', () => {
  const memory = () => PersistentMemory.of([['a', Uint8Array.of(1)]])
  const value = (of: PersistentMemory, key: string) => of.read(key)?.[0]

  test('a transaction is all or nothing', () => {
    const of = memory()
    assert.throws(() =>
      of.transaction(() => {
        of.write('a', Uint8Array.of(2))
        of.write('b', Uint8Array.of(2))
        assert.equal(value(of, 'a'), 2)
        throw new Error('no')
      }),
    )
    assert.deepEqual([value(of, 'a'), value(of, 'b')], [1, undefined])
    assert.deepEqual(of.keys(), ['a'])
    of.transaction(() => {
      of.write('a', undefined)
      of.transaction(() => of.write('b', Uint8Array.of(3)))
      assert.deepEqual(of.keys(), ['b'])
    })
    assert.deepEqual([value(of, 'a'), value(of, 'b')], [undefined, 3])
  })

  for (const [write, at, a, b] of [
    [1, 'before', 1, undefined],
    [1, 'inside', 1, undefined],
    [1, 'after', 1, undefined],
    [2, 'inside', 1, undefined],
    [2, 'after', 1, undefined],
    [3, 'before', 1, undefined],
    [3, 'inside', 1, undefined],
    [3, 'after', 2, 2],
  ] as const)
    test(`power cut ${at} write ${write} of a transaction of two cells and its commit`, () => {
      const of = memory()
      of.planCut({ write, at })
      const both = () =>
        of.transaction(() => {
          of.write('a', Uint8Array.of(2))
          of.write('b', Uint8Array.of(2))
        })
      assert.throws(both, { name: 'PowerLost' })
      assert.throws(() => of.write('c', Uint8Array.of(1)), { name: 'PowerLost' })
      assert.deepEqual([value(of, 'a'), value(of, 'b')], [a, b], 'as it will be found')
      of.recover()
      assert.deepEqual([value(of, 'a'), value(of, 'b'), value(of, 'c')], [a, b, undefined])
      of.write('c', Uint8Array.of(9))
      assert.equal(value(of, 'c'), 9)
    })

  test('a single write is old or new', () => {
    for (const [at, expected] of [
      ['before', 1],
      ['inside', 1],
      ['after', 2],
    ] as const) {
      const of = memory()
      of.planCut({ write: 1, at })
      assert.throws(() => of.write('a', Uint8Array.of(2)), { name: 'PowerLost' })
      of.recover()
      assert.equal(value(of, 'a'), expected, at)
    }
  })

  test('what is written is a copy', () => {
    const of = memory()
    const bytes = Uint8Array.of(5)
    of.write('a', bytes)
    bytes[0] = 6
    assert.equal(value(of, 'a'), 5)
  })
})
