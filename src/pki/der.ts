/** Writing DER (ITU-T X.690, section 10 and 11). Every function returns one complete data value; values nest by passing them on. */
import { ascii, concat, EMPTY, utf8 } from '../base/bytes.ts'

/** Universal tags used by certificates, as their identifier octet. */
export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const

/** Identifier octet of context tag `n`: primitive for implicit strings, constructed for structures and EXPLICIT. */
export const context = (n: number): number => 0x80 | n
export const contextOf = (n: number): number => 0xa0 | n

/** Number of octets of the shortest length field for `length`. */
export const lengthOctets = (length: number): number =>
  length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5

/** Writes identifier and shortest length field into `out` at `at`; returns the offset after them. */
export function writeHeader(out: Uint8Array, at: number, tag: number, length: number): number {
  out[at++] = tag
  const octets = lengthOctets(length)
  if (octets === 1) out[at++] = length
  else {
    out[at++] = 0x80 | (octets - 1)
    for (let shift = 8 * (octets - 2); shift >= 0; shift -= 8) out[at++] = (length >>> shift) & 0xff
  }
  return at
}

/** One data value with any identifier octet; several contents are concatenated. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const content of contents) length += content.length
  const out = new Uint8Array(1 + lengthOctets(length) + length)
  let at = writeHeader(out, 0, tag, length)
  for (const content of contents) {
    out.set(content, at)
    at += content.length
  }
  return out
}

/** A data value around another one: its tag, and what stands before the other one in it. */
export type Around = number | readonly [tag: number, before: Uint8Array]

/** One data value inside another inside another, outermost first, in one array. */
export function nested(around: readonly Around[], ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const content of contents) length += content.length
  const lengths: number[] = []
  for (let i = around.length - 1; i >= 0; i--) {
    const one = around[i] as Around
    if (typeof one !== 'number') length += one[1].length
    lengths[i] = length
    length += 1 + lengthOctets(length)
  }
  const out = new Uint8Array(length)
  let at = 0
  for (let i = 0; i < around.length; i++) {
    const one = around[i] as Around
    const [tag, before] = typeof one === 'number' ? [one, EMPTY] : one
    at = writeHeader(out, at, tag, lengths[i] as number)
    out.set(before, at)
    at += before.length
  }
  for (const content of contents) {
    out.set(content, at)
    at += content.length
  }
  return out
}

/** The headers alone of data values inside one another, the innermost with `length` octets of content to follow. */
export function headers(tags: readonly number[], length: number): Uint8Array {
  const inner: number[] = []
  let size = 0
  for (let i = tags.length - 1; i >= 0; i--) {
    inner[i] = length + size
    size += 1 + lengthOctets(length + size)
  }
  const out = new Uint8Array(size)
  let at = 0
  for (let i = 0; i < tags.length; i++) at = writeHeader(out, at, tags[i] as number, inner[i] as number)
  return out
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array => der(TAG.SEQUENCE, ...contents)

/** SET OF: DER sorts the encodings of its members (X.690, 11.6). */
export const setOf = (...members: readonly Uint8Array[]): Uint8Array =>
  der(TAG.SET, ...[...members].sort(compareEncodings))

/** Order of encodings inside a SET OF: as octet strings, the shorter padded with zeros. */
export function compareEncodings(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

export const boolean = (value: boolean): Uint8Array => der(TAG.BOOLEAN, Uint8Array.of(value ? 0xff : 0))
export const nothing = (): Uint8Array => der(TAG.NULL)

/** Content octets of a non-negative INTEGER. Throws RangeError for a negative or unsafe number. */
export function integerContent(value: number | bigint): Uint8Array {
  if (value < 0 || (typeof value === 'number' && !Number.isSafeInteger(value)))
    throw new RangeError(`integer: ${value} is negative or not a safe integer`)
  if (value < 0x80) return Uint8Array.of(Number(value))
  if (value < 0x80000000) return smallContent(Number(value))
  let digits = value.toString(16)
  if (digits.length % 2 === 1) digits = `0${digits}`
  if (Number.parseInt(digits.slice(0, 2), 16) >= 0x80) digits = `00${digits}`
  const out = new Uint8Array(digits.length / 2)
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  return out
}

/** The same below 2^31, without going through text. */
function smallContent(value: number): Uint8Array {
  const octets = value < 0x8000 ? 2 : value < 0x800000 ? 3 : 4
  const out = new Uint8Array(octets)
  for (let i = octets - 1, rest = value; i >= 0; i--, rest >>>= 8) out[i] = rest
  return out
}

export const integer = (value: number | bigint): Uint8Array => der(TAG.INTEGER, integerContent(value))
export const enumerated = (value: number): Uint8Array => der(TAG.ENUMERATED, integerContent(value))

export const octetString = (...contents: readonly Uint8Array[]): Uint8Array => der(TAG.OCTET_STRING, ...contents)

/** Whole octets as a BIT STRING without unused bits. */
export const bitString = (bytes: Uint8Array): Uint8Array => der(TAG.BIT_STRING, Uint8Array.of(0), bytes)

/** Content octets of a named-bit BIT STRING: bit 0 is the first one, trailing zero bits are cut off (X.690, 11.2.2). */
export function namedBitsContent(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return Uint8Array.of(0)
  const last = Math.max(...bits)
  const octets = new Uint8Array((last >> 3) + 1)
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return concat(Uint8Array.of(7 - (last & 7)), octets)
}

export const namedBits = (bits: readonly number[]): Uint8Array => der(TAG.BIT_STRING, namedBitsContent(bits))

/** The identifiers that have been written: a program writes few of them, each in every certificate. */
const knownOids = new Map<string, Uint8Array>()

/** An OBJECT IDENTIFIER from dotted text; the same array every time. Throws RangeError when it is not one. */
export function oid(dotted: string): Uint8Array {
  const known = knownOids.get(dotted)
  if (known !== undefined) return known
  const encoding = encodeOid(dotted)
  knownOids.set(dotted, encoding)
  return encoding
}

function encodeOid(dotted: string): Uint8Array {
  const arcs = dotted.split('.').map(Number)
  const [first, second, ...rest] = arcs
  const isArc = (arc: number) => Number.isSafeInteger(arc) && arc >= 0
  if (first === undefined || second === undefined || !arcs.every(isArc) || first > 2 || (first < 2 && second > 39))
    throw new RangeError(`oid: ${dotted} is not an object identifier`)
  const out: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128]
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128)) groups.unshift((more % 128) | 0x80)
    out.push(...groups)
  }
  return der(TAG.OID, Uint8Array.from(out))
}

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

export function printableString(text: string): Uint8Array {
  if (!PRINTABLE.test(text)) throw new RangeError('printableString: a character is outside the PrintableString set')
  return der(TAG.PRINTABLE_STRING, ascii(text))
}

export const utf8String = (text: string): Uint8Array => der(TAG.UTF8_STRING, utf8(text))
export const ia5String = (text: string): Uint8Array => der(TAG.IA5_STRING, ascii(text))

/** A time value with the digits of the year from the third (UTCTime) or the first; parts of a second are cut off. */
function timeValue(tag: number, yearDigits: 2 | 4, at: number): Uint8Array {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new RangeError('time: the year is outside 0 to 9999')
  const out = new Uint8Array(yearDigits + 13)
  out[0] = tag
  out[1] = yearDigits + 11
  let place = 2
  const write = (value: number) => {
    out[place++] = 0x30 + Math.floor(value / 10)
    out[place++] = 0x30 + (value % 10)
  }
  if (yearDigits === 4) write(Math.floor(year / 100))
  write(year % 100)
  write(date.getUTCMonth() + 1)
  write(date.getUTCDate())
  write(date.getUTCHours())
  write(date.getUTCMinutes())
  write(date.getUTCSeconds())
  out[place] = 0x5a
  return out
}

export const generalizedTime = (at: number): Uint8Array => timeValue(TAG.GENERALIZED_TIME, 4, at)

const YEAR_1950 = Date.UTC(1950, 0)
const YEAR_2050 = Date.UTC(2050, 0)

/** UTCTime from 1950 to 2049, GeneralizedTime otherwise (RFC 5280, 4.1.2.5). `at` is in epoch milliseconds. */
export const time = (at: number): Uint8Array =>
  at >= YEAR_1950 && at < YEAR_2050 ? timeValue(TAG.UTC_TIME, 2, at) : generalizedTime(at)
