/** SCP03 on the card (facts: globalplatform-scp03.md): every key length × i × level, the rules of abort, R-MAC sessions, velocity. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, hex } from '../../src/base/hex.ts'
import { exchange, ISD, poweredCard } from './card.ts'
import { select } from './content.ts'
import { split, Terminal, testKeys } from './terminal.ts'

const PARAMETERS = [0x00, 0x10, 0x20, 0x30, 0x60, 0x70]
const LEVELS = [0x00, 0x01, 0x03, 0x11, 0x13, 0x33]
const offered = (i: number, level: number) =>
  ((level & 0x10) === 0 || (i & 0x20) !== 0) && ((level & 0x20) === 0 || (i & 0x40) !== 0)

for (const keyLength of [16, 24, 32] as const)
  test(`AES-${keyLength * 8}: every i, S16 or not, at every security level`, () => {
    for (const i of PARAMETERS.flatMap((base) => [base, base | 1]))
      for (const level of LEVELS) {
        const card = poweredCard({ keyLength, i })
        const options = { keys: testKeys(keyLength), level, s16: (i & 1) !== 0 }
        if (!offered(i, level)) {
          const { authenticate } = Terminal.begin(card, options)
          assert.equal(split(card.transmit(authenticate)).sw, '6A86', `i ${i} level ${level}`)
          continue
        }
        const terminal = Terminal.open(card, options)
        for (let round = 0; round < 3; round++) {
          assert.equal(terminal.send('80F28002', '4F00').sw, '9000', `i ${i} level ${level}`)
          assert.equal(terminal.send('80CA0066').sw, '9000', 'the counter advances without data too')
          assert.equal(terminal.send('80F20102', '4F00').sw, '6A86', 'an error goes out bare')
        }
      }
  })

test('pseudo-random challenges count up, in memory, and end at the maximum with 6985', () => {
  const card = poweredCard()
  const initialise = '8050000008000102030405060700'
  const counter = () => exchange(card, initialise).slice(-10, -4)
  assert.equal(counter(), '000001')
  card.powerOff()
  card.powerOn('contactless')
  assert.equal(counter(), '000002')
  assert.equal(exchange(card, '80CA00C100'), 'C1030000029000')
  card.memory.write('gp/A000000151000000.counter.FF', fromHex('FFFFFE'))
  assert.equal(counter(), 'FFFFFF')
  assert.equal(exchange(card, initialise), '6985')
})

test('random challenges differ and carry no counter', () => {
  const card = poweredCard({ i: 0x60 })
  const answers = [0, 1].map(() => exchange(card, '8050000008000102030405060700'))
  assert.equal(answers[0]?.length, (29 + 2) * 2)
  assert.notEqual(answers[0], answers[1])
})

test('INITIALIZE UPDATE: lengths, key versions', () => {
  const card = poweredCard()
  assert.equal(exchange(card, '80500000080001020304050607'), exchange(poweredCard(), '8050000008000102030405060700'))
  assert.equal(exchange(card, `${'8050000007000102030405060700'.slice(0, -4)}00`), '6700')
  assert.equal(exchange(card, '8050010008000102030405060700'), '6A88')
  assert.equal(exchange(card, '8050000108000102030405060700'), '6A86')
})

test('a wrong MAC aborts the session until a new INITIALIZE UPDATE or selection', () => {
  for (const revive of ['initialise', 'select', 'warm reset', 'power'] as const) {
    const card = poweredCard()
    const terminal = Terminal.open(card, { level: 0x01 })
    const command = terminal.wrap('80F28002', fromHex('4F00'))
    command[command.length - 2] = (command[command.length - 2] as number) ^ 1
    assert.equal(hex(card.transmit(command)), '6982')
    assert.equal(terminal.send('80CA0066').sw, '6982', 'also what needs no channel')
    assert.equal(exchange(card, '80CA006600'), '6982')
    assert.equal(exchange(card, '84820100100000000000000000000000000000000000'), '6982')
    if (revive === 'select') select(card, ISD)
    if (revive === 'warm reset') card.warmReset()
    if (revive === 'power') card.powerOn('contact')
    if (revive !== 'initialise') assert.match(exchange(card, '80CA006600'), /9000$/)
    assert.equal(Terminal.open(card).send('80F28002', '4F00').sw, '9000')
  }
})

test('a command below the level of the session aborts it; above a level without MAC too', () => {
  const card = poweredCard()
  Terminal.open(card, { level: 0x01 })
  assert.equal(exchange(card, '80F28002024F0000'), '6982')
  assert.equal(exchange(card, '80CA006600'), '6982')
  const plain = Terminal.open(card, { level: 0x00 })
  assert.equal(plain.send('80F28002', '4F00').sw, '9000')
  assert.equal(exchange(card, '84CA0066080000000000000000'), '6982')
  assert.equal(exchange(card, '80CA006600'), '6982')
})

test('without a session: free commands pass, managing ones and secure messaging are 6982', () => {
  const card = poweredCard()
  assert.match(exchange(card, '80CA006600'), /9000$/)
  assert.equal(exchange(card, '80F28002024F0000'), '6982')
  assert.equal(exchange(card, '84F28002080000000000000000'), '6982')
  assert.equal(exchange(card, '848201001000000000000000000000000000000000'), '6985', 'no INITIALIZE UPDATE')
})

test('replayed, reordered and truncated commands are refused', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card, { level: 0x33 })
  const first = terminal.wrap('80F28002', fromHex('4F00'))
  assert.match(hex(card.transmit(first)), /9000$/)
  assert.equal(hex(card.transmit(first)), '6982')
  const other = Terminal.open(card, { level: 0x33 })
  other.wrap('80F28002', fromHex('4F00'))
  assert.equal(hex(card.transmit(other.wrap('80CA0066'))), '6982', 'one was left out')
  Terminal.open(card, { level: 0x01 })
  assert.equal(exchange(card, '84CA00660400000000'), '6982', 'shorter than a MAC')
})

test('extended Lc is part of the MAC', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  assert.equal(terminal.send('80F28002', '4F00', 65536).sw, '9000')
})

test('BEGIN and END R-MAC SESSION (7.1.3)', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card, { level: 0x01 })
  assert.equal(terminal.send('80780003').sw, '6985', 'none has begun')
  assert.equal(terminal.send('807A3001').sw, '6985', 'R-ENC needs C-DEC')
  assert.equal(terminal.send('807A2001').sw, '6A86')
  assert.equal(terminal.send('807A1001').sw, '9000')
  terminal.level = 0x11
  assert.equal(terminal.send('80F28002', '4F00').sw, '9000')
  assert.equal(terminal.send('807A1001').sw, '6985', 'one is in progress')
  assert.equal(terminal.send('80780003').sw, '9000')
  terminal.level = 0x01
  assert.equal(terminal.send('80F28002', '4F00').sw, '9000')
  assert.equal(Terminal.open(card, { level: 0x11 }).send('807A1001').sw, '6985')
  const strong = Terminal.open(card, { level: 0x03 })
  assert.equal(strong.send('807A3001').sw, '9000')
  strong.level = 0x33
  assert.equal(strong.send('80F28002', '4F00').sw, '9000')
  assert.equal(exchange(poweredCard(), '807A100100'), '6985')
})

test('wrong cryptograms: 6300, and from the third in a row on a growing number of refusals (decision 0080)', () => {
  const card = poweredCard()
  const wrong = `8482010010${'00'.repeat(16)}`
  const initialise = '8050000008000102030405060700'
  const refusals: number[] = []
  for (let failure = 1; failure <= 6; failure++) {
    assert.match(exchange(card, initialise), /9000$/)
    assert.equal(exchange(card, wrong), '6300')
    card.powerOn('contact')
    let count = 0
    while (exchange(card, initialise) === '6985') count++
    refusals.push(count)
  }
  assert.deepEqual(refusals, [0, 0, 1, 2, 4, 8])
  Terminal.open(card)
  assert.equal(card.memory.read('gp/A000000151000000.velocity'), undefined)
})

test('the failure is counted before the comparison: a power cut does not save a try', () => {
  const card = poweredCard()
  assert.match(exchange(card, '8050000008000102030405060700'), /9000$/)
  card.memory.planCut({ write: card.memory.writes + 2, at: 'before' })
  assert.equal(exchange(card, `8482010010${'00'.repeat(16)}`), '6300')
  assert.deepEqual([...(card.memory.read('gp/A000000151000000.velocity') ?? [])], [1, 0])
})

test('logical channels: refused on a My Number chip, independent on a plain GlobalPlatform card', () => {
  assert.equal(exchange(poweredCard(), '0070000001'), '6D00')
  assert.equal(exchange(poweredCard(), '01A4040000'), '6881')
  const card = poweredCard({ channels: true })
  assert.equal(exchange(card, '81CA006600'), '6881', 'not open')
  assert.equal(exchange(card, '0070000001'), '019000')
  assert.equal(exchange(card, '00700005'), '9000')
  assert.equal(exchange(card, '0070000001'), '029000')
  const terminal = Terminal.open(card)
  assert.match(exchange(card, '81CA006600'), /9000$/, 'the other channel has no session')
  assert.equal(exchange(card, '81F28002024F0000'), '6982')
  assert.match(exchange(card, 'C1CA006600'), /9000$/, 'channel 5 in the further coding')
  assert.equal(terminal.send('80F28002', '4F00').sw, '9000', 'and the session goes on')
  const onChannel = terminal.wrap('80F28002', fromHex('4F00'))
  onChannel[0] = 0x85
  assert.equal(hex(card.transmit(onChannel)), '6982', 'a session belongs to its channel')
  assert.equal(exchange(card, '00708001'), '9000')
  assert.equal(exchange(card, '00708001'), '6985')
  assert.equal(exchange(card, '00708000'), '6A86')
  card.warmReset()
  assert.equal(exchange(card, 'C1CA006600'), '6881', 'a reset closes them')
})
