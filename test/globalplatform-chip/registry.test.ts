/** The registry as the card shows it: paging, formats, life cycles, quotas, extradition, registry update (GPCS 2.3.1, 5, 6, 9, 11.4, 11.10). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aesKeySet } from '../../applets-sim/globalplatform/card-cells.ts'
import { FREE_AREA, freeAreas, ORDINANCE_AREA } from '../../applets-sim/globalplatform/free-areas.ts'
import { concat, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { exchange, ISD, poweredCard, sequence } from './card.ts'
import { DOMAIN, install, LIBRARY, libraryFile, list, loadFile, lvs, remove, select } from './content.ts'
import { Terminal } from './terminal.ts'

const INSTANCE = fromHex('F04D4447010101')
const JPKI = 'D392F000260100000001'

test('GET STATUS pages with 6310 and misses nothing', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  loadFile(terminal, LIBRARY.package, libraryFile())
  const made = Array.from({ length: 40 }, (_, i) => concat(LIBRARY.module, uint(i, 2)))
  for (const aid of made) assert.equal(install(terminal, LIBRARY, aid).sw, '9000')
  assert.equal(terminal.send('80F24002', '4F00').sw, '6310')
  assert.deepEqual(list(terminal, '40'), [JPKI, ...made.map(hex)], 'the file-system application is there too')
  assert.equal(terminal.send('80F24003', '4F00').sw, '6985', 'nothing to go on with')
  assert.equal(terminal.send('80F24002', '4F00').sw, '6310')
  assert.equal(terminal.send('80F22003', '4F00').sw, '6985', 'another scope')
  assert.equal(terminal.send('80F24002', '4F08F04D4447010100AA').sw, '6A88')
  assert.equal(
    hex(terminal.send('80F24002', '4F08F04D44470101000A5C034F9F70').data),
    'E30E4F08F04D44470101000A9F700107',
  )
})

test('GET STATUS: both formats, every scope, bad criteria', () => {
  const terminal = Terminal.open(poweredCard())
  loadFile(terminal, LIBRARY.package, libraryFile())
  assert.match(
    hex(terminal.send('80F28002', '4F00').data),
    /^E3..4F08A0000001510000009F70010FC5039EFE80CC08A000000151000000$/,
  )
  assert.equal(hex(terminal.send('80F28000', '4F00').data), '08A0000001510000000F9E')
  assert.match(hex(terminal.send('80F21002', '4F05F04D444701').data), /CE0201008406F04D44470101CC08/)
  assert.equal(hex(terminal.send('80F21000', '4F05F04D444701').data), '05F04D4447010100' + '0106F04D44470101')
  assert.equal(terminal.send('80F2C002', '4F00').sw, '6A86')
  assert.equal(terminal.send('80F24004', '4F00').sw, '6A86')
  for (const data of ['', '4F', '5C014F', '4F0050', '4F004F'])
    assert.equal(terminal.send('80F24002', data).sw, '6A80', data)
})

const STATES = [0x01, 0x07, 0x0f, 0x7f, 0xff]
/** Which steps of the card's life exist (GPCS 2.3.1, 5.1): from → to. */
const STEPS = new Set(['1>7', '7>15', '15>127', '127>15', '1>255', '7>255', '15>255', '127>255'])

test('card life cycle: every pair of states', () => {
  for (const from of STATES)
    for (const to of [...STATES, 0x00, 0x03, 0x8f]) {
      if (from === 0xff) continue
      const card = poweredCard({ card: from })
      const terminal = Terminal.open(card)
      const { sw } = terminal.send(`80F080${hex(uint(to, 1))}`)
      const expected = STEPS.has(`${from}>${to}`)
      assert.equal(sw, expected ? '9000' : '6985', `${from} > ${to}`)
      assert.equal(card.memory.read('gp/card')?.[0], expected ? to : from)
    }
})

test('a locked card knows its issuer only; a terminated one gives nothing but its data', () => {
  const card = poweredCard({ card: 0x7f })
  assert.equal(exchange(card, `00A404000A${JPKI}00`), '6A81')
  assert.match(exchange(card, '00A4040000'), /6283$/)
  const terminal = Terminal.open(card)
  assert.equal(terminal.send('80F28002', '4F00').sw, '9000')
  assert.equal(terminal.send('80CA0066').sw, '9000')
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '6985')
  assert.equal(remove(terminal, INSTANCE).sw, '6985')
  assert.equal(terminal.send('80E29000', '4201AA').sw, '6985')
  assert.equal(terminal.send('80F0800F').sw, '9000')
  assert.match(exchange(card, `00A404000A${JPKI}00`), /9000$/)
  const gone = poweredCard({ card: 0xff })
  assert.match(exchange(gone, '80CA006600'), /9000$/)
  assert.equal(exchange(gone, '8050000008000102030405060700'), '6985')
  assert.equal(exchange(gone, `00A404000A${JPKI}00`), '6A81')
  assert.equal(exchange(gone, '0084000008'), '6985')
})

test('applications are locked and unlocked into the state they had; built-in ones too', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  loadFile(terminal, LIBRARY.package, libraryFile())
  assert.equal(install(terminal, LIBRARY, INSTANCE, { p1: '04' }).sw, '9000')
  assert.equal(select(card, INSTANCE).sw, '6A82', 'INSTALLED is not selectable')
  assert.equal(terminal.send('80E60800', lvs('', '', INSTANCE, '000000', '', '')).sw, '9000')
  assert.equal(terminal.send('80E60800', lvs('', '', INSTANCE, '000000', '', '')).sw, '6985', 'only once')
  assert.equal(terminal.send('80F04080', INSTANCE).sw, '9000')
  assert.equal(exchange(card, '00A4040007F04D444701010100'), '6A82')
  assert.equal(terminal.send('80F04000', INSTANCE).sw, '9000')
  assert.equal(terminal.send('80F04007', INSTANCE).sw, '6985', 'the application itself moves on')
  assert.equal(terminal.send('80F04080', JPKI).sw, '9000')
  assert.match(exchange(card, `00A404000A${JPKI}00`), /6283$/)
  select(card, ISD)
  const again = Terminal.open(card)
  assert.equal(again.send('80F04000', JPKI).sw, '9000')
  assert.equal(again.send('80F04080', ISD).sw, '6985')
  assert.equal(again.send('80F04080', 'F0999999').sw, '6A88')
  assert.match(exchange(card, `00A404000A${JPKI}00`), /9000$/)
})

test('locking a domain with its content (P1 = 60) and giving both back', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const domain = fromHex('F04D444700B1')
  assert.equal(install(terminal, DOMAIN, domain, { privileges: '804000' }).sw, '9000')
  loadFile(terminal, LIBRARY.package, libraryFile())
  install(terminal, LIBRARY, INSTANCE)
  assert.equal(terminal.send('80E61000', lvs(domain, '', INSTANCE, '', '', '')).sw, '9000', 'extradition')
  assert.equal(terminal.send('80E61000', lvs(INSTANCE, '', domain, '', '', '')).sw, '6A88', 'to no domain')
  assert.equal(terminal.send('80E61000', lvs(domain, '', domain, '', '', '')).sw, '6985', 'to itself')
  assert.equal(terminal.send('80F06080', domain).sw, '9000')
  for (const aid of [domain, INSTANCE]) assert.equal(select(card, aid).sw, '6A82')
  assert.equal(terminal.send('80F06000', domain).sw, '9000')
  for (const aid of [INSTANCE, domain]) assert.equal(select(card, aid).sw, '9000')
  select(card, ISD)
  const again = Terminal.open(card)
  assert.equal(remove(again, domain).sw, '6985', 'it has content')
  assert.equal(remove(again, domain, true).sw, '9000')
  assert.equal(select(card, INSTANCE).sw, '6A82')
})

test('built-in content is not deleted, extradited or changed', () => {
  const terminal = Terminal.open(poweredCard())
  for (const aid of [ISD, fromHex(JPKI), DOMAIN.package]) {
    assert.equal(remove(terminal, aid).sw, '6985', hex(aid))
    assert.equal(remove(terminal, aid, true).sw, '6985', hex(aid))
  }
  assert.equal(terminal.send('80E61000', lvs(ISD, '', JPKI, '', '', '')).sw, '6985')
  assert.equal(terminal.send('80E64000', lvs('', '', JPKI, '', '', '')).sw, '6985')
  assert.equal(remove(terminal, fromHex('F099999999')).sw, '6A88')
})

test('privileges that an instance cannot have are refused, and registry update changes the others', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  loadFile(terminal, LIBRARY.package, libraryFile())
  for (const privileges of ['80', '20', '000080', '040000', '004000', '0000', 'FFFFFF'])
    assert.equal(install(terminal, LIBRARY, INSTANCE, { privileges }).sw, '6A80', privileges)
  for (const privileges of ['00', 'A04000', '040000'])
    assert.equal(install(terminal, DOMAIN, INSTANCE, { privileges }).sw, '6A80', privileges)
  assert.equal(install(terminal, LIBRARY, INSTANCE, { privileges: '10' }).sw, '9000')
  assert.equal(terminal.send('80E64000', lvs('', '', INSTANCE, '000000', '', '')).sw, '9000')
  assert.match(hex(terminal.send('80F24002', '4F07F04D4447010101').data), /C503000000/)
})

test('two areas, a quota each (F27): full means 6A84 for one and nothing for the other', () => {
  const key = sequence(16, 0x40)
  const keys = [FREE_AREA, ORDINANCE_AREA].map((domain) => ({ domain, version: 0x30, keys: aesKeySet(key, key, key) }))
  const card = poweredCard({ entries: freeAreas(ISD), keys })
  const area = (aid: Uint8Array) => {
    assert.equal(select(card, aid).sw, '9000')
    return Terminal.open(card)
  }
  const ordinance = area(ORDINANCE_AREA)
  assert.equal(loadFile(ordinance, LIBRARY.package, libraryFile(0x8000)).sw, '6A84')
  assert.deepEqual(list(ordinance, '20'), [])
  const free = area(FREE_AREA)
  assert.equal(loadFile(free, LIBRARY.package, libraryFile(0x8000)).sw, '9000')
  assert.equal(install(free, LIBRARY, INSTANCE, { parameters: fromHex('C900EF06C80400000080') }).sw, '9000')
  assert.equal(free.send('80E62000', lvs('', '', INSTANCE, '', '', '')).sw, '9000')
  assert.equal(free.send('80E28000', concat(fromHex('020150'), sequence(0x50))).sw, '6A84', 'its own quota: 128 bytes')
  assert.equal(
    install(area(ORDINANCE_AREA), LIBRARY, concat(INSTANCE, uint(1, 1))).sw,
    '6985',
    "the other area's package",
  )
})

test('volatile memory is bounded too, and reserved memory is taken at once', () => {
  const terminal = Terminal.open(poweredCard({ memory: { nonVolatile: 10000, volatile: 100 } }))
  loadFile(terminal, LIBRARY.package, libraryFile())
  const instance = (n: number) => concat(INSTANCE, uint(n, 1))
  for (const n of [1, 2, 3]) assert.equal(install(terminal, LIBRARY, instance(n)).sw, '9000')
  assert.equal(install(terminal, LIBRARY, instance(4)).sw, '6A84')
  remove(terminal, instance(1))
  assert.equal(install(terminal, LIBRARY, instance(4), { parameters: fromHex('EF06D80400002710') }).sw, '6A84')
  assert.equal(install(terminal, LIBRARY, instance(4), { parameters: fromHex('EF06D80400001000') }).sw, '9000')
})
