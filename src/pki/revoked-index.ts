/**
 * The entries of a CRL, checked in one pass and found where they stand: an array of offsets into the list's own bytes in order of
 * serial number, so that a million entries cost 4 MB and no objects (RFC 5280, 5.1.2.6). Lists whose serials ascend, as ours do,
 * are in order already; others are sorted once.
 */
import { REASON_OCTETS, REASON_WORDS, TIME_OCTETS, TWO_DIGITS, UTC_TIME_HEADER } from './crl-entry.ts'
import { integerContent, TAG } from './der.ts'
import { DerCursor, DerError } from './der-reader.ts'
import { OID } from './oids.ts'
import { type ReasonName, reasonName } from './reason.ts'

export interface Revocation {
  /** Epoch milliseconds. */
  readonly at: number
  readonly reason: ReasonName
}

export class RevokedIndex {
  readonly count: number
  private readonly bytes: Uint8Array
  private readonly offsets: Uint32Array

  /** Entries stand in `bytes` from `start` to `end`. Throws DerError for the first malformed or repeated one. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const offsets = new Uint32Array(Math.floor((end - start) / SHORTEST_ENTRY))
    let count = 0
    let ascending = true
    for (let at = start; at < end; ) {
      const next = checkEntry(bytes, view, at, end)
      if (count > 0 && ascending) ascending = compareSerials(bytes, offsets[count - 1] as number, at) < 0
      offsets[count++] = at
      at = next
    }
    this.count = count
    this.offsets = offsets.subarray(0, count)
    if (!ascending) this.sort()
  }

  private sort(): void {
    const { bytes, offsets } = this
    offsets.sort((a, b) => compareSerials(bytes, a, b))
    for (let i = 1; i < offsets.length; i++)
      if (compareSerials(bytes, offsets[i - 1] as number, offsets[i] as number) === 0)
        throw new DerError('CRL entry', 'serial occurs twice', offsets[i] as number)
  }

  /** The revocation of this serial number, if it is listed. */
  find(serial: number | bigint): Revocation | undefined {
    if (serial <= 0) return undefined
    const wanted = integerContent(serial)
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.offsets[middle] as number
      const order = compareOctets(this.bytes, entry + 4, this.bytes[entry + 3] as number, wanted, 0, wanted.length)
      if (order === 0) return readEntry(this.bytes, entry)
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }
}

/** One-octet serial, UTCTime, no extension. */
const SHORTEST_ENTRY = 20

/** Order of two entries by serial number; an INTEGER in its shortest form is the larger the longer it is. */
const compareSerials = (bytes: Uint8Array, a: number, b: number): number =>
  compareOctets(bytes, a + 4, bytes[a + 3] as number, bytes, b + 4, bytes[b + 3] as number)

function compareOctets(
  a: Uint8Array,
  aAt: number,
  aLength: number,
  b: Uint8Array,
  bAt: number,
  bLength: number,
): number {
  if (aLength !== bLength) return aLength - bLength
  for (let i = 0; i < aLength; i++) {
    const difference = (a[aAt + i] as number) - (b[bAt + i] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** Checks the entry at `at` and returns the offset after it. The usual shape is checked in place, every other by the cursor. */
function checkEntry(bytes: Uint8Array, view: DataView, at: number, end: number): number {
  const length = bytes[at + 1] as number
  const next = at + 2 + length
  const octets = bytes[at + 3] as number
  const time = at + 4 + octets
  const after = time + TIME_OCTETS
  const usual =
    bytes[at] === TAG.SEQUENCE &&
    length < 0x80 &&
    next <= end &&
    bytes[at + 2] === TAG.INTEGER &&
    octets > 0 &&
    octets <= 20 &&
    (after === next || after + REASON_OCTETS === next) &&
    isSerial(bytes, at + 4, octets) &&
    isUtcTime(view, time) &&
    (after === next || isReason(view, after))
  if (!usual) checkUnusual(new DerCursor(bytes, at, end))
  return next
}

function isSerial(bytes: Uint8Array, at: number, octets: number): boolean {
  const first = bytes[at] as number
  return first < 0x80 && (first > 0 || (octets > 1 && (bytes[at + 1] as number) >= 0x80))
}

function isReason(view: DataView, at: number): boolean {
  for (let i = 0; i < REASON_WORDS.length; i++) if (view.getUint32(at + 4 * i) !== REASON_WORDS[i]) return false
  return view.getUint8(at + 12) === 1 && reasonName(view.getUint8(at + 13)) !== undefined
}

/** Value of two ASCII digits by their two octets; 255 for what is no digit. */
const PAIRS = new Uint8Array(0x10000).fill(255)
for (const [value, digits] of TWO_DIGITS.entries()) PAIRS[digits] = value

const MONTH_DAYS = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

function isUtcTime(view: DataView, at: number): boolean {
  if (view.getUint16(at) !== UTC_TIME_HEADER || view.getUint8(at + 14) !== 0x5a) return false
  const pair = (offset: number) => PAIRS[view.getUint16(at + offset)] as number
  const year = pair(2)
  const month = pair(4)
  const day = pair(6)
  if (year > 99 || month > 12 || day === 0) return false
  if (day > (MONTH_DAYS[month] as number) && !(month === 2 && day === 29 && year % 4 === 0)) return false
  return pair(8) < 24 && pair(10) < 60 && pair(12) < 60
}

function checkUnusual(cursor: DerCursor): void {
  const start = cursor.at
  cursor.sequence('CRL entry', (entry) => {
    if (entry.at !== start + 2) entry.fail('CRL entry', 'is longer than 127 octets', start)
    const serial = entry.unsigned('CRL entry serial')
    if (serial === 0n || serial >= 1n << 159n) entry.fail('CRL entry serial', 'is zero or longer than 20 octets')
    entry.time('CRL entry time')
    if (!entry.atEnd) readReason(entry)
  })
}

function readReason(entry: DerCursor): ReasonName {
  let reason: ReasonName = 'unspecified'
  entry.list(
    'CRL entry extensions',
    (list) =>
      list.sequence('CRL entry extension', (inner) => {
        const id = inner.oid('CRL entry extension')
        const critical = inner.defaultFalse('CRL entry extension critical')
        const { content, offset } = inner.expect(TAG.OCTET_STRING, 'CRL entry extension value')
        if (id === OID.cRLReason) {
          const value = new DerCursor(inner.bytes, offset, offset + content.length)
          const name = reasonName(value.small('CRL reason', TAG.ENUMERATED))
          value.end('CRL reason')
          reason = name ?? inner.fail('CRL reason', 'is no reason')
        } else if (critical) inner.fail('CRL entry extension', `${id} is critical and unknown`)
      }),
    1,
  )
  return reason
}

/** Decodes an entry that `checkEntry` has accepted. */
function readEntry(bytes: Uint8Array, entry: number): Revocation {
  return new DerCursor(bytes, entry).sequence('CRL entry', (inner) => {
    inner.unsigned('CRL entry serial')
    const at = inner.time('CRL entry time')
    return { at, reason: inner.atEnd ? 'unspecified' : readReason(inner) }
  })
}
