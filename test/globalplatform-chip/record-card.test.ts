/** The staff card 公務員身分証 (F29): records behind its own 4-digit PIN, spent tries that no power cut gives back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { PowerLost } from '../../src/card/ports.ts'
import { exchange, ISD, poweredCard } from './card.ts'
import { install, loadBlock, loadFile, lvs, STAFF, select } from './content.ts'
import { Terminal } from './terminal.ts'

const INSTANCE = concat(STAFF.module, fromHex('01'))

function staffCard() {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const block = loadBlock({ package: { aid: STAFF.package, major: 1, minor: 0 }, applets: [STAFF.module] })
  assert.equal(loadFile(terminal, STAFF.package, block).sw, '9000')
  assert.equal(install(terminal, STAFF, INSTANCE, { parameters: fromHex('C90101') }).sw, '6A80', 'it has no parameters')
  assert.equal(install(terminal, STAFF, INSTANCE).sw, '9000')
  const personalise = (data: string) => {
    assert.equal(terminal.send('80E62000', lvs('', '', INSTANCE, '', '', '')).sw, '9000')
    return terminal.send('80E28000', data).sw
  }
  assert.equal(personalise('0101043132334A'), '6A80', 'a PIN has digits')
  assert.equal(personalise('020103AABBCC 0301'), '6A80', 'broken grouping')
  assert.equal(personalise('0200014F'), '6A83')
  assert.equal(personalise('03010141'), '6A88')
  assert.equal(personalise('0101043132333402010341424302020144'), '9000')
  select(card, INSTANCE)
  return card
}

test('nothing can be read without the PIN, everything with it', () => {
  const card = staffCard()
  for (const record of ['01', '02']) assert.equal(exchange(card, `00B2${record}0400`), '6982')
  assert.equal(exchange(card, '002000810431323334'), '9000')
  assert.equal(exchange(card, '00B2010400'), '4142439000')
  assert.equal(exchange(card, '00B2010402'), '6700')
  assert.equal(exchange(card, '00B2030400'), '6A83')
  assert.equal(exchange(card, '00B2010500'), '6A86')
  assert.equal(exchange(card, '00200080'), '6A86')
  assert.equal(exchange(card, '00880000'), '6D00')
  assert.equal(exchange(card, '08B2010400'), '6E00')
  card.warmReset()
  assert.equal(exchange(card, '00B2020400'), '449000', 'a warm reset keeps the PIN status (facts 1.9)')
  select(card, ISD)
  select(card, INSTANCE)
  assert.equal(exchange(card, '00B2020400'), '6982', 'another selection does not')
})

test('CHANGE takes the old PIN first; three wrong ones block; the domain gives a new one', () => {
  const card = staffCard()
  assert.equal(exchange(card, '00240081083030303039393939'), '63C2')
  assert.equal(exchange(card, '002400810831323334393939'), '6700')
  assert.equal(exchange(card, '0024008108313233343939394A'), '6A80')
  assert.equal(exchange(card, '00240081083132333439393939'), '9000')
  assert.equal(exchange(card, '002C02810431323334'), '6982')
  for (const left of ['63C2', '63C1', '63C0', '6984', '6984']) assert.equal(exchange(card, '002000810431323334'), left)
  assert.equal(exchange(card, '002000810439393939'), '6984')
  const terminal = Terminal.open(card)
  assert.equal(terminal.send('802C0281', '35363738').sw, '9000')
  card.powerOn('contact')
  select(card, INSTANCE)
  assert.equal(exchange(card, '002000810435363738'), '9000')
})

test('a power cut in VERIFY never gives a try back and never takes two', () => {
  // Writes: the spent try and its commit, the comparison, all tries and their commit.
  for (const [pin, write, at, left] of [
    ['30303030', 1, 'before', '63C3'],
    ['31323334', 1, 'inside', '63C3'],
    ['31323334', 2, 'inside', '63C3'],
    ['31323334', 3, 'before', '63C2'],
    ['31323334', 4, 'inside', '63C2'],
  ] as const) {
    const card = staffCard()
    card.memory.planCut({ write: card.memory.writes + write, at })
    assert.throws(() => exchange(card, `0020008104${pin}`), PowerLost)
    card.powerOn('contact')
    select(card, INSTANCE)
    assert.equal(exchange(card, '00200081'), left, `${at} ${write}`)
    assert.equal(exchange(card, '00B2010400'), '6982')
  }
})
