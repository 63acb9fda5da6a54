/** The issuer's channel to the file-system applications (decision 0081). */
import assert from 'node:assert/strict'
import { constants, createPublicKey, publicDecrypt } from 'node:crypto'
import { test } from 'node:test'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { findTlv, parseTlvs } from '../../src/base/tlv.ts'
import { exchange, ISD, poweredCard } from './card.ts'
import { lvs, select } from './content.ts'
import { Terminal } from './terminal.ts'

const JPKI = fromHex('D392F000260100000001')
const forJpki = lvs('', '', JPKI, '', '', '')

test('files, PINs and keys of an application are written under the channel', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  assert.equal(terminal.send('80E62000', forJpki).sw, '9000')
  const groupings = concat(fromHex('100A 03 30 01 AA'), fromHex('3018 04 31323334'))
  assert.equal(terminal.send('80E20800', groupings).sw, '9000')
  const answer = terminal.send('80470000', '0017', 65536)
  assert.equal(answer.sw, '9000')
  assert.equal(terminal.send('802C0298', '39393939').sw, '9000')
  assert.equal(terminal.send('80E28800', fromHex('5000 01 0F')).sw, '9000')
  assert.equal(terminal.send('80470000', '0017', 65536).sw, '6985', 'the last STORE DATA ended it')

  select(card, JPKI)
  assert.equal(exchange(card, '00A4020C02000A'), '9000')
  assert.equal(exchange(card, '00B0000003'), '3001AA9000')
  assert.equal(exchange(card, '002000980439393939'), '9000')
  assert.equal(exchange(card, '00A4020C020017'), '9000')
  const digest = fromHex(`3031300D060960864801650304020105000420${'5A'.repeat(32)}`)
  const signed = card.transmit(concat(fromHex('802A008033'), digest, fromHex('00')))
  assert.equal(hex(signed.subarray(-2)), '9000')
  const template = parseTlvs(parseTlvs(answer.data)?.[0]?.value ?? new Uint8Array())
  const url = (tag: number) => Buffer.from(findTlv(template, tag) ?? []).toString('base64url')
  const key = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: url(0x81), e: url(0x82) } })
  const opened = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signed.subarray(0, -2))
  assert.equal(hex(opened), hex(digest), 'the card signs with the key it made')
})

test('a blocked PIN gets its tries back, with the old value or a new one', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  terminal.send('80E62000', forJpki)
  terminal.send('80E20800', '301804313233345000010F')
  const block = () => {
    select(card, JPKI)
    for (let i = 0; i < 3; i++) exchange(card, '002000980430303030')
    assert.equal(exchange(card, '002000980431323334'), '6984')
    select(card, ISD)
    const again = Terminal.open(card)
    again.send('80E62000', forJpki)
    return again
  }
  assert.equal(block().send('802C0398').sw, '9000')
  select(card, JPKI)
  assert.equal(exchange(card, '002000980431323334'), '9000')
  assert.equal(block().send('802C0298', '35363738').sw, '9000')
  select(card, JPKI)
  assert.equal(exchange(card, '002000980435363738'), '9000')
})

test('secrets never travel in the clear, and nobody works without having named the application', () => {
  const card = poweredCard()
  for (const level of [0x00, 0x01, 0x11]) {
    const weak = Terminal.open(card, { level })
    weak.send('80E62000', forJpki)
    assert.equal(weak.send('80E20800', '3018 04 31323334').sw, '6982', `level ${level}`)
    weak.send('80E62000', forJpki)
    assert.equal(weak.send('802C0298', '31323334').sw, '6982')
    weak.send('80E62000', forJpki)
    assert.equal(weak.send('80470000', '0017', 65536).sw, '6982')
  }
  const terminal = Terminal.open(card)
  assert.equal(terminal.send('802C0298', '31323334').sw, '6985')
  assert.equal(terminal.send('80E62000', lvs('', '', 'F0999999AA', '', '', '')).sw, '6A88')
})

test('groupings of one command are written together or not at all', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  terminal.send('80E62000', forJpki)
  const before = card.toImage().cells
  for (const [data, sw] of [
    ['100A0130 3018 02 3132', '6700'],
    ['100A0130 401702FFFF', '6A80'],
    ['100A0130 601700', '6A88'],
    ['100A0130 10FF0100', '6A82'],
    ['100A0130 1001', '6A80'],
    ['100A0130 50000155', '6A80'],
  ] as const) {
    assert.equal(terminal.send('80E20800', data).sw, sw, data)
    assert.deepEqual(card.toImage().cells, before)
  }
  assert.equal(terminal.send('80470000', '0017').sw, '6700', 'no room for the public key: nothing is generated')
  assert.deepEqual(card.toImage().cells, before)
})
