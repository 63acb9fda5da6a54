/**
 * Making certificate revocation lists (RFC 5280, 5) of any size in one pass: the whole list is written into one buffer and
 * signed in place. A million entries are 37 MB; nothing is allocated per entry.
 */
import { concat } from '../base/bytes.ts'
import { ALGORITHMS, type AlgorithmName, type Sign } from './algorithm.ts'
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

/** `30 0C 30 0A 06 03 55 1D 15 04 03 0A 01 xx`: the extension reasonCode, without its last octet. */
export const REASON_EXTENSION = Uint8Array.of(
  0x30,
  0x0c,
  0x30,
  0x0a,
  0x06,
  0x03,
  0x55,
  0x1d,
  0x15,
  0x04,
  0x03,
  0x0a,
  0x01,
)

const TIME_OCTETS = 15
const reasonOctets = (reason: number) => (reason === 0 ? 0 : REASON_EXTENSION.length + 1)

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

function writeEntries(out: Uint8Array, at: number, { count, serials, times, reasons }: RevokedColumns): number {
  for (let i = 0; i < count; i++) {
    const serial = serials[i] as number
    const seconds = Math.floor(times[i] as number)
    const reason = reasons[i] as number
    const octets = serialOctets(serial)
    out[at++] = TAG.SEQUENCE
    out[at++] = 2 + octets + TIME_OCTETS + reasonOctets(reason)
    out[at++] = TAG.INTEGER
    out[at++] = octets
    const high = (serial / 0x100000000) | 0
    for (let shift = 8 * (octets - 1); shift >= 32; shift -= 8) out[at++] = high >>> (shift - 32)
    for (let shift = 8 * (Math.min(octets, 4) - 1); shift >= 0; shift -= 8) out[at++] = serial >>> shift

    const day = Math.floor(seconds / 86_400)
    const second = seconds - day * 86_400
    out[at++] = TAG.UTC_TIME
    out[at++] = TIME_OCTETS - 2
    const date = dateDigits(day)
    for (let k = 0; k < 6; k++) out[at++] = DATES[date + k] as number
    const hour = (second / 3600) | 0
    const minute = (second / 60) | 0
    at = twoDigits(out, at, hour)
    at = twoDigits(out, at, minute - 60 * hour)
    at = twoDigits(out, at, second - 60 * minute)
    out[at++] = 0x5a

    if (reason !== 0) {
      for (let k = 0; k < REASON_EXTENSION.length; k++) out[at++] = REASON_EXTENSION[k] as number
      out[at++] = reason
    }
  }
  return at
}

const FIRST_DAY = FIRST_SECOND / 86_400
/** `YYMMDD` of every day from 1950 to 2049, written when it is first needed. */
const DATES = new Uint8Array(6 * (LAST_SECOND / 86_400 - FIRST_DAY))

/** Where the digits of a day (days since the epoch) stand in `DATES`. */
function dateDigits(day: number): number {
  const at = 6 * (day - FIRST_DAY)
  if (DATES[at] === 0) {
    const text = new Date(day * 86_400_000).toISOString()
    for (const [k, place] of [2, 3, 5, 6, 8, 9].entries()) DATES[at + k] = text.charCodeAt(place)
  }
  return at
}

function twoDigits(out: Uint8Array, at: number, value: number): number {
  const tens = (value * 205) >> 11
  out[at] = 0x30 + tens
  out[at + 1] = 0x30 + value - 10 * tens
  return at + 2
}
