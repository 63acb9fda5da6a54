/** The signed records of both 券面 applications and the certificates above them, read again from nothing but facts 2. */
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { cvRootKeys } from '../../applets-sim/factory/authority.ts'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import {
  cardKey,
  cell,
  contentOf,
  cvCertificate,
  digestInfo,
  fields,
  fixedClock,
  payload,
  sha256,
  template,
} from './reading.ts'

let image: CardImage
before(async () => {
  image = await makeCardImage('resident', {}, { clock: fixedClock })
})

const rootKey = (reference: string): KeyObject => {
  const root = cvRootKeys().find((key) => key.reference === reference)
  assert.ok(root, `no root ${reference}`)
  const [n, e] = [root.modulus, root.exponent].map((octets) => Buffer.from(octets).toString('base64url'))
  return createPublicKey({ key: { kty: 'RSA', n: n as string, e: e as string }, format: 'jwk' })
}
const publicOf = (application: string, name: string): KeyObject =>
  createPublicKey(createPrivateKey({ key: cell(image, application, name), format: 'der', type: 'pkcs8' }))
const same = (a: KeyObject, b: KeyObject) => assert.ok(a.equals(b), 'another key')

/** EF 0004: verified under the published root, it gives the key of the records. */
function recordKey(application: 'visual' | 'text'): KeyObject {
  const file = cell(image, application, '0004')
  assert.equal(file.length, 568)
  const [outer] = fields(file)
  assert.equal(outer?.tag, '7F21')
  const certificate = cvCertificate(outer?.value as Buffer)
  assert.equal(certificate.certifier, application === 'visual' ? '9000023/001' : '9000033/001')
  assert.equal(certificate.subject, application === 'visual' ? '1322121/000' : '1322131/000')
  assert.ok(verify('sha256', certificate.body, rootKey(certificate.certifier), certificate.signature))
  return certificate.key
}

describe('券面事項確認AP (facts 2.4)', () => {
  test('0001: birth date, card key, signature over both; 547 octets', () => {
    const file = cell(image, 'visual', '0001')
    assert.equal(file.toString('hex', 0, 5), 'ff1082021e')
    assert.equal(file.length, 547)
    const objects = template(file, 'FF10')
    assert.deepEqual(
      objects.map(({ tag }) => tag),
      ['DF11', 'DF12', 'DF13'],
    )
    assert.equal(contentOf(objects, 'DF11').toString(), '19890331')
    same(cardKey(contentOf(objects, 'DF12')), publicOf('visual', '001A.key'))
    const signed = Buffer.concat(objects.slice(0, 2).map(({ whole }) => whole))
    assert.deepEqual(payload(recordKey('visual'), contentOf(objects, 'DF13')), digestInfo(sha256(signed)))
  })

  test('0002: offset table from the start of the file, three groups under one signature, expiry and code outside it', () => {
    const objects = template(cell(image, 'visual', '0002'), 'FF20')
    assert.deepEqual(
      objects.map(({ tag }) => tag),
      ['DF21', 'DF22', 'DF23', 'DF24', 'DF25', 'DF26', 'DF27', 'DF28', 'DF29', 'DF2A'],
    )
    const table = contentOf(objects, 'DF21')
    assert.deepEqual(
      Array.from({ length: table.length / 2 }, (_, i) => table.readUInt16BE(2 * i)),
      objects.slice(1).map(({ at }) => at),
    )
    const whole = (...tags: string[]) =>
      Buffer.concat(objects.filter(({ tag }) => tags.includes(tag)).map((object) => object.whole))
    const groups = [whole('DF22', 'DF23', 'DF24'), whole('DF25', 'DF26'), whole('DF27')].map((group) => sha256(group))
    assert.deepEqual(payload(recordKey('visual'), contentOf(objects, 'DF28')), digestInfo(Buffer.concat(groups)))
    same(cardKey(contentOf(objects, 'DF24')), publicOf('visual', '001A.key'))
    assert.equal(contentOf(objects, 'DF23').toString(), '2')
    assert.equal(contentOf(objects, 'DF29').toString(), '20340331')
    assert.ok(cell(image, 'visual', '0002').length < 0x8000, 'reachable with 15-bit offsets')
  })

  test('0003: version, key reference, municipality, opaque block', () => {
    const objects = template(cell(image, 'visual', '0003'), 'FF30')
    assert.deepEqual(
      objects.map(({ tag, value }) => [tag, value.length]),
      [
        ['DF31', 4],
        ['DF32', 16],
        ['DF33', 1],
        ['DF34', 5],
        ['DF35', 272],
      ],
    )
    assert.equal(contentOf(objects, 'DF31').toString('hex'), '06030e01')
    assert.equal(contentOf(objects, 'DF32').toString('latin1', 0, 7), '9000024')
    assert.equal(contentOf(objects, 'DF34').toString(), '13221')
  })

  test('0005: My Number image and card key, signed', () => {
    const objects = template(cell(image, 'visual', '0005'), 'FF40')
    const signed = Buffer.concat(objects.slice(0, 2).map(({ whole }) => whole))
    assert.deepEqual(payload(recordKey('visual'), contentOf(objects, 'DF43')), digestInfo(sha256(signed)))
    same(cardKey(contentOf(objects, 'DF42')), publicOf('visual', '001A.key'))
  })

  test('照合番号 and the 生年月日 key (facts 3.1)', () => {
    assert.equal(cell(image, 'visual', '0011.pin').toString(), '010331')
    assert.equal(cell(image, 'visual', '0012.pin').toString(), '01033120341234')
    assert.equal(cell(image, 'visual', '0013.pin').toString(), '123456789018')
    assert.deepEqual(
      ['0011', '0012', '0013'].map((ef) => cell(image, 'visual', `${ef}.limit`)[0]),
      [10, 10, 10],
    )
    assert.equal(cell(image, 'visual', '0006').toString('hex'), 'ff'.repeat(16))
  })
})

describe('券面事項入力補助AP (facts 2.5)', () => {
  test('0001: 15 octets of object and two of filler', () => {
    const file = cell(image, 'text', '0001')
    assert.equal(file.toString('latin1', 3, 15), '123456789018')
    assert.equal(Buffer.concat([file.subarray(0, 3), file.subarray(15)]).toString('hex'), 'ff100cffff')
  })

  test('0002: the basic four behind an offset table; the published sample comes out octet for octet (facts 9.1)', async () => {
    const sample = await makeCardImage(
      'resident',
      { holder: { name: '黒桐　幹也', address: '東京都清瀬市観布子南１２－７－２０２', birth: '19800217', sex: '1' } },
      { clock: fixedClock },
    )
    const file = cell(sample, 'text', '0002')
    const objects = template(file, 'FF20')
    assert.equal(contentOf(objects, 'DF21').toString('hex'), '000e002000590064')
    assert.deepEqual(
      objects.slice(1).map(({ at }) => at),
      [0x0e, 0x20, 0x59, 0x64],
    )
    assert.deepEqual(
      objects.slice(1).map(({ value }) => value.toString()),
      ['黒桐　幹也', '東京都清瀬市観布子南１２－７－２０２', '19800217', '1'],
    )
    assert.equal(cell(sample, 'text', '0015.pin').toString().slice(0, 6), '550217')
  })

  test('0002 with the longer length field of about 2023', async () => {
    const longer = await makeCardImage('resident', { longBasicFour: true }, { clock: fixedClock })
    const [short, long] = [image, longer].map((card) => cell(card, 'text', '0002')) as [Buffer, Buffer]
    assert.equal(long.length, short.length + 2)
    assert.equal(long.toString('hex', 0, 4), 'ff208200')
    const objects = template(long, 'FF20')
    assert.deepEqual(
      Array.from({ length: 4 }, (_, i) => contentOf(objects, 'DF21').readUInt16BE(2 * i)),
      objects.slice(1).map(({ at }) => at),
    )
  })

  test('0003: digests of the physical 0001 and of 0002 after its table, signed; 336 octets', async () => {
    for (const longBasicFour of [false, true]) {
      const card = await makeCardImage('resident', { longBasicFour }, { clock: fixedClock })
      const file = cell(card, 'text', '0003')
      assert.equal(file.length, 336)
      assert.equal(file.toString('hex', 0, 5), 'ff3082014b')
      const objects = template(file, 'FF30')
      assert.deepEqual(contentOf(objects, 'DF31'), sha256(cell(card, 'text', '0001')))
      const basicFour = template(cell(card, 'text', '0002'), 'FF20')
      assert.deepEqual(contentOf(objects, 'DF32'), sha256(...basicFour.slice(1).map(({ whole }) => whole)))
      const signed = Buffer.concat(objects.slice(0, 2).map(({ whole }) => whole))
      assert.deepEqual(payload(recordKey('text'), contentOf(objects, 'DF33')), digestInfo(sha256(signed)))
    }
  })

  test('0005: lengths that are not minimal, in a file of 256 octets', () => {
    const file = cell(image, 'text', '0005')
    assert.equal(file.length, 256)
    assert.equal(file.toString('hex', 0, 5), 'ff4082009f')
    const objects = template(file, 'FF40')
    assert.deepEqual(
      objects.map(({ tag, value, lengthOctets }) => [tag, value.length, lengthOctets]),
      [
        ['DF41', 4, 1],
        ['DF42', 16, 1],
        ['DF43', 128, 3],
      ],
    )
    assert.equal(contentOf(objects, 'DF41').toString('hex'), '01030e01')
    assert.ok(
      contentOf(objects, 'DF43')
        .subarray(32)
        .every((octet) => octet === 0xff),
    )
    assert.ok(file.subarray(164).every((octet) => octet === 0xff))
  })

  test('0006 and 0007: the delivery key, and the card key signed; 536 octets', () => {
    const delivery = fields(cell(image, 'text', '0006'))[0]
    assert.equal(delivery?.tag, 'A1')
    same(cardKey(delivery?.value as Buffer), publicOf('text', '0006.key'))
    const file = cell(image, 'text', '0007')
    assert.equal(file.length, 536)
    const objects = template(file, 'FF50')
    same(cardKey(contentOf(objects, 'DF51')), publicOf('text', '0013.key'))
    assert.deepEqual(
      payload(recordKey('text'), contentOf(objects, 'DF52')),
      digestInfo(sha256((objects[0] as { whole: Buffer }).whole)),
    )
  })
})

describe('card-manager level, 共通カードAP and 住基AP (facts 1.7, 2.2, 2.3)', () => {
  test('the chain root → intermediate → lower key verifies and links', () => {
    const upper = cvCertificate(cell(image, 'isd', '00F8'))
    const lower = cvCertificate(cell(image, 'isd', '7F21'))
    assert.ok(verify('sha256', upper.body, rootKey(upper.certifier), upper.signature))
    assert.equal(lower.certifier, upper.subject)
    assert.ok(verify('sha256', lower.body, upper.key, lower.signature))
    assert.equal(cell(image, 'isd', '00F7').toString('latin1', 0, 7), upper.subject.slice(0, 7))
  })

  test('28 digits: serial, municipality, expiry, the same as at card-manager level', () => {
    const record = cell(image, 'common', '0001/01')
    assert.equal(record.toString('hex', 0, 2), '011c')
    assert.equal(record.toString('latin1', 2), '9900000000000011322120340331')
    assert.equal(cell(image, 'isd', '00F0').toString(), '13221')
    assert.equal(cell(image, 'isd', '00F2').toString(), '20340331')
    assert.equal(cell(image, 'isd', '0045').toString(), '0123456789ABCDEF')
    assert.deepEqual(cell(image, 'common', '0002/01'), cell(image, 'juki', '0002/01'))
    assert.equal(cell(image, 'common', '0002/01').length, 18)
  })

  test('the recognition data are those of GlobalPlatform (arc 1.2.840.114283)', () => {
    const objects = fields(fields(cell(image, 'isd', '0066'))[0]?.value as Buffer)
    assert.equal(objects[0]?.tag, '73')
    assert.equal(objects[0]?.value.toString('hex', 0, 9), '06072a864886fc6b01')
  })
})
