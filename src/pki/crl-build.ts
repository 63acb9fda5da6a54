/**
 * Making certificate revocation lists (RFC 5280, 5) of any size in one pass: the whole list is written into one buffer and
 * signed in place. A million entries are 37 MB; nothing is allocated per entry.
 */
import { concat } from '../base/bytes.ts'
import { ALGORITHMS, type AlgorithmName, type Sign } from './algorithm.ts'
import { REASON_OCTETS, REASON_WORDS, TIME_OCTETS, TWO_DIGITS, UTC_TIME_HEADER } from './crl-entry.ts'
import { bitString, contextOf, der, integer, lengthOctets, sequence, TAG, time, writeHeader } from './der.ts'
import { authorityKeyIdValue, distributionPointName, extension } from './extensions.ts'
import { OID } from './oids.ts'

/** Revoked certificates in columns, one row each; typed arrays do well. */
export interface RevokedColumns {
  readonly count: number
  /** Positive, at most 2^53 − 1, each once. Any order; ascending lists compress and compare best. */
  readonly serials: ArrayLike<number>
  /** Seconds since the epoch, from 1950 to 2049. */
  readonly times: ArrayLike<number>
  /** Numbers of `REASON`; 0 (unspecified) writes no reason, as RFC 5280 wants. */
  readonly reasons: ArrayLike<number>
}

export interface CrlFields {
  readonly issuer: {
    readonly name: Uint8Array
    readonly serial: number | bigint
    readonly keyId: Uint8Array
    readonly algorithm: AlgorithmName
  }
  /** Epoch milliseconds. */
  readonly thisUpdate: number
  readonly nextUpdate: number
  /** Never goes back from one list to the next of the same scope. */
  readonly number: number | bigint
  /** The shard: the same names as in the certificates' distribution points. Absent for the whole list. */
  readonly distributionPoint?: { readonly name: Uint8Array; readonly url?: string }
  readonly revoked: RevokedColumns
}

const reasonOctets = (reason: number) => (reason === 0 ? 0 : REASON_OCTETS)

/** Content octets of a positive INTEGER below 2^53. */
function serialOctets(serial: number): number {
  if (serial < 0x80000000) return serial < 0x8000 ? (serial < 0x80 ? 1 : 2) : serial < 0x800000 ? 3 : 4
  let octets = 5
  for (let limit = 0x8000000000; serial >= limit; limit *= 256) octets++
  return octets
}

/** The list, DER. Throws RangeError for a serial, time or reason outside the ranges above. */
export async function buildCrl(fields: CrlFields, sign: Sign): Promise<Uint8Array> {
  const { issuer, revoked } = fields
  const head = concat(
    integer(1),
    ALGORITHMS[issuer.algorithm].signature,
    issuer.name,
    time(fields.thisUpdate),
    time(fields.nextUpdate),
  )
  const tail = der(contextOf(0), sequence(...extensions(fields)))
  const entries = entriesLength(revoked)
  const list = revoked.count === 0 ? 0 : 1 + lengthOctets(entries) + entries
  const content = head.length + list + tail.length
  const tbsLength = 1 + lengthOctets(content) + content

  const room = 6
  const out = new Uint8Array(room + tbsLength + 1024)
  let at = writeHeader(out, room, TAG.SEQUENCE, content)
  out.set(head, at)
  at += head.length
  if (revoked.count > 0) at = writeEntries(out, writeHeader(out, at, TAG.SEQUENCE, entries), revoked)
  out.set(tail, at)
  at += tail.length

  const end = concat(ALGORITHMS[issuer.algorithm].signature, bitString(await sign(out.subarray(room, at))))
  out.set(end, at)
  at += end.length
  const start = room - 1 - lengthOctets(at - room)
  writeHeader(out, start, TAG.SEQUENCE, at - room)
  return out.subarray(start, at)
}

function extensions({ issuer, number, distributionPoint }: CrlFields): Uint8Array[] {
  const out = [
    extension(OID.authorityKeyIdentifier, false, authorityKeyIdValue(issuer.keyId, issuer.name, issuer.serial)),
    extension(OID.cRLNumber, false, integer(number)),
  ]
  if (distributionPoint !== undefined) {
    const point = sequence(distributionPointName(distributionPoint.name, distributionPoint.url))
    out.push(extension(OID.issuingDistributionPoint, true, point))
  }
  return out
}

function entriesLength({ count, serials, times, reasons }: RevokedColumns): number {
  let length = 0
  for (let i = 0; i < count; i++) {
    const serial = serials[i] as number
    const at = times[i] as number
    const reason = reasons[i] as number
    if (!(serial > 0 && serial <= Number.MAX_SAFE_INTEGER))
      throw new RangeError(`crl: serial of row ${i} is out of range`)
    if (!(at >= FIRST_SECOND && at < LAST_SECOND)) throw new RangeError(`crl: time of row ${i} is outside 1950 to 2049`)
    if (!(reason >= 0 && reason <= 10)) throw new RangeError(`crl: reason of row ${i} is none`)
    length += 4 + serialOctets(serial) + TIME_OCTETS + reasonOctets(reason)
  }
  return length
}

const FIRST_SECOND = Date.UTC(1950, 0, 1) / 1000
const LAST_SECOND = Date.UTC(2050, 0, 1) / 1000

function writeEntries(out: Uint8Array, start: number, { count, serials, times, reasons }: RevokedColumns): number {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
  let at = start
  for (let i = 0; i < count; i++) {
    const serial = serials[i] as number
    const seconds = Math.floor(times[i] as number)
    const reason = reasons[i] as number
    const octets = serialOctets(serial)
    out[at++] = TAG.SEQUENCE
    out[at++] = 2 + octets + TIME_OCTETS + reasonOctets(reason)
    out[at++] = TAG.INTEGER
    out[at++] = octets
    if (octets === 4) view.setUint32(at, serial)
    else writeSerial(out, at, serial, octets)
    at += octets

    const day = Math.floor(seconds / 86_400)
    const second = seconds - day * 86_400
    const hour = (second / 3600) | 0
    const minute = (second / 60) | 0
    const date = 3 * (day - FIRST_DAY)
    if (DATES[date] === 0) fillDate(day)
    view.setUint16(at, UTC_TIME_HEADER)
    view.setUint16(at + 2, DATES[date] as number)
    view.setUint16(at + 4, DATES[date + 1] as number)
    view.setUint16(at + 6, DATES[date + 2] as number)
    view.setUint16(at + 8, TWO_DIGITS[hour] as number)
    view.setUint16(at + 10, TWO_DIGITS[minute - 60 * hour] as number)
    view.setUint16(at + 12, TWO_DIGITS[second - 60 * minute] as number)
    out[at + 14] = 0x5a
    at += TIME_OCTETS

    if (reason !== 0) {
      for (let k = 0; k < REASON_WORDS.length; k++) view.setUint32(at + 4 * k, REASON_WORDS[k] as number)
      view.setUint16(at + 12, 0x0100 | reason)
      at += REASON_OCTETS
    }
  }
  return at
}

function writeSerial(out: Uint8Array, at: number, serial: number, octets: number): void {
  for (let rest = serial, k = octets - 1; k >= 0; k--) {
    out[at + k] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

const FIRST_DAY = FIRST_SECOND / 86_400
/** YY, MM, DD of every day from 1950 to 2049 in digits, written when they are first needed. */
const DATES = new Uint16Array(3 * (LAST_SECOND / 86_400 - FIRST_DAY))

/** `day` counts from the epoch. */
function fillDate(day: number): void {
  const date = new Date(day * 86_400_000)
  const parts = [date.getUTCFullYear() % 100, date.getUTCMonth() + 1, date.getUTCDate()]
  DATES.set(
    parts.map((part) => TWO_DIGITS[part] as number),
    3 * (day - FIRST_DAY),
  )
}
