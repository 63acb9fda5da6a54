/** Where each right ends: quotas before and during a load, other people's content, key sets, a session that was aborted. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { freeAreas, ORDINANCE_AREA } from '../../applets-sim/globalplatform/free-areas.ts'
import { concat, EMPTY, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'
import { exchange, ISD, poweredCard } from './card.ts'
import {
  DOMAIN,
  install,
  keySetField,
  LIBRARY,
  libraryFile,
  list,
  loadBlock,
  loadFile,
  lvs,
  remove,
  STAFF,
  select,
} from './content.ts'
import { Terminal, testKeys } from './terminal.ts'

const SSD = fromHex('F04D444700B1')

test('a quota is known before the load: 6A84 to the size announced, or to the first block that is too much (F27)', () => {
  const terminal = Terminal.open(poweredCard({ entries: freeAreas(ISD) }))
  const announced = (size: number) =>
    terminal.send('80E60200', lvs(LIBRARY.package, ORDINANCE_AREA, '', tlv(0xef, tlv(0xc6, uint(size, 4))), ''))
  assert.equal(announced(0x8001).sw, '6A84')
  assert.equal(announced(0x7fc0 + 0x41).sw, '6A84', 'the area itself uses some')
  assert.equal(announced(0x7fc0).sw, '9000')
  terminal.send('80E60200', lvs(LIBRARY.package, ORDINANCE_AREA, '', '', ''))
  const file = tlv(0xc4, libraryFile(0xa000))
  const answers: string[] = []
  for (let block = 0; answers.at(-1) !== '6A84' && block < 200; block++)
    answers.push(terminal.send(`80E800${hex(uint(block, 1))}`, file.subarray(block * 200, block * 200 + 200)).sw)
  assert.equal(answers.length, Math.floor(0x7fc0 / 200) + 1)
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile(0xa000)).sw, '9000', 'there is room beside it')
})

test('what is reserved for a domain is for that domain, also when the rest of the card is full', () => {
  const card = poweredCard({ memory: { nonVolatile: 10_000, volatile: 1000 } })
  const issuer = Terminal.open(card)
  assert.equal(
    install(issuer, DOMAIN, SSD, { privileges: '800000', parameters: fromHex('EF06D80400001770') }).sw,
    '9000',
  )
  assert.equal(loadFile(issuer, LIBRARY.package, libraryFile(4000)).sw, '6A84')
  assert.equal(loadFile(issuer, LIBRARY.package, libraryFile(3600)).sw, '9000')
  assert.equal(loadFile(issuer, STAFF.package, libraryFile(5000)).sw, '6A84')
  const staff = loadBlock({
    package: { aid: STAFF.package, major: 1, minor: 0 },
    applets: [STAFF.module],
    codeSize: 5000,
  })
  const announced = tlv(0xef, tlv(0xc6, uint(staff.length, 2)))
  assert.equal(loadFile(issuer, STAFF.package, staff, { domain: SSD, parameters: announced }).sw, '9000')
})

test('Authorized Management ends at the own hierarchy; Global Delete reaches further, never to itself', () => {
  for (const [privileges, sw] of [
    ['804000', '6985'],
    ['805000', '9000'],
  ] as const) {
    const card = poweredCard()
    const issuer = Terminal.open(card)
    loadFile(issuer, LIBRARY.package, libraryFile())
    assert.equal(install(issuer, DOMAIN, SSD, { privileges }).sw, '9000')
    select(card, SSD)
    const domain = Terminal.open(card)
    assert.equal(remove(domain, LIBRARY.package).sw, sw, privileges)
    assert.equal(remove(domain, SSD, true).sw, '6985', 'itself')
    assert.deepEqual(list(Terminal.open(card), '40').includes(hex(SSD)), true)
  }
})

test('a domain hands on no management right that it does not hold, neither at installation nor later', () => {
  const ward = fromHex('F04D444700B3')
  const card = poweredCard()
  assert.equal(install(Terminal.open(card), DOMAIN, SSD, { privileges: '904000' }).sw, '9000')
  select(card, SSD)
  const domain = Terminal.open(card)
  for (const [privileges, sw] of [
    ['900000', '9000'],
    ['804000', '9000'],
    ['880000', '6985'],
    ['801000', '6985'],
    ['800800', '6985'],
    ['800400', '6985'],
  ] as const) {
    assert.equal(install(domain, DOMAIN, ward, { privileges }).sw, sw, privileges)
    if (sw === '9000') assert.equal(remove(domain, ward).sw, '9000')
    assert.equal(install(domain, DOMAIN, ward, { privileges: '800000' }).sw, '9000')
    assert.equal(domain.send('80E64000', lvs('', '', ward, privileges, '', '')).sw, sw, privileges)
    assert.equal(remove(domain, ward).sw, '9000')
  }
})

test('personalisation is the own domain\u2019s, and not for what is locked', () => {
  const card = poweredCard()
  const issuer = Terminal.open(card)
  const instance = fromHex('F04D4447010101')
  assert.equal(install(issuer, DOMAIN, SSD, { privileges: '800000' }).sw, '9000')
  loadFile(issuer, LIBRARY.package, libraryFile())
  assert.equal(install(issuer, LIBRARY, instance).sw, '9000')
  const personalise = () => issuer.send('80E62000', lvs('', '', instance, '', '', '')).sw
  assert.equal(personalise(), '9000')
  issuer.send('80F04080', instance)
  assert.equal(personalise(), '6985', 'locked')
  issuer.send('80F04000', instance)
  assert.equal(issuer.send('80E61000', lvs(SSD, '', instance, '', '', '')).sw, '9000')
  assert.equal(personalise(), '6985', 'of another domain')
})

test('extradition needs room in the quota of the new domain; without it everything stays where it was', () => {
  const terminal = Terminal.open(poweredCard())
  const parameters = fromHex('EF04C8020200')
  assert.equal(install(terminal, DOMAIN, SSD, { privileges: '800000', parameters }).sw, '9000')
  loadFile(terminal, LIBRARY.package, libraryFile(1000))
  const before = hex(terminal.send('80F22002', '4F00').data)
  assert.equal(terminal.send('80E61000', lvs(SSD, '', LIBRARY.package, '', '', '')).sw, '6A84')
  assert.equal(hex(terminal.send('80F22002', '4F00').data), before)
})

test('a domain that is locked or deleted from another channel manages nothing more', () => {
  const card = poweredCard({ channels: true })
  const issuer = Terminal.open(card)
  assert.equal(install(issuer, DOMAIN, SSD, { privileges: '804000' }).sw, '9000')
  assert.equal(exchange(card, '0070000001'), '019000')
  assert.match(exchange(card, `01A4040006${hex(SSD)}00`), /9000$/)
  const onOther = {
    transmit: (apdu: Uint8Array) => card.transmit(apdu.map((byte, i) => (i === 0 ? byte | 0x01 : byte))),
  }
  const domain = Terminal.open(onOther as never)
  assert.equal(domain.send('80F24002', '4F00').sw, '9000')
  assert.equal(issuer.send('80F04080', SSD).sw, '9000')
  assert.equal(domain.send('80F24002', '4F00').sw, '6985')
  assert.equal(issuer.send('80F04000', SSD).sw, '9000')
  assert.equal(domain.send('80F24002', '4F00').sw, '9000')
  assert.equal(remove(issuer, SSD).sw, '9000')
  assert.equal(domain.send('80F24002', '4F00').sw, '6985')
})

test('a DAP block counts only from a domain with that privilege; STORE DATA says what it does not do', () => {
  const card = poweredCard()
  const issuer = Terminal.open(card)
  assert.equal(install(issuer, DOMAIN, SSD, { privileges: '800000' }).sw, '9000')
  const block = libraryFile()
  const hash = createHash('sha256').update(block).digest()
  const dap = tlv(0xe2, tlv(0x4f, SSD), tlv(0xc3, new Uint8Array(64)))
  assert.equal(loadFile(issuer, LIBRARY.package, block, { hash, daps: [dap] }).sw, '6985')
  assert.equal(issuer.send('80E2E000', '4203112233').sw, '6A81', 'encrypted under the DEK')
  assert.equal(issuer.send('80E28800', '4203112233').sw, '6A81', 'data groupings')
  assert.equal(issuer.send('80E28000', '5F2103112233').sw, '6A88', 'no such object')
})

test('PUT KEY: signature keys only in their versions, no set over another one, nothing beyond the quota', () => {
  const card = poweredCard()
  const issuer = Terminal.open(card)
  const point = concat(
    fromHex('04'),
    fromHex('6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296'),
    fromHex('4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5'),
  )
  const publicKey = (version: string) =>
    concat(fromHex(version), tlv(0xb0, point), tlv(0xf0, fromHex('00')), fromHex('00'))
  assert.equal(issuer.send('80D80001', publicKey('30')).sw, '6A80')
  assert.equal(issuer.send('80D80001', publicKey('73')).sw, '9000')
  const { dek } = issuer.keys
  for (const version of [0x30, 0x31])
    assert.equal(issuer.send('80D80081', keySetField(dek, version, testKeys())).sw, '9000')
  assert.equal(issuer.send('80D83081', keySetField(dek, 0x31, testKeys())).sw, '6985')
  assert.equal(issuer.send('80D83081', keySetField(dek, 0x32, testKeys())).sw, '9000')

  assert.equal(install(issuer, DOMAIN, SSD, { privileges: '800000', parameters: fromHex('EF04C802007E') }).sw, '9000')
  select(card, SSD)
  const domain = Terminal.open(card)
  const put = (terminal: Terminal) => terminal.send('80D80081', keySetField(dek, 0x30, testKeys())).sw
  assert.equal(put(domain), '6A84', '64 bytes for the domain and 63 of keys')
  assert.deepEqual(card.memory.keys('gp/F04D444700B1.'), [], 'and nothing of them is kept')
})

test('a domain that has used its quota up to the last byte can still count its sessions, and hinders nobody', () => {
  const card = poweredCard()
  const issuer = Terminal.open(card)
  const parameters = fromHex('EF04C802007F')
  assert.equal(install(issuer, DOMAIN, SSD, { privileges: '800000', parameters }).sw, '9000')
  select(card, SSD)
  const first = Terminal.open(card)
  assert.equal(first.send('80D80081', keySetField(first.keys.dek, 0x30, testKeys())).sw, '9000')
  select(card, SSD)
  Terminal.open(card)
  assert.equal(hex(card.memory.read('gp/F04D444700B1.counter.30') ?? EMPTY), '000001')
  select(card, ISD)
  assert.equal(loadFile(Terminal.open(card), LIBRARY.package, libraryFile()).sw, '9000')
})

test('an aborted session stays aborted, whatever comes but INITIALIZE UPDATE', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  terminal.level = 0x01
  assert.equal(terminal.send('80F28002', '4F0000').sw, '6982', 'data that was not encrypted, under a right MAC')
  terminal.level = 0x33
  assert.equal(terminal.send('80F28002', '4F00').sw, '6982', 'one as it should be comes too late')
  for (const command of ['80CA006600', '848201001000000000000000000000000000000000', '80CA006600', '807A100100'])
    assert.equal(exchange(card, command), '6982', command)
  assert.match(hex(card.transmit(fromHex('8050000008000102030405060700'))), /9000$/)
  assert.match(exchange(card, '80CA006600'), /9000$/, 'begun anew and given up: as if there had been none')
})
