/** Forms that two public clients use and the facts page does not capture: bare 80 as a length, INSTALL in pieces, 42, 45 and 67. */
import assert from 'node:assert/strict'
import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { concat, EMPTY, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { findTlv, parseTlvs, tlv } from '../../src/base/tlv.ts'
import { exchange, ISD, poweredCard } from './card.ts'
import { DOMAIN, install, LIBRARY, libraryFile, list, loadFile, lv, lvs, remove, select } from './content.ts'
import { Terminal } from './terminal.ts'

const SSD = fromHex('F04D444700B1')
const INSTANCE = fromHex('F04D4447010101')

test('SELECT: 6F { 84, A5 { 9F65 } }, a block size of one byte, and no GlobalPlatform version that an older client would refuse', () => {
  const data = fromHex(exchange(poweredCard(), '00A4040000')).subarray(0, -2)
  const fci = parseTlvs(findTlv(parseTlvs(data), 0x6f) ?? EMPTY)
  assert.equal(hex(findTlv(fci, 0x84) ?? EMPTY), hex(ISD))
  const proprietary = parseTlvs(findTlv(fci, 0xa5) ?? EMPTY)
  assert.deepEqual(
    proprietary?.map(({ tag, value }) => [tag, hex(value)]),
    [[0x9f65, 'FF']],
  )
})

test('42 and 45: with their tag in class 80 (GPCS 11.3), bare in class 00 (facts 1.7), however they came onto the card', () => {
  const card = poweredCard()
  assert.equal(exchange(card, '80CA004200'), '4204010203049000')
  const terminal = Terminal.open(card)
  assert.equal(terminal.send('80E29000', '42031122334502AABB').sw, '9000')
  select(card, ISD)
  assert.equal(exchange(card, '80CA004200'), '42031122339000')
  assert.equal(exchange(card, '00CA004200'), '1122339000')
  assert.equal(exchange(card, '80CA004500'), '4502AABB9000')
  assert.equal(exchange(card, '00CA004500'), 'AABB9000')
})

test('67 (GPCS H.4): SCP03 with its i and AES lengths, privileges that can be granted, hashes and signatures', () => {
  for (const i of [0x00, 0x60, 0x71]) {
    const answer = parseTlvs(fromHex(exchange(poweredCard({ i }), '80CA006700')).subarray(0, -2))
    const objects = parseTlvs(findTlv(answer, 0x67) ?? EMPTY)
    assert.equal(hex(findTlv(objects, 0xa0) ?? EMPTY), `800103${hex(tlv(0x81, uint(i, 1)))}820107`)
    assert.deepEqual(
      [0x81, 0x82, 0x83, 0x85, 0x86, 0x87, 0x88].map((tag) => hex(findTlv(objects, tag) ?? EMPTY)),
      ['F9DC00', '181C00', '01020304', '7B', '38', '7B', '00'],
    )
  }
})

test('what 67 says of privileges is what INSTALL does', () => {
  for (let bit = 0; bit < 24; bit++) {
    const asked = 0x800000 | (1 << bit)
    const terminal = Terminal.open(poweredCard())
    const { sw } = install(terminal, DOMAIN, SSD, { privileges: hex(uint(asked, 3)) })
    assert.equal(sw, (asked & 0xf9dc00) === asked ? '9000' : '6A80', `domain, ${hex(uint(asked, 3))}`)
    const other = Terminal.open(poweredCard())
    loadFile(other, LIBRARY.package, libraryFile())
    const plain = 1 << bit
    const application = install(other, LIBRARY, INSTANCE, { privileges: hex(uint(plain, 3)) })
    assert.equal(application.sw, (plain & 0x181c00) === plain ? '9000' : '6A80', `application, ${hex(uint(plain, 3))}`)
  }
})

test('an RSA-1024 key and its token with lengths of a bare 80; its DAP signature may use SHA-256 (B.3)', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const n = concat(Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'))
  const key = concat(fromHex('A180'), n, fromHex('A003010001'), fromHex('00'))
  const card = poweredCard()
  const issuer = Terminal.open(card)
  assert.equal(issuer.send('80D80001', concat(fromHex('70'), key)).sw, '9000')
  assert.equal(install(issuer, DOMAIN, SSD, { privileges: 'E00000' }).sw, '9000')
  select(card, SSD)
  const domain = Terminal.open(card)
  assert.equal(domain.send('80D80001', concat(fromHex('73'), key)).sw, '9000')
  const block = libraryFile()
  const hash = createHash('sha256').update(block).digest()
  const fields = lvs(LIBRARY.package, SSD, hash, '')
  const token = sign('sha1', concat(fromHex('0200'), uint(fields.length, 1), fields), privateKey)
  assert.equal(domain.send('80E60200', concat(fields, fromHex('80'), token)).sw, '9000')
  const signed = tlv(0xe2, tlv(0x4f, SSD), tlv(0xc3, sign('sha256', hash, privateKey)))
  const file = concat(signed, tlv(0xc4, block))
  assert.equal(domain.send('80E88000', file).sw, '9000')
  assert.match(
    hex(domain.send('80CA00E0').data),
    /C00601[0-9A-F]{2}A180A003/,
    'components of up to 255 bytes in the short form',
  )
})

test('INSTALL in pieces (P1 bit 8): the last one answers for all; another purpose or command between them begins anew', () => {
  const terminal = Terminal.open(poweredCard())
  const fields = lvs(DOMAIN.package, DOMAIN.module, SSD, '800000', 'C900', '')
  const [first, second, third] = [fields.subarray(0, 7), fields.subarray(7, 8), fields.subarray(8)]
  assert.equal(terminal.send('80E68C00', first).sw, '9000')
  assert.equal(terminal.send('80E68C00', second).sw, '9000')
  assert.deepEqual(list(terminal, '40').includes(hex(SSD)), false)
  assert.equal(terminal.send('80E60C00', third).sw, '6A80', 'the listing between them dropped what was begun')
  for (const part of [first, second]) assert.equal(hex(terminal.send('80E68C00', part).data), '00')
  assert.equal(terminal.send('80E60C00', third).sw, '9000')
  assert.ok(list(terminal, '40').includes(hex(SSD)))
  assert.equal(remove(terminal, SSD).sw, '9000')
  terminal.send('80E68C00', first)
  assert.equal(terminal.send('80E60400', concat(second, third)).sw, '6A80', 'another purpose')
  for (let i = 0; i < 10; i++) assert.equal(terminal.send('80E68200', new Uint8Array(200)).sw, '9000')
  assert.equal(terminal.send('80E68200', new Uint8Array(200)).sw, '6700', 'no endless gathering')
  assert.equal(terminal.send('80E60200', lvs(LIBRARY.package, '', '', '', '')).sw, '9000')
})

test('PUT KEY and DELETE in pieces, with RSA-2048 and its token in short commands', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const n = concat(Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'))
  const key = concat(fromHex('70'), tlv(0xa1, n), fromHex('A003010001'), fromHex('00'))
  const card = poweredCard()
  const issuer = Terminal.open(card)
  assert.deepEqual(issuer.send('80D88001', key.subarray(0, 200)), { data: EMPTY, sw: '9000' })
  assert.equal(hex(issuer.send('80CA00E0').data).includes('FFA10100'), false, 'nothing yet, and now forgotten')
  assert.match(issuer.send('80D80001', key.subarray(200)).sw, /6A80|9484/)
  issuer.send('80D88001', key.subarray(0, 200))
  assert.match(issuer.send('80D80002', key.subarray(200)).sw, /6A80|9484/, 'another key number')
  issuer.send('80D88001', key.subarray(0, 200))
  assert.deepEqual(hex(issuer.send('80D80001', key.subarray(200)).data), '70')
  assert.match(hex(issuer.send('80CA00E0').data), /C00C0170FFA10100FFA000030000/, 'extended format')
  assert.equal(install(issuer, DOMAIN, SSD, { privileges: 'A00000' }).sw, '9000')
  select(card, SSD)
  const domain = Terminal.open(card)
  const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const inPieces = (header: string, data: Uint8Array) => {
    assert.equal(
      hex(
        domain.send(
          `${header.slice(0, 4)}${hex(uint(parseInt(header.slice(4, 6), 16) | 0x80, 1))}00`,
          data.subarray(0, 200),
        ).data,
      ),
      '00',
    )
    return domain.send(header, data.subarray(200)).sw
  }
  const ward = fromHex('F04D444700B3')
  const fields = lvs(DOMAIN.package, DOMAIN.module, ward, '800000', 'C900')
  const token = sign('sha256', concat(fromHex('0C00'), uint(fields.length, 1), fields), pss)
  assert.equal(inPieces('80E60C00', concat(fields, lv(token))), '9000')
  const object = tlv(0x4f, ward)
  const removal = sign('sha256', concat(fromHex('0000'), uint(object.length, 1), object), pss)
  assert.equal(inPieces('80E40000', concat(object, tlv(0x9e, token))), '6982')
  assert.equal(inPieces('80E40000', concat(object, tlv(0x9e, removal))), '9000')
})

test('the combined load, install and make selectable (P1 0E) is refused before anything is loaded', () => {
  const terminal = Terminal.open(poweredCard())
  for (const header of ['80E60E00', '80E60E01', '80E60E03'])
    assert.equal(terminal.send(header, lvs(LIBRARY.package, '', '', '', '')).sw, '6A86')
})

test('a domain of its own from creation to removal, in the order in which a client does it', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card, { level: 0x01 })
  assert.equal(
    install(terminal, DOMAIN, SSD, { privileges: '80', parameters: fromHex('C907810203708201F0') }).sw,
    '9000',
  )
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '9000')
  assert.equal(install(terminal, LIBRARY, INSTANCE, { privileges: '00' }).sw, '9000')
  for (const what of [LIBRARY.package, INSTANCE])
    assert.equal(terminal.send('80E61000', concat(lv(SSD), fromHex('00'), lv(what), fromHex('000000')), 0).sw, '9000')
  assert.match(hex(terminal.send('80F24002', tlv(0x4f, INSTANCE)).data), /C405F04D444701CC06F04D444700B1$/)
  assert.equal(terminal.send('80F04080', INSTANCE, 0).sw, '9000')
  assert.equal(select(card, INSTANCE).sw, '6A82')
  select(card, ISD)
  const again = Terminal.open(card, { level: 0x01 })
  assert.equal(again.send('80F04000', INSTANCE, 0).sw, '9000')
  assert.equal(again.send('80F0807F', EMPTY, 0).sw, '9000')
  assert.equal(again.send('80F0800F', EMPTY, 0).sw, '9000')
  assert.equal(remove(again, SSD).sw, '6985', 'not alone')
  assert.equal(hex(remove(again, SSD, true).data), '00')
  assert.deepEqual(list(again, '20'), ['A0000001515350'])
})
