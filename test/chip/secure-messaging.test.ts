/** Secure messaging of the 券面事項入力補助 application (facts 3.7), from the terminal's side. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { PINS, type TestCard, testCard } from './card.ts'
import { deliverKey, delivery, encrypted, SEED, secureRead, secureSelect, secureVerify } from './secure-terminal.ts'

const MY_NUMBER = `FF100C${hex(Buffer.from(PINS.a))}FFFF`

function session(card: TestCard = testCard()) {
  card.select('text')
  assert.equal(card.verify(0x11, PINS.text), '9000')
  return { card, secure: deliverKey((command) => card.card.transmit(command)) }
}

describe('facts 3.7', () => {
  test('select and read the whole file, or a part', () => {
    const { secure } = session()
    assert.equal(secureSelect(secure, '0001'), '9000')
    assert.equal(secureRead(secure, 0, 0), MY_NUMBER)
    assert.equal(secureRead(secure, 3, 4), MY_NUMBER.slice(6, 14))
    assert.equal(secureRead(secure, 15, 2), 'FFFF')
    assert.equal(secureSelect(secure, '0004'), '9000')
    assert.equal(secureRead(secure, 0, 0), '04'.repeat(568))
  })

  test('照合番号A under encryption; a wrong one costs a try', () => {
    const { card, secure } = session()
    assert.equal(secureVerify(secure, 0x14, '000000000000'), '63C9')
    assert.equal(secureVerify(secure, 0x14, PINS.a), '9000')
    assert.equal(card.sw('00200094'), '63CA')
  })

  test('class 0C is refused, advances the counter and leaves the session', () => {
    const { card, secure } = session()
    assert.equal(card.sw('0CB0810001'), '6987')
    secure.counter++
    assert.equal(secureSelect(secure, '0001'), '9000')
    assert.equal(secureRead(secure, 0, 0), MY_NUMBER)
  })

  test('a rejected command advances the counter, a plain one does not', () => {
    const { card, secure } = session()
    assert.equal(secureVerify(secure, 0x12, '0000'), '6984')
    assert.equal(card.sw('00B0810001'), '9000')
    assert.equal(secureSelect(secure, '0099'), '6A82')
    assert.equal(secureSelect(secure, '0001'), '9000')
    assert.equal(secureRead(secure, 0, 0), MY_NUMBER)
  })

  test('a counter out of step destroys the session', () => {
    const { secure } = session()
    secure.counter = 7
    assert.equal(secureSelect(secure, '0001'), '6988')
    secure.counter = 1
    assert.equal(secureSelect(secure, '0001'), '69FC')
    assert.equal(secureRead(secure, 0, 0), '69FC')
  })

  test('class 0C finds no checksum key', () => {
    const { card } = session()
    assert.equal(card.send('0CB00000059603000000'), '6987')
  })

  for (const [what, header, data] of [
    ['86 where 96 belongs', '08B08100', (): Uint8Array => fromHex(`861101${'00'.repeat(16)}`)],
    ['96 where 86 belongs', '08A4020C', () => fromHex('9603000000')],
    ['no padding indicator', '08A4020C', () => fromHex(`861100${'00'.repeat(16)}`)],
    ['part of a block', '08A4020C', () => fromHex(`860801${'00'.repeat(7)}`)],
    ['two data objects', '08B08100', () => fromHex('96030000009603000000')],
    ['an expected length of two bytes', '08B08100', () => fromHex('96020000')],
    ['no data object', '08B08100', () => fromHex('96')],
    ['another command', '0884000000'.slice(0, 8), () => fromHex('9603000008')],
  ] as const)
    test(`6988 for ${what}, then nothing but 69FC`, () => {
      const { card, secure } = session()
      const object = data()
      assert.equal(card.send(header + hex(Uint8Array.of(object.length)) + hex(object)), '6988')
      assert.equal(secureSelect(secure, '0001'), '69FC')
    })

  test('the length of a cryptogram object may be coded long', () => {
    const { card, secure } = session()
    secure.counter = 1
    const cryptogram = hex(encrypted(secure, fromHex('0001')))
    assert.equal(card.send(`08A4020C14868111 01${cryptogram}`), '9000')
  })

  test('SELECT of the same AID ends the session, not the security status', () => {
    const { card, secure } = session()
    card.select('text')
    assert.equal(secureRead(secure, 0, 0), '69FC')
    assert.equal(card.sw('00B0810001'), '9000')
  })

  test('a new key may be delivered after a destroyed session', () => {
    const { card, secure } = session()
    secure.counter = 7
    assert.equal(secureSelect(secure, '0001'), '6988')
    const again = deliverKey((command) => card.card.transmit(command))
    assert.equal(secureSelect(again, '0001'), '9000')
  })

  test('only an encryption key of 32 bytes is taken', () => {
    const { card } = session()
    for (const [message, sw] of [
      [concat(fromHex('A0228120'), SEED), '6A80'],
      [concat(fromHex('A0128010'), SEED.subarray(0, 16)), '6A80'],
      [concat(fromHex('A0448020'), SEED, fromHex('8120'), SEED), '6A80'],
      [concat(fromHex('A0228020'), SEED, fromHex('00')), '6A80'],
      [concat(fromHex('A0228020'), SEED), '9000'],
    ] as const)
      assert.equal(hex(card.card.transmit(delivery(message))), sw)
  })
})
