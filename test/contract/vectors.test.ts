/**
 * BER lengths and APDU lengths against witnesses nobody here wrote: OpenSSL's asn1parse, and the cases of ISO/IEC 7816-3:2006,
 * 12.1.3 written out as the standard draws them. Law 1: this codec is shared by library and chip, so it is pinned from outside.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { berLength, parseTlvs, readTlv, tlv, tlvLong } from '../../src/base/tlv.ts'
import { command, decodeCommand, decodeResponse, encodeCommand, encodeResponse } from '../../src/card/command.ts'

const BOUNDARIES = [0, 1, 127, 128, 255, 256, 65535, 65536]

function openssl(bytes: Uint8Array): string {
  const found = spawnSync('openssl', ['asn1parse', '-inform', 'DER'], { input: bytes, encoding: 'utf8' })
  if (found.error !== undefined)
    throw new Error('This test needs OpenSSL: apt-get install openssl', { cause: found.error })
  return `${found.stdout}${found.stderr}`
}

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-vectors-'))
after(() => rmSync(folder, { recursive: true }))

/** The same object made by OpenSSL. */
function encodedByOpenssl(content: Uint8Array): Uint8Array {
  const [conf, out] = [join(folder, 'object.conf'), join(folder, 'object.der')]
  writeFileSync(conf, `asn1 = FORMAT:HEX,OCTETSTRING:${hex(content)}\n`)
  execFileSync('openssl', ['asn1parse', '-genconf', conf, '-noout', '-out', out])
  return new Uint8Array(readFileSync(out))
}

describe('BER-TLV', () => {
  for (const length of BOUNDARIES) {
    test(`${length} bytes: OpenSSL reads what we write`, () => {
      const bytes = tlv(0x04, new Uint8Array(length))
      const expected = `hl=${bytes.length - length} l=${String(length).padStart(4, ' ')} prim: OCTET STRING`
      assert.ok(openssl(bytes).includes(expected), expected)
      assert.equal(readTlv(bytes)?.value.length, length)
    })
  }

  // OpenSSL makes no empty string from hexadecimal.
  for (const length of BOUNDARIES.filter((length) => length > 0))
    test(`${length} bytes: we write what OpenSSL writes`, () => {
      const content = new Uint8Array(length).fill(0x5a)
      assert.deepEqual(tlv(0x04, content), encodedByOpenssl(content))
    })

  test('the octets of the length field (ISO/IEC 7816-4, 5.2.2.2)', () => {
    const fields = BOUNDARIES.map((length) => hex(berLength(length)))
    assert.deepEqual(fields, ['00', '01', '7F', '8180', '81FF', '820100', '82FFFF', '83010000'])
  })

  test('lengths that are longer than need be are read (facts 2.5)', () => {
    for (const form of ['8105', '820005', '83000005'])
      assert.deepEqual(readTlv(fromHex(`DF41${form}0102030405`))?.value, fromHex('0102030405'))
    assert.equal(hex(tlvLong(0xff40, fromHex('AA'))), 'FF40820001AA')
  })

  test('what is cut off, indefinite or too long is undefined', () => {
    for (const bytes of ['', '04', '0402AA', '0480', '0484000000 01AA', '048200', 'DF', 'DFFFFF01 00', '04820100'])
      assert.equal(readTlv(fromHex(bytes)), undefined, bytes)
  })

  test('property: parsing is total, and what is written is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const object = readTlv(bytes)
        if (object !== undefined) assert.ok(object.end <= bytes.length)
        const all = parseTlvs(bytes)
        if (all !== undefined) assert.equal(all.at(-1)?.end ?? 0, bytes.length)
      }),
      { numRuns: 2000 },
    )
    const tag = fc.constantFrom(0x04, 0x5a, 0x81, 0xdf21, 0x7f21, 0xff20)
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, fc.uint8Array({ maxLength: 300 })), { maxLength: 5 }), (objects) => {
        const parsed = parseTlvs(concat(...objects.map(([t, value]) => tlv(t, value))))
        assert.deepEqual(
          parsed?.map((object) => [object.tag, object.value]),
          objects,
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('APDU', () => {
  /** Header 00 B0 01 02 before each: what ISO/IEC 7816-3, 12.1.3 draws. */
  const CASES: readonly (readonly [
    name: string,
    nc: number,
    ne: number,
    length: string,
    le: string,
    extended?: boolean,
  ])[] = [
    ['1', 0, 0, '', ''],
    ['2S, Ne 1', 0, 1, '', '01'],
    ['2S, Ne 255', 0, 255, '', 'FF'],
    ['2S, Ne 256', 0, 256, '', '00'],
    ['3S, Nc 1', 1, 0, '01', ''],
    ['3S, Nc 127', 127, 0, '7F', ''],
    ['3S, Nc 128', 128, 0, '80', ''],
    ['3S, Nc 255', 255, 0, 'FF', ''],
    ['4S, Nc 255, Ne 256', 255, 256, 'FF', '00'],
    ['2E, Ne 257', 0, 257, '', '000101'],
    ['2E, Ne 65535', 0, 65535, '', '00FFFF'],
    ['2E, Ne 65536', 0, 65536, '', '000000'],
    ['2E, Ne 1', 0, 1, '', '000001', true],
    ['3E, Nc 256', 256, 0, '000100', ''],
    ['3E, Nc 65535', 65535, 0, '00FFFF', ''],
    ['4E, Nc 256, Ne 65536', 256, 65536, '000100', '0000'],
    ['4E, Nc 1, Ne 257', 1, 257, '000001', '0101'],
    ['4E, Nc 65535, Ne 65535', 65535, 65535, '00FFFF', 'FFFF'],
  ]
  for (const [name, nc, ne, length, le, extended] of CASES)
    test(`case ${name}`, () => {
      const data = new Uint8Array(nc).fill(0xda)
      const made = command(0x00, 0xb0, 0x01, 0x02, { data, ne, ...(extended === undefined ? {} : { extended }) })
      const drawn = concat(fromHex('00B00102'), fromHex(length), data, fromHex(le))
      assert.deepEqual(encodeCommand(made), drawn)
      const read = decodeCommand(drawn)
      assert.deepEqual([read?.data.length, read?.ne, read?.extended], [nc, ne, made.extended])
    })

  test('lengths that contradict the length are no command', () => {
    for (const bytes of ['', '00', '00B000', '00B0000002AA', '00B0000001AABBCC', '00B000000000', '00B00000000002AA'])
      assert.equal(decodeCommand(fromHex(bytes)), undefined, bytes)
    assert.equal(decodeCommand(fromHex('00B00000000001'))?.ne, 1)
    assert.throws(() => command(0, 0, 0, 0, { data: new Uint8Array(65536) }), RangeError)
    assert.throws(() => command(0, 0, 0, 0, { ne: 65537 }), RangeError)
  })

  test('property: decoding is total, and the codec round-trips', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const read = decodeCommand(bytes)
        if (read !== undefined) assert.deepEqual(encodeCommand(read), bytes)
        const response = decodeResponse(bytes)
        if (response !== undefined) assert.deepEqual(encodeResponse(response.data, response.sw), bytes)
      }),
      { numRuns: 3000 },
    )
    const byte = fc.integer({ min: 0, max: 255 })
    const parts = fc.record({ data: fc.uint8Array({ maxLength: 400 }), ne: fc.integer({ min: 0, max: 65536 }) })
    fc.assert(
      fc.property(byte, byte, byte, byte, parts, fc.boolean(), (cla, ins, p1, p2, part, forced) => {
        const made = command(cla, ins, p1, p2, { ...part, ...(forced ? { extended: true } : {}) })
        const read = decodeCommand(encodeCommand(made))
        const bare = part.data.length === 0 && part.ne === 0
        assert.deepEqual(
          { ...read, data: new Uint8Array(read?.data ?? []) },
          { ...made, extended: bare ? false : made.extended },
        )
      }),
      { numRuns: 1000 },
    )
  })
})
