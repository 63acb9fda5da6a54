/** PUT KEY, DELETE [key], key information (GPCS 2.3.1, 11.8; facts: Keys), and what power loss must not do to a key set. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { PowerLost } from '../../src/card/ports.ts'
import { ISD, poweredCard, sequence } from './card.ts'
import { keyField, keySetField, select } from './content.ts'
import { Terminal, testKeys } from './terminal.ts'

const newKeys = (length: number) => ({
  enc: sequence(length, 0x60),
  mac: sequence(length, 0x80),
  dek: sequence(length, 0xa0),
})

for (const length of [16, 24, 32])
  test(`the initial set FF gives way to an AES-${length * 8} set of the issuer's own`, () => {
    const card = poweredCard()
    const terminal = Terminal.open(card)
    assert.match(hex(terminal.send('80CA00E0').data), /^E012C00401FF8810C00402FF8810C00403FF8810$/)
    const answer = terminal.send('80D80081', keySetField(terminal.keys.dek, 1, newKeys(length)))
    assert.deepEqual([answer.sw, answer.data[0], answer.data.length], ['9000', 1, 10])
    const size = hex(Uint8Array.of(length))
    assert.equal(hex(terminal.send('80CA00E0').data), `E012C004010188${size}C004020188${size}C004030188${size}`)
    select(card, ISD)
    assert.equal(hex(card.transmit(fromHex('8050FF0008000102030405060700'))), '6A88', 'FF is gone')
    assert.equal(Terminal.open(card, { keys: newKeys(length) }).send('80F28002', '4F00').sw, '9000')
  })

test('replacing a set sets its counter to zero; a new version takes the place of the old one', () => {
  const card = poweredCard()
  const first = Terminal.open(card)
  assert.equal(first.send('80D80081', keySetField(first.keys.dek, 1, newKeys(16))).sw, '9000')
  const second = Terminal.open(card, { keys: newKeys(16) })
  assert.equal(hex(second.send('80CA00C1').data), 'C103000001')
  assert.equal(second.send('80D80181', keySetField(second.keys.dek, 1, testKeys())).sw, '9000')
  assert.equal(hex(second.send('80CA00C1').data), 'C103000000')
  const third = Terminal.open(card)
  assert.equal(third.send('80D80181', keySetField(third.keys.dek, 2, newKeys(32))).sw, '9000')
  assert.match(hex(third.send('80CA00E0').data), /^E012C004010288/)
})

test('a wrong key check value, a key of a strange length or a damaged component changes nothing', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const good = keySetField(terminal.keys.dek, 1, newKeys(16))
  const before = terminal.send('80CA00E0')
  const spoilt = (at: number, value: number) => good.map((byte, i) => (i === at ? value : byte))
  for (const [data, sw] of [
    [spoilt(good.length - 1, (good.at(-1) ?? 0) ^ 1), '9485'],
    [spoilt(3, 0x18), '6A80'],
    [spoilt(3, 0x15), '9484'],
    [spoilt(2, 0x20), '6A80'],
    [spoilt(0, 0xff), '6A80'],
    [spoilt(0, 0x00), '6A80'],
    [spoilt(1, 0x80), '9484'],
    [good.subarray(0, 30), '6A80'],
    [concat(good, Uint8Array.of(0x88)), '6A80'],
  ] as const)
    assert.equal(terminal.send('80D80081', data).sw, sw)
  assert.equal(terminal.send('80D80581', good).sw, '6A88', 'there is no version 05 to replace')
  assert.deepEqual(terminal.send('80CA00E0'), before)
})

test('keys without their length byte, as YubiKey Manager sends them, and GET DATA without Le inside the channel', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const keys = newKeys(16)
  const bare = (key: Uint8Array) => {
    const field = keyField(terminal.keys.dek, key)
    return concat(Uint8Array.of(0x88, 0x10), field.subarray(3))
  }
  const fields = [keys.enc, keys.mac, keys.dek].map(bare)
  assert.equal(terminal.send('80D80081', concat(Uint8Array.of(2), ...fields)).sw, '9000')
  assert.match(hex(terminal.send('00CA00E0', '', 0).data), /^E012C00401028810/)
  assert.equal(terminal.send('00CA00CF', '', 0).sw, '9000')
  assert.equal(Terminal.open(card, { keys }).send('80F28002', '4F00').sw, '9000')
})

test('single keys: a set of two serves no channel, a set of three lengths neither', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const put = (id: number, key: Uint8Array) =>
    terminal.send(`80D800${hex(Uint8Array.of(id))}`, concat(Uint8Array.of(5), keyField(terminal.keys.dek, key))).sw
  assert.equal(put(1, sequence(16)), '9000')
  assert.equal(put(2, sequence(16)), '9000')
  assert.equal(put(2, sequence(16)), '6985', 'is there already')
  const initialise = fromHex('8050050008000102030405060700')
  assert.equal(put(3, sequence(24)), '9000')
  card.powerOn('contact')
  assert.equal(hex(card.transmit(initialise)), '6A88', 'three keys of one length (6.1)')
  const again = Terminal.open(card)
  assert.equal(again.send('80E40000', 'D00103D20105').sw, '9000')
  assert.equal(again.send('80E40000', 'D00103D20105').sw, '6A88')
  assert.equal(again.send('80E40000', 'D201FF').sw, '6985', "the session's own keys")
  assert.equal(again.send('80E40000', 'D20105').sw, '9000')
})

test('a power cut anywhere in PUT KEY leaves the old set or the new one, never parts of both', () => {
  let cuts = 0
  for (let write = 1; ; write++)
    for (const at of ['before', 'inside'] as const) {
      const card = poweredCard()
      const terminal = Terminal.open(card)
      const command = terminal.wrap('80D80081', keySetField(terminal.keys.dek, 1, newKeys(16)))
      card.memory.planCut({ write: card.memory.writes + write, at })
      try {
        card.transmit(command)
        assert.ok(cuts >= 4, 'the cuts fell inside the command')
        return
      } catch (error) {
        assert.ok(error instanceof PowerLost)
      }
      cuts++
      card.powerOn('contact')
      const keys = card.memory.keys('gp/A000000151000000.keys.')
      assert.deepEqual(keys, ['gp/A000000151000000.keys.FF'])
      assert.equal(Terminal.open(card).send('80CA00E0').sw, '9000')
    }
})
