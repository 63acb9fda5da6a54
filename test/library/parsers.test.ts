/** Parsers are total: whatever a card hands over, a value comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCardRecord } from '../../src/applications/common/card-record.ts'
import { parseSimpleTlv } from '../../src/applications/file/read-record.ts'
import { findObject, objectEnd, parseTemplate } from '../../src/applications/file/template.ts'
import { parseCardKey } from '../../src/applications/genuine/card-key.ts'
import { keyReferenceText, parseCvCertificate, parseCvContents } from '../../src/applications/genuine/cv-certificate.ts'
import { verifyPkcs1 } from '../../src/applications/genuine/rsa-verify.ts'
import { certificateContents } from '../../src/applications/jpki/certificate-contents.ts'
import { parseTokenInfo } from '../../src/applications/jpki/token-info.ts'
import { asTyped, FOUR_DIGITS, pinProblem, SIGN_PASSWORD } from '../../src/applications/pin/pin-format.ts'
import * as text from '../../src/applications/text/text-records.ts'
import * as visual from '../../src/applications/visual/visual-records.ts'
import { ascii, concat, utf8 } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { tlv, tlvLong } from '../../src/base/tlv.ts'

const PARSERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  parseSimpleTlv,
  (bytes) => parseCardRecord({ tag: 1, value: bytes }),
  (bytes) => findObject(bytes, 0xff20),
  (bytes) => objectEnd(bytes, 0x30),
  (bytes) => parseTemplate(bytes, 0xff20),
  parseCardKey,
  parseCvCertificate,
  parseCvContents,
  keyReferenceText,
  parseTokenInfo,
  certificateContents,
  text.parseMyNumber,
  text.parseBasicFour,
  text.parseVersion,
  text.parseRecordSignature,
  text.parseKeyRecord,
  text.parseDeliveryKey,
  visual.parseAge,
  visual.parseFace,
  visual.parseVersion,
  visual.parseMyNumberPicture,
  asTyped,
  (bytes) => pinProblem(FOUR_DIGITS, bytes),
  (bytes) => verifyPkcs1({ modulus: new Uint8Array(256).fill(0xff), exponent: fromHex('010001') }, bytes, bytes),
]

/** Bytes that look like what is expected, with anything in it. */
const template = fc
  .tuple(
    fc.constantFrom(0xff10, 0xff20, 0xff30, 0xff40, 0xff50, 0x7f21, 0xa1),
    fc.array(
      fc.tuple(
        fc.constantFrom(
          0xdf11,
          0xdf12,
          0xdf13,
          0xdf22,
          0xdf24,
          0xdf31,
          0xdf33,
          0xdf41,
          0xdf51,
          0xdf52,
          0x5f4e,
          0x5f37,
          0x90,
        ),
        fc.uint8Array({ maxLength: 40 }),
      ),
      { maxLength: 6 },
    ),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([tag, objects, filler]) =>
    concat(new Uint8Array(filler).fill(0xff), tlvLong(tag, ...objects.map(([inner, value]) => tlv(inner, value)))),
  )

test('property: no bytes make a parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), template), (bytes) => {
      for (const parse of PARSERS) assert.doesNotThrow(() => parse(bytes), parse.name)
    }),
    { numRuns: 1500 },
  )
})

test('filler before an object is passed over, anything else is not', () => {
  const object = tlv(0xff20, ascii('x'))
  for (const filler of ['', 'FF', 'FFFF', '0000', '00FF'])
    assert.deepEqual(findObject(concat(fromHex(filler), object, fromHex('FFFF')), 0xff20)?.value, ascii('x'), filler)
  assert.equal(findObject(concat(fromHex('01'), object), 0xff20), undefined)
  assert.equal(objectEnd(fromHex('FF20820064'), 0xff20), 5 + 100)
  assert.equal(objectEnd(fromHex('FF2082'), 0xff20), undefined)
})

test('what is typed becomes what the card compares', () => {
  assert.deepEqual(asTyped(utf8('ＡＢｃ１２３')), ascii('ABC123'))
  assert.deepEqual(asTyped(utf8('ａｚ０９')), ascii('AZ09'))
  assert.equal(pinProblem(SIGN_PASSWORD, asTyped(utf8('パスワード1'))), 'characters')
  assert.deepEqual(asTyped(fromHex('EFBC')), fromHex('EFBC'))
})
