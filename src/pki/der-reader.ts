/**
 * Reading DER, the whole of what certificates need of it (ITU-T X.690, 10 and 11), strictly: shortest lengths, no indefinite form,
 * no padding, one encoding per value. Cursor methods throw `DerError`; `decode` turns it into a value, so that every public parser
 * of this room is total.
 */
import { fromUtf8 } from '../base/bytes.ts'
import { hex } from '../base/hex.ts'
import { dayUtc } from './day.ts'
import { compareEncodings, TAG } from './der.ts'

/** Malformed input: what was being read, what is wrong, and where (offset into the bytes given to `decode`). */
export class DerError extends Error {
  override readonly name = 'DerError'
  readonly what: string
  readonly offset: number
  constructor(what: string, problem: string, offset: number) {
    super(`${what}: ${problem} at offset ${offset}`)
    this.what = what
    this.offset = offset
  }
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DerError }

/** Runs a reader over all of `bytes`. Anything but `DerError` is a bug and passes through. */
export function decode<T>(bytes: Uint8Array, read: (cursor: DerCursor) => T): Decoded<T> {
  try {
    const cursor = new DerCursor(bytes)
    const value = read(cursor)
    cursor.end('input')
    return { ok: true, value }
  } catch (error) {
    if (error instanceof DerError) return { ok: false, error }
    throw error
  }
}

/** One data value; `content` and `encoding` are views into the parsed bytes. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  readonly encoding: Uint8Array
  /** Offset of the content in the parsed bytes. */
  readonly offset: number
}

export class DerCursor {
  readonly bytes: Uint8Array
  at: number
  readonly limit: number

  constructor(bytes: Uint8Array, at = 0, limit = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.limit = limit
  }

  fail(what: string, problem: string, offset = this.at): never {
    throw new DerError(what, problem, offset)
  }

  get atEnd(): boolean {
    return this.at >= this.limit
  }

  /** The next identifier octet, or -1 at the end. */
  get tag(): number {
    return this.at < this.limit ? (this.bytes[this.at] as number) : -1
  }

  /** Nothing may follow. */
  end(what: string): void {
    if (this.at !== this.limit) this.fail(what, 'unexpected data')
  }

  /** Goes past the next data value, whatever its tag; returns where its content begins. */
  private past(what: string): number {
    const { bytes, limit } = this
    const start = this.at
    if (start + 2 > limit) this.fail(what, 'ends too early')
    const tag = bytes[start] as number
    if ((tag & 0x1f) === 0x1f) this.fail(what, 'high tag number')
    // X.690, 8.1.5: universal 0 ends what has an indefinite length, and nothing here has.
    if ((tag & 0xdf) === 0) this.fail(what, 'end-of-contents octets')
    let length = bytes[start + 1] as number
    let offset = start + 2
    if (length >= 0x80) {
      const count = length & 0x7f
      if (count === 0) this.fail(what, 'indefinite length', start + 1)
      if (count > 4) this.fail(what, 'length field of more than four octets', start + 1)
      if (offset + count > limit) this.fail(what, 'ends inside its length field', start + 1)
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[offset++] as number)
      if (length < 0x80 || length < 256 ** (count - 1)) this.fail(what, 'length field is not the shortest', start + 1)
    }
    const after = offset + length
    if (after > limit) this.fail(what, 'is longer than what holds it', start)
    this.at = after
    return offset
  }

  /** The same, and it must have this tag. */
  private pastTag(tag: number, what: string): number {
    if (this.tag !== tag)
      this.fail(what, this.atEnd ? 'is missing' : `expected tag ${tag.toString(16)}, found ${this.tag.toString(16)}`)
    return this.past(what)
  }

  /** The next data value, whatever its tag. */
  any(what: string): DerValue {
    const { bytes, tag, at } = this
    const offset = this.past(what)
    return { tag, content: bytes.subarray(offset, this.at), encoding: bytes.subarray(at, this.at), offset }
  }

  /** The next data value, which must have this tag. */
  expect(tag: number, what: string): DerValue {
    const { bytes, at } = this
    const offset = this.pastTag(tag, what)
    return { tag, content: bytes.subarray(offset, this.at), encoding: bytes.subarray(at, this.at), offset }
  }

  /** The next data value if it has this tag. */
  optional(tag: number, what: string): DerValue | undefined {
    return this.tag === tag ? this.any(what) : undefined
  }

  /** Reads inside the next constructed value, all of it. */
  within<T>(tag: number, what: string, read: (inner: DerCursor) => T): T {
    const offset = this.pastTag(tag, what)
    const inner = new DerCursor(this.bytes, offset, this.at)
    const value = read(inner)
    inner.end(what)
    return value
  }

  sequence<T>(what: string, read: (inner: DerCursor) => T): T {
    return this.within(TAG.SEQUENCE, what, read)
  }

  optionally<T>(tag: number, what: string, read: (inner: DerCursor) => T): T | undefined {
    return this.tag === tag ? this.within(tag, what, read) : undefined
  }

  /** Members of a SEQUENCE OF (or, by `tag`, of an implicitly tagged one). */
  list<T>(what: string, read: (inner: DerCursor) => T, atLeast = 0, tag: number = TAG.SEQUENCE): readonly T[] {
    return this.within(tag, what, (inner) => {
      const out: T[] = []
      while (!inner.atEnd) out.push(read(inner))
      if (out.length < atLeast) inner.fail(what, `has fewer than ${atLeast} members`)
      return out
    })
  }

  /** Members of a SET OF, which must be in DER order. */
  setOf<T>(what: string, read: (inner: DerCursor) => T, atLeast = 0, tag: number = TAG.SET): readonly T[] {
    let previous: Uint8Array | undefined
    return this.list(
      what,
      (inner) => {
        const start = inner.at
        const value = read(inner)
        const encoding = inner.bytes.subarray(start, inner.at)
        if (previous !== undefined && compareEncodings(previous, encoding) > 0) inner.fail(what, 'is not sorted', start)
        previous = encoding
        return value
      },
      atLeast,
      tag,
    )
  }

  boolean(what: string): boolean {
    const { content, offset } = this.expect(TAG.BOOLEAN, what)
    const octet = content[0]
    if (content.length !== 1 || (octet !== 0 && octet !== 0xff)) this.fail(what, 'is not 00 or FF', offset)
    return octet === 0xff
  }

  /** A BOOLEAN DEFAULT FALSE: absent or TRUE, never written FALSE (X.690, 11.5). */
  defaultFalse(what: string): boolean {
    if (this.tag !== TAG.BOOLEAN) return false
    const at = this.at
    if (!this.boolean(what)) this.fail(what, 'default value must be absent', at)
    return true
  }

  /** Content octets of an INTEGER in the shortest form, two's complement. */
  integerContent(what: string, tag: number = TAG.INTEGER): Uint8Array {
    const offset = this.pastTag(tag, what)
    const content = this.bytes.subarray(offset, this.at)
    const first = content[0]
    if (first === undefined) this.fail(what, 'is empty', offset)
    const second = content[1]
    if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
      this.fail(what, 'is not in the shortest form', offset)
    return content
  }

  /** A non-negative INTEGER of any size. */
  unsigned(what: string): bigint {
    const content = this.integerContent(what)
    if ((content[0] as number) >= 0x80) this.fail(what, 'is negative')
    return unsignedValue(content)
  }

  /** A non-negative INTEGER (or ENUMERATED, by tag) below 2^31. */
  small(what: string, tag: number = TAG.INTEGER): number {
    const content = this.integerContent(what, tag)
    if ((content[0] as number) >= 0x80 || content.length > 4) this.fail(what, 'is negative or too large')
    return content.reduce((value, octet) => value * 256 + octet, 0)
  }

  nothing(what: string): void {
    if (this.expect(TAG.NULL, what).content.length !== 0) this.fail(what, 'NULL has content')
  }

  octetString(what: string): Uint8Array {
    const offset = this.pastTag(TAG.OCTET_STRING, what)
    return this.bytes.subarray(offset, this.at)
  }

  /** A BIT STRING that is a whole number of octets. */
  bitString(what: string): Uint8Array {
    const { content, offset } = this.expect(TAG.BIT_STRING, what)
    if (content[0] !== 0) this.fail(what, 'has unused bits or is empty', offset)
    return content.subarray(1)
  }

  /** Numbers of the bits set in a named-bit BIT STRING. */
  namedBits(what: string, tag: number = TAG.BIT_STRING): readonly number[] {
    const { content, offset } = this.expect(tag, what)
    const unused = content[0]
    const last = content.length > 1 ? (content.at(-1) as number) : undefined
    if (unused === undefined || unused > 7 || (last === undefined && unused !== 0))
      this.fail(what, 'is not a bit string', offset)
    if (last !== undefined && ((last >> unused) & 1) === 0) this.fail(what, 'has trailing zero bits', offset)
    if (last !== undefined && (last & ((1 << unused) - 1)) !== 0) this.fail(what, 'has unused bits set', offset)
    const bits: number[] = []
    for (let i = 0; i < 8 * (content.length - 1); i++)
      if (((content[1 + (i >> 3)] as number) & (0x80 >> (i & 7))) !== 0) bits.push(i)
    return bits
  }

  oid(what: string): string {
    const { bytes } = this
    const offset = this.pastTag(TAG.OID, what)
    const key = oidKey(bytes, offset, this.at)
    const known = key === undefined ? undefined : knownOids.get(key)
    if (known !== undefined) return known
    const content = bytes.subarray(offset, this.at)
    if (content.length === 0 || (content.at(-1) as number) >= 0x80) this.fail(what, 'is cut off', offset)
    const arcs: number[] = []
    let arc = 0
    let fresh = true
    for (const octet of content) {
      if (fresh && octet === 0x80) this.fail(what, 'has a padded arc', offset)
      arc = arc * 128 + (octet & 0x7f)
      if (arc > Number.MAX_SAFE_INTEGER) this.fail(what, 'has an arc that is too large', offset)
      fresh = octet < 0x80
      if (fresh) {
        arcs.push(arc)
        arc = 0
      }
    }
    const joined = arcs[0] as number
    const first = Math.min(Math.floor(joined / 40), 2)
    const dotted = [first, joined - 40 * first, ...arcs.slice(1)].join('.')
    if (key !== undefined && knownOids.size < MOST_OIDS) knownOids.set(key, dotted)
    return dotted
  }

  /** Text of a UTF8String, PrintableString or IA5String (also implicitly tagged: then `kind` says which it is). */
  text(what: string, kind?: number): string {
    const { tag, content, offset } = this.any(what)
    return this.textOf(what, kind ?? tag, content, offset)
  }

  private textOf(what: string, kind: number, content: Uint8Array, offset: number): string {
    if (kind === TAG.UTF8_STRING) {
      const short = content.length <= 64 ? asciiText(content) : undefined
      if (short !== undefined) return short
      try {
        return fromUtf8(content)
      } catch {
        this.fail(what, 'is not UTF-8', offset)
      }
    }
    const allowed = kind === TAG.PRINTABLE_STRING ? isPrintable : kind === TAG.IA5_STRING ? isAscii : undefined
    if (allowed === undefined) this.fail(what, 'is not a UTF8String, PrintableString or IA5String', offset)
    for (const octet of content) if (!allowed(octet)) this.fail(what, 'has a character outside its string type', offset)
    return String.fromCharCode(...content)
  }

  /** UTCTime (1950–2049) or GeneralizedTime, both in the one form of RFC 5280, 4.1.2.5; epoch milliseconds. */
  time(what: string): number {
    if (this.tag === TAG.GENERALIZED_TIME) return this.generalizedTime(what)
    const { content, offset } = this.expect(TAG.UTC_TIME, what)
    const year = twoDigits(content, 0)
    const at = instant(year < 50 ? 2000 + year : 1900 + year, content, 2)
    if (at === undefined || content.length !== 13) this.fail(what, 'is not YYMMDDHHMMSSZ', offset)
    return at
  }

  generalizedTime(what: string, tag: number = TAG.GENERALIZED_TIME): number {
    const { content, offset } = this.expect(tag, what)
    const at = instant(100 * twoDigits(content, 0) + twoDigits(content, 2), content, 4)
    if (at === undefined || content.length !== 15) this.fail(what, 'is not YYYYMMDDHHMMSSZ', offset)
    return at
  }
}

/** OBJECT IDENTIFIERs read before, where their octets fit a number: a certificate names the same few again and again. */
const knownOids = new Map<number, string>()
const MOST_OIDS = 256

/** Different for different octets, up to six of them: their value, and before it their number. */
function oidKey(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start > 6) return undefined
  let key = end - start
  for (let at = start; at < end; at++) key = key * 256 + (bytes[at] as number)
  return key
}

/** Text of ASCII octets, undefined when one is not. */
function asciiText(content: Uint8Array): string | undefined {
  for (const octet of content) if (octet >= 0x80) return undefined
  return String.fromCharCode(...content)
}

const isAscii = (octet: number) => octet < 0x80
const PRINTABLE = new Uint8Array(256)
for (const c of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
  PRINTABLE[c.charCodeAt(0)] = 1
const isPrintable = (octet: number) => PRINTABLE[octet] === 1

/** Non-negative big-endian octets as a number of any size. */
export const unsignedValue = (octets: Uint8Array): bigint => BigInt(`0x0${hex(octets)}`)

/** Two decimal digits, NaN when they are not. */
function twoDigits(content: Uint8Array, at: number): number {
  const [tens, ones] = [(content[at] ?? 0) - 0x30, (content[at + 1] ?? 0) - 0x30]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
}

/** The real instant that `MMDDHHMMSSZ` from `at` on names in this year; undefined when there is none such. */
function instant(year: number, content: Uint8Array, at: number): number | undefined {
  const [month, day] = [twoDigits(content, at), twoDigits(content, at + 2)]
  const [hour, minute, second] = [twoDigits(content, at + 4), twoDigits(content, at + 6), twoDigits(content, at + 8)]
  if (content[at + 10] !== 0x5a || !(hour < 24 && minute < 60 && second < 60)) return undefined
  const midnight = dayUtc(year, month, day)
  return midnight === undefined ? undefined : midnight + ((hour * 60 + minute) * 60 + second) * 1000
}
