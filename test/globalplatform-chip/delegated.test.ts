/** Delegated management and DAP (GPCS 2.3.1, 9.2, B.3, C): tokens of RSA-1024, RSA-2048 and P-256, receipts, signed load files. */
import assert from 'node:assert/strict'
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { AesKey } from '../../applets-sim/globalplatform/aes.ts'
import { concat, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'
import type { ChipPort } from '../../src/card/ports.ts'
import { ISD, poweredCard, sequence } from './card.ts'
import { DOMAIN, install, keyField, LIBRARY, libraryFile, list, loadFile, lv, lvs, remove, select } from './content.ts'
import { Terminal } from './terminal.ts'

const SSD = fromHex('F04D444700B1')
const INSTANCE = fromHex('F04D4447010101')

interface Signer {
  readonly name: string
  readonly field: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

const part = (text: string | undefined) => concat(Buffer.from(text ?? '', 'base64url'))

function rsa(modulusLength: 1024 | 2048): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
  const { n, e } = publicKey.export({ format: 'jwk' })
  const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return {
    name: `RSA-${modulusLength}`,
    field: concat(tlv(0xa1, part(n)), tlv(0xa0, part(e)), Uint8Array.of(0)),
    sign: (message) => (modulusLength === 1024 ? sign('sha1', message, privateKey) : sign('sha256', message, pss)),
  }
}

function ec(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' })
  const key: { key: KeyObject; dsaEncoding: 'ieee-p1363' } = { key: privateKey, dsaEncoding: 'ieee-p1363' }
  return {
    name: 'P-256',
    field: concat(tlv(0xb0, Uint8Array.of(4), part(x), part(y)), tlv(0xf0, Uint8Array.of(0)), Uint8Array.of(0)),
    sign: (message) => sign('sha256', message, key),
  }
}

/** Signs P1 ‖ P2 ‖ length ‖ the fields before the token (C.4). */
function tokenFor(signer: Signer, p1p2: string, ...fields: readonly (Uint8Array | string)[]): Uint8Array {
  const signed = lvs(...fields)
  return signer.sign(concat(fromHex(p1p2), uint(signed.length, 1), signed))
}

const RECEIPT_KEY = sequence(16, 0x20)

/** A card with a token key, a receipt key and a supplementary domain with these privileges. */
function prepared(signer: Signer, privileges: string): ChipPort {
  const card = poweredCard()
  const issuer = Terminal.open(card)
  assert.equal(issuer.send('80D80001', concat(Uint8Array.of(0x70), signer.field)).sw, '9000', 'token key')
  const receipt = concat(Uint8Array.of(0x71), keyField(issuer.keys.dek, RECEIPT_KEY))
  assert.equal(issuer.send('80D80001', receipt).sw, '9000', 'receipt key')
  assert.equal(install(issuer, DOMAIN, SSD, { privileges }).sw, '9000')
  return card
}

for (const signer of [rsa(1024), rsa(2048), ec()])
  test(`${signer.name}: a domain with Delegated Management needs a token for each step and gets receipts`, () => {
    const card = prepared(signer, 'A00000')
    assert.equal(select(card, SSD).sw, '9000')
    const terminal = Terminal.open(card)
    const block = libraryFile()
    const hash = createHash('sha256').update(block).digest()
    assert.equal(loadFile(terminal, LIBRARY.package, block, { hash }).sw, '6982', 'no token')
    const forged = tokenFor(signer, '0200', LIBRARY.package, SSD, hash, '01')
    assert.equal(loadFile(terminal, LIBRARY.package, block, { domain: SSD, hash, token: forged }).sw, '6982')
    const token = tokenFor(signer, '0200', LIBRARY.package, SSD, hash, '')
    const loaded = loadFile(terminal, LIBRARY.package, block, { domain: SSD, hash, token })
    assert.equal(loaded.sw, '9000')
    checkReceipt(loaded.data, 1, LIBRARY.package, SSD)

    assert.equal(install(terminal, LIBRARY, INSTANCE).sw, '6982')
    const fields = [LIBRARY.package, LIBRARY.module, INSTANCE, '000000', 'C900'] as const
    const installed = install(terminal, LIBRARY, INSTANCE, { token: tokenFor(signer, '0C00', ...fields) })
    assert.equal(installed.sw, '9000')
    checkReceipt(installed.data, 2, LIBRARY.package, INSTANCE)

    const WARD = fromHex('F04D444700B3')
    const ward = [DOMAIN.package, DOMAIN.module, WARD, '800000', 'C900'] as const
    const made = install(terminal, DOMAIN, WARD, { privileges: '800000', token: tokenFor(signer, '0C00', ...ward) })
    checkReceipt(made.data, 3, DOMAIN.package, WARD)
    const update = ['', '', INSTANCE, '000000', 'EF04C8020400'] as const
    const updated = terminal.send('80E64000', lvs(...update, tokenFor(signer, '4000', ...update)))
    checkReceipt(updated.data, 4, SSD, INSTANCE, new Uint8Array(), fromHex('000000'), fromHex('EF04C8020400'))
    const move = [WARD, '', INSTANCE, '', ''] as const
    const moved = terminal.send('80E61000', lvs(...move, tokenFor(signer, '1000', ...move)))
    checkReceipt(moved.data, 5, SSD, INSTANCE, WARD)

    assert.equal(remove(terminal, INSTANCE).sw, '6982')
    const object = tlv(0x4f, INSTANCE)
    const removal = signer.sign(concat(fromHex('0000'), uint(object.length, 1), object))
    const removed = terminal.send('80E40000', concat(object, tlv(0x9e, removal)))
    assert.equal(removed.sw, '9000')
    checkReceipt(removed.data, 6, INSTANCE)
    assert.equal(install(terminal, DOMAIN, fromHex('F04D444700B2'), { privileges: '804000' }).sw, '6982')
  })

/** 11.1.6, decision 0130: length ‖ LV receipt, LV counter, LV card unique data; the receipt is over what follows it and the fields. */
function checkReceipt(data: Uint8Array, count: number, ...fields: readonly Uint8Array[]): void {
  assert.equal(data[0], data.length - 1, 'length of the confirmation')
  assert.equal(data[1], 16)
  const confirmation = data.subarray(18)
  assert.equal(hex(confirmation.subarray(0, 3)), `02${hex(uint(count, 2))}`)
  assert.equal(hex(confirmation.subarray(3)), hex(lv(fromHex('0102030405060708'))), 'IIN and CIN')
  const expected = new AesKey(RECEIPT_KEY).cmac(concat(confirmation, ...fields.map(lv)))
  assert.equal(hex(data.subarray(2, 18)), hex(expected))
}

test('a domain without management privileges manages nothing; Authorized Management works without token in its own part', () => {
  const signer = ec()
  const plain = prepared(signer, '800000')
  select(plain, SSD)
  const powerless = Terminal.open(plain)
  assert.equal(loadFile(powerless, LIBRARY.package, libraryFile()).sw, '6985')
  assert.equal(install(powerless, DOMAIN, fromHex('F04D444700B2'), { privileges: '800000' }).sw, '6985')

  const card = prepared(signer, '804000')
  select(card, SSD)
  const own = Terminal.open(card)
  assert.equal(loadFile(own, LIBRARY.package, libraryFile(), { domain: ISD }).sw, '6985', 'not below itself')
  assert.equal(loadFile(own, LIBRARY.package, libraryFile()).sw, '9000')
  assert.equal(install(own, LIBRARY, INSTANCE).sw, '9000')
  assert.deepEqual(list(own, '40'), [hex(SSD), hex(INSTANCE)], 'it sees its own part only')
  assert.deepEqual(list(own, '80'), [])
  assert.equal(remove(own, SSD, true).sw, '6985', 'not itself')
  assert.equal(remove(own, LIBRARY.package, true).sw, '9000')
})

test('keys of its own close a domain to those who have the keys above it', () => {
  const card = prepared(ec(), '804000')
  select(card, SSD)
  const first = Terminal.open(card)
  const key = sequence(16, 0x11)
  const fields = [1, 2, 3].map(() => keyField(first.keys.dek, key))
  assert.equal(first.send('80D80081', concat(Uint8Array.of(0x30), ...fields)).sw, '9000')
  select(card, SSD)
  const { authenticate } = Terminal.begin(card, { keys: { enc: key, mac: key, dek: key } })
  assert.equal(hex(card.transmit(authenticate)), '9000')
  select(card, SSD)
  assert.throws(() => Terminal.begin(card), /card cryptogram/)
})

test('DAP: a load file for such a domain needs its signature; with Mandated DAP every load file does', () => {
  const signer = ec()
  for (const privileges of ['C00000', 'C10000']) {
    const card = poweredCard()
    const issuer = Terminal.open(card)
    assert.equal(install(issuer, DOMAIN, SSD, { privileges }).sw, '9000')
    select(card, SSD)
    const own = Terminal.open(card)
    assert.equal(own.send('80D80001', concat(Uint8Array.of(0x73), signer.field)).sw, '9000')
    select(card, ISD)
    const terminal = Terminal.open(card)
    const block = libraryFile()
    const hash = createHash('sha256').update(block).digest()
    const domain = privileges === 'C10000' ? ISD : SSD
    const dap = (over: Uint8Array) => tlv(0xe2, tlv(0x4f, SSD), tlv(0xc3, signer.sign(over)))
    assert.equal(loadFile(terminal, LIBRARY.package, block, { domain, hash }).sw, '6982', 'unsigned')
    const other = dap(sequence(32))
    assert.equal(loadFile(terminal, LIBRARY.package, block, { domain, hash, daps: [other] }).sw, '6982', 'wrong')
    const changed = libraryFile(1)
    assert.equal(loadFile(terminal, LIBRARY.package, changed, { domain, hash, daps: [dap(hash)] }).sw, '6982', 'hash')
    assert.equal(loadFile(terminal, LIBRARY.package, block, { domain, daps: [dap(hash)] }).sw, '6982', 'no hash')
    assert.deepEqual(list(terminal, '20'), ['A0000001515350'])
    assert.equal(loadFile(terminal, LIBRARY.package, block, { domain, hash, daps: [dap(hash)] }).sw, '9000')
  }
})
