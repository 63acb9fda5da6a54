/** Chip generations and behaviour switches: facts 1.3, 1.4, 1.9, 11.1. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { IMAGE, PINS, signCommand, testCard } from './card.ts'

describe('facts 1.3: answers to reset', () => {
  for (const [generation, atr] of [
    ['E0', '3BE000FF8131FE4514'],
    ['DA', '3BDA13FF8131FB468012392F31C173C601C03B'],
    ['C5', '3BC5FF8131FB458073C6010000'],
  ] as const)
    test(`contact, ${generation}`, () => {
      const card = testCard({ generation })
      assert.equal(hex(card.card.powerOn('contact')), atr)
      assert.equal(hex(card.card.warmReset()), atr)
      card.card.powerOn('contactless')
      assert.equal(card.send('00CA5F5100'), `${atr.slice(2)}9000`, 'GET DATA 5F51 through either interface')
    })

  for (const [attributes, atr] of [
    ['000005E0B381A1', '3B888001000005E0B381A1007F'],
    ['000041E0B381A1', '3B888001000041E0B381A1003B'],
    ['004B51FF0081D1', '3B888001004B51FF0081D100BC'],
    ['004B51FFB381D1', '3B888001004B51FFB381D1000F'],
  ] as const)
    test(`contactless, ${attributes}`, () => {
      const { card } = testCard({ contactlessAtr: attributes })
      assert.equal(hex(card.powerOn('contactless')), atr)
    })
})

describe('facts 1.4: command chaining', () => {
  const pin = hex(Buffer.from(PINS.auth))

  test('in the DA generation', () => {
    const card = testCard({ generation: 'DA' })
    card.select('jpki')
    assert.equal(card.send(`1020009802${pin.slice(0, 4)}`), '9000')
    assert.equal(card.send(`0020009802${pin.slice(4)}`), '9000')
    assert.equal(card.send(`902A029710${'00'.repeat(16)}`), '9000')
    assert.match(card.send(`802A029710${'00'.repeat(16)}00`), /^.{512}9000$/)
  })

  test('a stranger in the chain is refused and ends it', () => {
    const card = testCard({ generation: 'DA' })
    card.select('jpki')
    assert.equal(card.send(`1020009802${pin.slice(0, 4)}`), '9000')
    assert.equal(card.send('0084000008'), '6883')
    assert.equal(card.send(`0020009804${pin}`), '9000')
  })

  test('more than a command can hold is refused', () => {
    const card = testCard({ generation: 'DA' })
    const part = `10200098 00 8000${'00'.repeat(0x8000)}`
    assert.equal(card.send(part), '9000')
    assert.equal(card.send(part), '6700')
  })

  for (const generation of ['E0', 'C5'] as const)
    test(`not in the ${generation} generation`, () => {
      const card = testCard({ generation })
      card.select('jpki')
      assert.equal(card.send(`1020009802${pin.slice(0, 4)}`), '6884')
    })
})

describe('facts 1.9: the first command after power-up', () => {
  test('is answered', () => assert.equal(testCard().sw('00A4040C05D392F00026'), '9000'))
  test('is answered 6F00 once, by a switch', () => {
    const card = testCard({ firstCommandFails: true })
    assert.equal(card.send('00A4040C05D392F00026'), '6F00')
    assert.equal(card.send('00A4040C05D392F00026'), '9000')
    card.card.warmReset()
    assert.equal(card.send('00200098'), '63C3')
    card.card.powerOn('contact')
    assert.equal(card.send('00A4040C05D392F00026'), '6F00')
  })
})

describe('facts 1.4: 61xx and 6Cxx, by a switch', () => {
  const card = testCard({ getResponse: true })
  card.select('visual')

  test('a response to a command with data waits for GET RESPONSE', () => {
    assert.equal(card.send(signCommand(2, 0, '00'.repeat(32))), '6100')
    assert.match(card.send('00C0000000'), /^.{512}9000$/)
    assert.equal(card.send('00C0000000'), '6985')
  })
  test('in pieces', () => {
    card.send(signCommand(2, 0, '00'.repeat(32)))
    assert.match(card.send('00C00000C8'), /^.{400}6138$/)
    assert.match(card.send('00C0000038'), /^.{112}9000$/)
  })
  test('another command loses it', () => {
    card.send(signCommand(2, 0, '00'.repeat(32)))
    assert.match(card.send('0084000008'), /9000$/)
    assert.equal(card.send('00C0000000'), '6985')
  })
  test('a wrong Le is corrected', () => {
    assert.equal(card.send('00CA5F5100'), '6C08')
    assert.match(card.send('00CA5F5108'), /^E0.*9000$/)
    assert.match(card.send('00B08400000000'), /9000$/)
  })
})

test('without power a card is silent', () => {
  const card = SimulatedCard.fromImage(IMAGE)
  assert.throws(() => card.transmit(fromHex('0084000008')), { name: 'PowerLost' })
  assert.throws(() => card.warmReset(), { name: 'PowerLost' })
})
