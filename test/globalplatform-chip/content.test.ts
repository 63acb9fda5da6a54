/** Card content management (GPCS 2.3.1, 9 and 11): load, install, use, list, delete – and what is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PACKAGE_OVERHEAD } from '../../applets-sim/globalplatform/memory-account.ts'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { exchange, poweredCard } from './card.ts'
import { install, LIBRARY, libraryFile, list, loadFile, lvs, remove, select } from './content.ts'
import { Terminal } from './terminal.ts'

const INSTANCE = fromHex('F04D4447010101')

test('a library card is loaded, installed, personalised, used and deleted', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '9000')
  assert.deepEqual(list(terminal, '20'), ['A0000001515350', hex(LIBRARY.package)])
  const installed = install(terminal, LIBRARY, INSTANCE)
  assert.deepEqual([installed.sw, hex(installed.data)], ['9000', '00'])
  assert.ok(list(terminal, '40').includes(hex(INSTANCE)))
  assert.equal(terminal.send('80E62000', lvs('', '', INSTANCE, '', '', '')).sw, '9000')
  const groupings = fromHex('0101 04 31323334 0201 03 4C3031 0202 04 424F4F4B')
  assert.equal(terminal.send('80E28000', groupings).sw, '9000')

  assert.match(exchange(card, '00A4040007F04D444701010100'), /^6F098407F04D44470101019000$/)
  assert.equal(exchange(card, '00B2010400'), '4C30319000', 'record 1 is free')
  assert.equal(exchange(card, '00B2020400'), '6982')
  assert.equal(exchange(card, '00200081'), '63C3')
  assert.equal(exchange(card, '002000810430303030'), '63C2')
  assert.equal(exchange(card, '002000810431323334'), '9000')
  assert.equal(exchange(card, '00B2020400'), '424F4F4B9000')
  assert.equal(exchange(card, '00DC010403414141'), '6982', 'only its domain writes')

  select(card, fromHex('A000000151000000'))
  const again = Terminal.open(card)
  assert.equal(remove(again, LIBRARY.package).sw, '6985', 'an instance depends on it')
  assert.equal(remove(again, LIBRARY.package, true).sw, '9000')
  assert.deepEqual(list(again, '20'), ['A0000001515350'])
  assert.equal(select(card, INSTANCE).sw, '6A82')
  assert.deepEqual(card.memory.keys('gp/F0'), [], 'nothing stays behind')
})

test('the applet works under the channel of its domain', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  loadFile(terminal, LIBRARY.package, libraryFile())
  install(terminal, LIBRARY, INSTANCE)
  select(card, INSTANCE)
  const own = Terminal.open(card)
  assert.equal(own.send('80DC0104', '414243').sw, '9000')
  assert.deepEqual(own.send('80B20104'), { data: fromHex('414243'), sw: '9000' })
  assert.equal(own.send('802C0281', '39393939').sw, '9000')
  select(card, INSTANCE)
  assert.equal(exchange(card, '002000810439393939'), '9000', 'selection ended the channel, the PIN holds')
})

test('a package without a known implementation is listed and answers 6F00 to everything but SELECT', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const unknown = { package: fromHex('F0999999990A'), module: fromHex('F0999999990A01') }
  const block = libraryFile()
  assert.equal(loadFile(terminal, unknown.package, block).sw, '6A80', 'the header names another package')
  const own = hex(block).replaceAll('F04D444701', 'F099999999')
  const aids = { package: fromHex('F099999999'), module: fromHex('F09999999901') }
  assert.equal(loadFile(terminal, aids.package, fromHex(own)).sw, '9000')
  assert.equal(install(terminal, aids, aids.module).sw, '9000')
  assert.ok(list(terminal, '40').includes('F09999999901'))
  assert.equal(select(card, aids.module).sw, '9000')
  assert.equal(exchange(card, '00B2010400'), '6F00')
  assert.equal(exchange(card, '8050000008000102030405060700'), '6F00')
})

test('memory is accounted for to the byte', () => {
  const card = poweredCard({ memory: { nonVolatile: 5000, volatile: 100 } })
  const terminal = Terminal.open(card)
  const free = () => {
    const { data } = terminal.send('80CAFF21')
    return Number.parseInt(hex(data).slice(-20, -12), 16)
  }
  const before = free()
  assert.equal(before, 5000)
  const block = libraryFile(1000)
  assert.equal(loadFile(terminal, LIBRARY.package, block).sw, '9000')
  assert.equal(free(), before - block.length - PACKAGE_OVERHEAD)
  assert.equal(install(terminal, LIBRARY, INSTANCE).sw, '9000')
  assert.equal(remove(terminal, LIBRARY.package, true).sw, '9000')
  assert.equal(free(), before)
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile(6000)).sw, '6A84')
  assert.equal(free(), before)
  const declared = fromHex('EF06C60400002000')
  assert.equal(loadFile(terminal, LIBRARY.package, block, { parameters: declared }).sw, '6A84')
})

test('a card with loaded applications goes through an image file and comes back', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  loadFile(terminal, LIBRARY.package, libraryFile())
  install(terminal, LIBRARY, INSTANCE)
  terminal.send('80E62000', lvs('', '', INSTANCE, '', '', ''))
  terminal.send('80E28000', '010104313233340201034C3031')
  const copy = SimulatedCard.fromImage(parseCardImage(formatCardImage(card.toImage())))
  copy.powerOn('contact')
  assert.deepEqual(copy.toImage(), card.toImage())
  assert.equal(select(copy, INSTANCE).sw, '9000')
  assert.equal(exchange(copy, '00B2010400'), '4C30319000')
})

test('an applet that is locked or deleted from another channel falls silent and leaves no cell', () => {
  const card = poweredCard({ channels: true })
  const terminal = Terminal.open(card)
  loadFile(terminal, LIBRARY.package, libraryFile())
  install(terminal, LIBRARY, INSTANCE)
  assert.equal(exchange(card, '0070000001'), '019000')
  assert.match(exchange(card, '01A4040C07F04D4447010101'), /9000$/)
  assert.equal(exchange(card, '01200081'), '63C0', 'no PIN yet')
  assert.equal(terminal.send('80F04080', INSTANCE).sw, '9000')
  assert.equal(exchange(card, '01200081'), '6985')
  assert.equal(terminal.send('80F04000', INSTANCE).sw, '9000')
  assert.equal(exchange(card, '01200081'), '63C0')
  assert.equal(remove(terminal, INSTANCE).sw, '9000')
  assert.equal(exchange(card, '012000810431323334'), '6985')
  assert.deepEqual(card.memory.keys('gp/F04D4447010101'), [])
})
