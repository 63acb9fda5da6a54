import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fromHex, hex } from '../../src/base/hex.ts'
import {
  boolean,
  der,
  integer,
  namedBits,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  utf8String,
} from '../../src/pki/der.ts'
import { type DerCursor, decode } from '../../src/pki/der-reader.ts'
import { openssl } from './openssl.ts'

const read = <T>(text: string, how: (cursor: DerCursor) => T) => decode(fromHex(text), how)
const value = <T>(text: string, how: (cursor: DerCursor) => T): T => {
  const result = read(text, how)
  if (!result.ok) throw result.error
  return result.value
}
const refused = (text: string, how: (cursor: DerCursor) => unknown, why: RegExp) => {
  const result = read(text, how)
  assert.equal(result.ok, false, `${text} was accepted`)
  if (!result.ok) assert.match(result.error.message, why)
}

describe('DER (X.690)', () => {
  test('lengths at the boundaries agree with OpenSSL', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65535, 65536]) {
      const bytes = der(0x04, new Uint8Array(length))
      const { out, status } = openssl(['asn1parse', '-inform', 'DER'], bytes)
      assert.equal(status, 0)
      assert.match(out, new RegExp(`hl=${bytes.length - length} l= *${length} prim: OCTET STRING`))
      assert.deepEqual(
        decode(bytes, (cursor) => cursor.octetString('x').length),
        { ok: true, value: length },
      )
    }
  })

  test('known encodings', () => {
    assert.equal(hex(oid('1.2.840.113549.1.1.11')), '06092A864886F70D01010B')
    assert.equal(hex(oid('1.2.392.200149.8.5.5.4')), '060A2A83088C9B5508050504')
    assert.equal(hex(oid('2.999.3')), '0603883703')
    assert.equal(hex(integer(0)), '020100')
    assert.equal(hex(integer(127)), '02017F')
    assert.equal(hex(integer(128)), '02020080')
    assert.equal(hex(integer(2n ** 64n)), '0209010000000000000000')
    assert.equal(hex(namedBits([0])), '03020780')
    assert.equal(hex(namedBits([0, 1])), '030206C0')
    assert.equal(hex(namedBits([5, 6])), '03020106')
    assert.equal(hex(namedBits([8])), '0303070080')
    assert.equal(hex(boolean(true)), '0101FF')
    assert.equal(hex(setOf(utf8String('b'), utf8String('a'))), '31060C01610C0162')
    assert.equal(hex(time(Date.UTC(2049, 11, 31, 23, 59, 59))), '170D3439313233313233353935395A')
    assert.equal(hex(time(Date.UTC(2050, 0, 1))), '180F32303530303130313030303030305A')
    assert.throws(() => oid('3.1'), RangeError)
    assert.throws(() => oid('1.40'), RangeError)
    assert.throws(() => integer(-1), RangeError)
    assert.throws(() => printableString('花子'), RangeError)
  })

  test('every way to write a value twice is refused', () => {
    refused('0481 01 00', (c) => c.octetString('x'), /shortest/)
    refused(`0482 0080${'00'.repeat(128)}`, (c) => c.octetString('x'), /shortest/)
    refused('0480 00 0000', (c) => c.octetString('x'), /indefinite/)
    refused('0485 0000000001 00', (c) => c.octetString('x'), /more than four/)
    refused('1F81 01 00', (c) => c.any('x'), /high tag/)
    refused('0000', (c) => c.any('x'), /end-of-contents/)
    refused('2000', (c) => c.any('x'), /end-of-contents/)
    refused('0402 00', (c) => c.octetString('x'), /longer than/)
    refused('0101 01', (c) => c.boolean('x'), /00 or FF/)
    refused('0101 00', (c) => c.defaultFalse('x'), /default/)
    refused('0202 0001', (c) => c.unsigned('x'), /shortest/)
    refused('0202 FFFF', (c) => c.integerContent('x'), /shortest/)
    refused('0201 FF', (c) => c.unsigned('x'), /negative/)
    refused('0200', (c) => c.unsigned('x'), /empty/)
    refused('0302 0600', (c) => c.namedBits('x'), /trailing zero/)
    refused('0302 07C0', (c) => c.namedBits('x'), /unused bits set/)
    refused('0301 01', (c) => c.namedBits('x'), /not a bit string/)
    refused('0302 0180', (c) => c.bitString('x'), /unused/)
    refused('0603 2A8001', (c) => c.oid('x'), /padded/)
    refused('0602 2A83', (c) => c.oid('x'), /cut off/)
    refused('1301 2A', (c) => c.text('x'), /string type/)
    refused('0C01 FF', (c) => c.text('x'), /UTF-8/)
    refused('1E02 0041', (c) => c.text('x'), /is not a UTF8String/)
    refused('170B 323630313031303030305A', (c) => c.time('x'), /YYMMDD/)
    refused('1711 3236303130313030303030302B30393030', (c) => c.time('x'), /YYMMDD/)
    refused('170D 3236303233303030303030305A', (c) => c.time('x'), /YYMMDD/)
    refused('1811 32303530303130313030303030302E355A', (c) => c.time('x'), /YYYYMMDD/)
    refused('3106 0C0162 0C0161', (c) => c.setOf('x', (inner) => inner.text('x')), /sorted/)
    refused('3003 020100 00', (c) => c.sequence('x', (inner) => inner.unsigned('x')), /unexpected data/)
    refused('0500 00', (c) => c.nothing('x'), /unexpected data/)
    refused('', (c) => c.nothing('x'), /missing/)
  })

  test('an error says what and where', () => {
    const result = read('3005 020100 0500', (c) =>
      c.sequence('pair', (inner) => [inner.unsigned('left'), inner.unsigned('right')]),
    )
    assert.equal(result.ok, false)
    if (!result.ok) assert.deepEqual([result.error.what, result.error.offset], ['right', 5])
  })

  test('what is written is read back', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 1n << 160n }),
        fc.string({ unit: 'grapheme' }),
        fc.nat(4102444799),
        (number, text, second) => {
          const bytes = sequence(integer(number), utf8String(text), time(second * 1000))
          const result = decode(bytes, (c) =>
            c.sequence('x', (inner) => [inner.unsigned('n'), inner.text('t'), inner.time('z')]),
          )
          assert.deepEqual(result, { ok: true, value: [number, text.toWellFormed(), second * 1000] })
        },
      ),
    )
    fc.assert(
      fc.property(fc.nat(2), fc.nat(39), fc.array(fc.nat()), (first, second, rest) => {
        const dotted = [first, second, ...rest].join('.')
        assert.deepEqual(
          decode(oid(dotted), (c) => c.oid('x')),
          { ok: true, value: dotted },
        )
      }),
    )
    assert.equal(
      value('0603883703', (c) => c.oid('x')),
      '2.999.3',
    )
  })

  test('object identifiers agree with OpenSSL', () => {
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.nat(39),
        fc.array(fc.nat(2 ** 31 - 1), { minLength: 1, maxLength: 6 }),
        (first, second, rest) => {
          const dotted = [first, second, 999, ...rest].join('.')
          assert.match(
            openssl(['asn1parse', '-inform', 'DER'], oid(dotted)).out,
            new RegExp(`OBJECT +:${dotted.replaceAll('.', '\\.')}\\s`),
          )
        },
      ),
      { numRuns: 20 },
    )
  })

  test('no bytes make a reader throw anything but its own error', () => {
    const readers: ((c: DerCursor) => unknown)[] = [
      (c) => c.any('x'),
      (c) => c.oid('x'),
      (c) => c.text('x'),
      (c) => c.time('x'),
      (c) => c.namedBits('x'),
      (c) => c.unsigned('x'),
      (c) => c.small('x'),
      (c) => c.setOf('x', (inner) => inner.any('y')),
      (c) => c.list('x', (inner) => inner.list('y', (leaf) => leaf.any('z'))),
    ]
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(1, 2, 3, 6, 0x0c, 0x17, 0x18, 0x30, 0x31),
        (bytes, tag) => {
          for (const reader of readers) {
            decode(bytes, reader)
            decode(der(tag, bytes), reader)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
