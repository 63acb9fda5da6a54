/** The reference command sequences of facts 9.4, against the hand-made card. */
import assert from 'node:assert/strict'
import { constants, createHash, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { DIGEST_INFO, KEYS, PINS, signCommand, testCard } from './card.ts'

const MESSAGE = ascii('madoguchi')
const HASH = hex(createHash('sha256').update(MESSAGE).digest())
const digestInfo = DIGEST_INFO + HASH
const pinHex = (pin: string) => hex(ascii(pin))

const isSignature = (response: string, key: keyof typeof KEYS): boolean => {
  assert.equal(response.length, 2 * 258)
  assert.equal(response.slice(-4), '9000')
  return verify('sha256', MESSAGE, KEYS[key].publicKey, fromHex(response.slice(0, -4)))
}

const jpki = () => {
  const card = testCard()
  assert.equal(card.send('00A4040C0AD392F000260100000001'), '9000')
  return card
}

describe('facts 9.4', () => {
  test('1, 2: detection and token', () => {
    const card = jpki()
    const label = `${pinHex('JPKIAPICCTOKEN2'.padEnd(32))}9000`
    assert.equal(card.send('00B0860020'), label)
    assert.equal(card.send('00A4020C020006'), '9000')
    assert.equal(card.send('00B0000020'), label)
  })

  test('3, 4: try counters', () => {
    const card = jpki()
    assert.equal(card.send('00A4020C020018'), '9000')
    assert.equal(card.send('00200080'), '63C3')
    assert.equal(card.send('00200098'), '63C3')
    assert.equal(card.send('0020009B'), '63C5')
  })

  test('5, 6: authentication signature', () => {
    const card = jpki()
    assert.equal(card.send('002000980431323334'), '9000')
    assert.equal(card.send('00A4020C020017'), '9000')
    assert.ok(isSignature(card.send(signCommand(0, 0x80, digestInfo)), 'auth'))
    assert.ok(isSignature(card.send(signCommand(0, 0x97, digestInfo)), 'auth'))
  })

  test('7, 8: signature certificate and signature', () => {
    const card = jpki()
    assert.equal(card.send('00A4020C020001'), '9000')
    assert.equal(card.send('00B0000004'), '6982')
    assert.equal(card.send(`0020009B06${pinHex(PINS.sign)}`), '9000')
    assert.equal(card.send('00A4020C020001'), '9000')
    assert.equal(card.send('00B0000004'), '308207CC9000')
    assert.equal(card.send('00B0000400').length, 2 * 258)
    assert.equal(card.send('00B0070000').length, 2 * (2000 - 0x700 + 2))
    assert.equal(card.send('00A4020C02001A'), '9000')
    assert.ok(isSignature(card.send(signCommand(0, 0x80, digestInfo)), 'sign'))
  })

  test('9, 10: free certificates', () => {
    const card = jpki()
    for (const [fid, header] of [
      ['000A', '3082062E'],
      ['0002', '30820511'],
      ['000B', '30820520'],
    ]) {
      assert.equal(card.send(`00A4020C02${fid}`), '9000')
      assert.equal(card.send('00B0000004'), `${header}9000`)
    }
  })

  test('11: no signature without PIN', () => {
    const card = jpki()
    assert.equal(card.send('00A4020C020017'), '9000')
    assert.equal(card.send(signCommand(0, 0x80, digestInfo)), '6982')
  })

  test('12: three wrong tries block', () => {
    const card = jpki()
    for (const sw of ['63C2', '63C1', '63C0']) assert.equal(card.send('002000980439393939'), sw)
    assert.equal(card.send('002000980439393939'), '6984')
    assert.equal(card.send('002000980431323334'), '6984')
    assert.equal(card.send('00200098'), '63C0')
  })

  test('13: My Number with the 4-digit PIN', () => {
    const card = testCard()
    assert.equal(card.send('00A4040C0AD3921000310001010408'), '9000')
    assert.equal(card.send('002000910431323334'), '9000')
    assert.equal(card.send('00B0810011'), `FF100C${pinHex(PINS.a)}FFFF9000`)
  })

  test('14: basic four with 照合番号B', () => {
    const card = testCard()
    card.select('text')
    assert.equal(card.send(`002000950E${pinHex(PINS.b)}`), '9000')
    assert.match(card.send('00B0820000'), /^FF20.*9000$/)
    assert.equal(card.send('00B0810000'), '6982')
  })

  test('15: My Number with 照合番号A', () => {
    const card = testCard()
    card.select('text')
    assert.equal(card.send(`002000940C${pinHex(PINS.a)}`), '9000')
    assert.match(card.send('00B0810000'), /^FF10.*9000$/)
    assert.equal(card.send('00B0820000'), '6982')
  })

  test('16: the reference that is blocked on every card', () => {
    const card = testCard()
    card.select('text')
    assert.equal(card.send('00200092'), '63C0')
    assert.equal(card.send('002000920431323334'), '6984')
  })

  test('17: change the auth PIN', () => {
    const card = jpki()
    assert.equal(card.send('002000980431323334'), '9000')
    assert.equal(card.send('00A4020C020018'), '9000')
    assert.equal(card.send('002401800435363738'), '9000')
    assert.equal(card.send('002000980435363738'), '9000')
    assert.equal(card.send('002000980431323334'), '63C2')
  })

  test('18: change the 住基 PIN in both applications', () => {
    const card = testCard()
    for (const application of ['common', 'juki'] as const) {
      card.select(application)
      assert.equal(card.send('0020009C0431323334'), '9000')
      assert.equal(card.send('803200800435363738'), '9000')
      assert.equal(card.send('0020009C0435363738'), '9000')
    }
  })

  test('19: printed data', () => {
    const card = testCard()
    assert.equal(card.send('00A4040C0AD3921000310001010402'), '9000')
    assert.equal(card.send(`002000920E${pinHex(PINS.b)}`), '9000')
    assert.equal(card.send('00A4020C020002'), '9000')
    assert.equal(card.send('00B0000007').length, 2 * 9)
    assert.equal(card.send('00B00000000000').length, 2 * 5002)
  })

  test('20: genuine-card challenge', () => {
    for (const application of ['visual', 'text'] as const) {
      const card = testCard()
      card.select(application)
      assert.ok(isSignature(card.send(signCommand(0, 0, digestInfo)), application))
    }
  })

  test('21: PSS by the default key', () => {
    const card = testCard()
    card.select('text')
    const data = hex(createHash('sha256').update('x').digest())
    const response = fromHex(card.send(signCommand(5, 0, data)))
    const key = { key: KEYS.text.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    assert.ok(verify('sha256', fromHex(data), key, response.subarray(0, 256)))
  })

  test('22: age record', () => {
    const card = testCard()
    card.select('visual')
    assert.equal(card.send(`0020009106${pinHex(PINS.birth)}`), '9000')
    assert.equal(card.sw('00B0810000'), '9000')
    assert.equal(card.sw('00B0820000'), '6982')
  })

  test('23: card record', () => {
    const card = testCard()
    card.select('common')
    assert.equal(card.send('00B2010C00'), `011C${pinHex('4000000000000011310120350331')}9000`)
  })

  test('24: licence application', () => {
    const card = testCard()
    assert.equal(card.send('00A4040C10A0000002310600000000000000000000'), '9000')
    assert.equal(card.send('00B09A0003'), 'C101009000')
    assert.equal(card.send('00200086'), '63CA')
    assert.equal(card.send('00B0820003'), '6A82')
    assert.equal(card.send('00200086042A2A2A2A'), '9000')
    assert.equal(card.send('00A4020C02001B'), '9000')
    assert.equal(card.sw('00B0000000'), '9000')
  })

  test('25: security status survives reset and same AID, not another AID', () => {
    const card = jpki()
    assert.equal(card.verify(0x18, PINS.auth), '9000')
    card.card.warmReset()
    card.select('jpki')
    assert.equal(card.sw(signCommand(0, 0x97, digestInfo)), '9000')
    assert.equal(card.send('00A4040C07A0000001510000'), '9000')
    card.select('jpki')
    assert.equal(card.sw(signCommand(0, 0x97, digestInfo)), '6982')
  })

  test('26, 27, 28: unknown names, offset past the end, bad scheme', () => {
    const card = jpki()
    assert.equal(card.send('00A4020C020099'), '6A82')
    assert.equal(card.send('00A4040C0AD392F000260100000009'), '6A82')
    assert.equal(card.send('00A4020C020002'), '9000')
    assert.equal(card.send('00B07F0000'), '6B00')
    assert.equal(card.send(signCommand(6, 0x80, digestInfo)), '6A86')
  })
})
