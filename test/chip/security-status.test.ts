/** How long a proof lives (facts 1.9), PIN counters (3.2) and 特定機関認証 (3.9, 11). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AID, PINS, signCommand, type TestCard, testCard } from './card.ts'
import { authenticateTerminal, BODY_BLOCK, certificateFor, extended, SIGNATURE_BLOCK } from './terminal.ts'

const SIGN = signCommand(2, 0x97, '00'.repeat(32))

const verified = (): TestCard => {
  const card = testCard()
  card.select('jpki')
  assert.equal(card.verify(0x18, PINS.auth), '9000')
  return card
}

describe('facts 1.9: a successful VERIFY', () => {
  const survives: readonly [string, (card: TestCard) => void][] = [
    ['a warm reset', (card) => card.card.warmReset()],
    ['SELECT of the same AID', (card) => card.select('jpki')],
    ['SELECT of the same application by part of its name', (card) => card.send('00A4040C05D392F00026')],
    ['SELECT of an AID that is not there', (card) => card.send('00A4040C05A000000003')],
    ['SELECT of another EF', (card) => card.send('00A4020C02000A')],
    ['a wrong try at another PIN', (card) => card.verify(0x1b, 'WRONG1')],
    ['the change of its PIN', (card) => card.send('002401980435363738')],
  ]
  for (const [what, event] of survives)
    test(`survives ${what}`, () => {
      const card = verified()
      event(card)
      assert.equal(card.sw(SIGN), '9000')
    })

  const cleared: readonly [string, (card: TestCard) => void][] = [
    ['power off', (card) => card.card.powerOn('contact')],
    ['SELECT of another application', (card) => card.select('text')],
    ['SELECT of the card manager', (card) => card.select('isd')],
    ['a wrong try', (card) => card.verify(0x18, '0000')],
  ]
  for (const [what, event] of cleared)
    test(`is cleared by ${what}`, () => {
      const card = verified()
      event(card)
      card.select('jpki')
      assert.equal(card.sw(SIGN), '6982')
    })

  test('counts beside that of another PIN', () => {
    const card = verified()
    assert.equal(card.verify(0x1b, PINS.sign), '9000')
    assert.equal(card.sw(SIGN), '9000')
    assert.equal(card.sw(signCommand(2, 0x9a, '00'.repeat(32))), '9000')
  })
})

describe('facts 3.2: counters', () => {
  test('are kept through power loss and shared by nothing', () => {
    const card = testCard()
    card.select('jpki')
    card.verify(0x18, '0000')
    card.card.powerOn('contactless')
    card.select('jpki')
    assert.equal(card.sw('00200098'), '63C2')
    assert.equal(card.sw('0020009B'), '63C5')
  })

  test('of 照合番号A and B are four independent ones', () => {
    const card = testCard()
    card.select('visual')
    card.verify(0x12, '00000000000000')
    card.verify(0x13, '000000000000')
    card.select('text')
    assert.equal(card.sw('00200094'), '63CA')
    assert.equal(card.sw('00200095'), '63CA')
  })

  test('a limit of 00 is no limit: 6300', () => {
    const card = testCard({}, { common: { '001C.pin': '31323334', '001C.limit': '00' } })
    card.select('common')
    assert.equal(card.sw('0020009C'), '6300')
    for (let i = 0; i < 20; i++) assert.equal(card.verify(0x1c, '0000'), '6300')
    assert.equal(card.verify(0x1c, '1234'), '9000')
  })

  test('a reference without a value is blocked (child card, 顔認証 card)', () => {
    const card = testCard({}, { jpki: { '0018.pin': '31323334', '0018.tries': '00', '0018.limit': '03' } })
    card.select('jpki')
    for (const sfi of [0x18, 0x1b]) {
      assert.equal(card.sw(`002000${(0x80 | sfi).toString(16)}`), '63C0')
      assert.equal(card.verify(sfi, '1234'), '6984')
    }
  })

  test('one VERIFY spends at most one try', () => {
    const card = testCard()
    card.select('jpki')
    for (let left = 3; left > 0; left--) {
      const before = card.card.memory.writes
      assert.equal(card.verify(0x18, '9'), `63C${left - 1}`)
      assert.equal(card.card.memory.writes, before + 1)
    }
    const before = card.card.memory.writes
    assert.equal(card.verify(0x18, '9'), '6984')
    assert.equal(card.card.memory.writes, before)
  })
})

describe('facts 3.9: 特定機関認証', () => {
  const jpki = () => {
    const card = testCard()
    card.select('jpki')
    return card
  }

  test('gives the 利用者証明用 key for one signature', () => {
    const card = jpki()
    assert.equal(authenticateTerminal(card), '9000')
    assert.equal(card.sw(SIGN), '9000')
    assert.equal(card.sw(SIGN), '6982')
  })

  test('opens nothing else', () => {
    const card = jpki()
    authenticateTerminal(card)
    assert.equal(card.sw('00B0810001'), '6982')
    assert.equal(card.sw(signCommand(2, 0x9a, '00'.repeat(32))), '6982')
  })

  test('works where the auth PIN is blocked', () => {
    const card = jpki()
    for (let i = 0; i < 3; i++) card.verify(0x18, '0000')
    assert.equal(authenticateTerminal(card), '9000')
    assert.equal(card.sw(SIGN), '9000')
  })

  test('a verified PIN leaves the proof unused', () => {
    const card = jpki()
    authenticateTerminal(card)
    card.verify(0x18, PINS.auth)
    assert.equal(card.sw(SIGN), '9000')
    card.verify(0x18, '0000')
    assert.equal(card.sw(SIGN), '9000')
    assert.equal(card.sw(SIGN), '6982')
  })

  test('a certificate that names another certifier is refused, though the signature holds', () => {
    const card = jpki()
    const [body, signature] = certificateFor('9000020/TEST/CA2')
    assert.equal(card.sw(extended('80A206C1', body)), '9000')
    assert.equal(card.sw(extended('80A200C1', signature)), '6300')
  })

  test('a certificate by a stranger, a changed one, and a challenge used twice are refused', () => {
    const card = jpki()
    const other = Uint8Array.from(BODY_BLOCK)
    other[30] = (other[30] ?? 0) ^ 1
    assert.equal(card.sw(extended('80A206C1', other)), '9000')
    assert.equal(card.sw(extended('80A200C1', SIGNATURE_BLOCK)), '6300')
    assert.equal(card.sw(extended('80A206C1', BODY_BLOCK)), '9000')
    assert.equal(card.sw(extended('80A200C1', SIGNATURE_BLOCK)), '9000')
    card.send('0084000010')
    assert.equal(card.sw(extended('00820096', new Uint8Array(256))), '6300')
    assert.equal(card.sw(extended('00820096', new Uint8Array(256))), '6985')
    card.send('0084000004')
    assert.equal(card.sw(extended('00820096', new Uint8Array(256))), '6985')
  })
})

test('facts 2.8, 1.5: a locked application is selected with 6283 and gives nothing', () => {
  const card = testCard({}, { jpki: { '.life': '8F', '0008': '8F8F00' } })
  assert.equal(card.sw(`00A4040C0A${AID.jpki}`), '6283')
  assert.equal(card.sw('00B0880003'), '6985')
})
