/**
 * The status of every certificate of an authority as one small file, and what changed since an earlier one: for verifiers that check
 * millions at once. A file is DER: SEQUENCE { OCTET STRING payload, AlgorithmIdentifier, BIT STRING signature over the payload by the
 * authority's OCSP responder }. Payload, big-endian:
 *
 *   snapshot  `MSS1` size(4) number(6) thisUpdate(6) set(ended)
 *   delta     `MSD1` size(4) number(6) thisUpdate(6) from(6) set(added) set(lifted)
 *   set       count(4) k(1) length(4) Rice-coded indexes; an index is serial − the authority's first serial
 */
import { ascii, concat, equal, toUint, uint } from '../../base/bytes.ts'
import { ALGORITHMS, readSignatureAlgorithm } from '../../pki/algorithm.ts'
import { bitString, octetString, sequence } from '../../pki/der.ts'
import { decode } from '../../pki/der-reader.ts'
import type { IssuingAuthority } from '../ca/issuers.ts'
import type { Context } from '../context.ts'
import { isSignedBy } from '../keys/verify.ts'
import type { Reads } from '../store/store.ts'
import { riceDecode, riceEncode, riceParameter } from './rice.ts'

export interface Snapshot {
  /** Indexes below this were given out. */
  readonly size: number
  /** Rises with every snapshot of an authority; seconds since the epoch or more. */
  readonly number: number
  /** Epoch milliseconds. */
  readonly thisUpdate: number
  /** Held, revoked and void ones, ascending. */
  readonly ended: Uint32Array
}

/** The state now, from the database. */
export async function takeSnapshot(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  issuer: IssuingAuthority,
  previous = 0,
): Promise<Snapshot> {
  const thisUpdate = clock.now()
  const rows = await store.all<{ idx: number }>(
    "SELECT idx FROM cert WHERE issuer = ? AND state IN ('held', 'revoked', 'void') ORDER BY idx",
    issuer.id,
  )
  const size = await sizeOf(store, issuer.id)
  const number = Math.max(previous + 1, Math.floor(thisUpdate / 1000))
  return { size, number, thisUpdate, ended: Uint32Array.from(rows, ({ idx }) => idx) }
}

async function sizeOf(store: Reads, issuer: string): Promise<number> {
  const row = await store.get<{ next_index: number }>('SELECT next_index FROM issuer WHERE id = ?', issuer)
  return row?.next_index ?? 0
}

function setBytes(numbers: Uint32Array, size: number): Uint8Array {
  const k = riceParameter(numbers.length, size)
  const coded = riceEncode(numbers, k)
  return concat(uint(numbers.length, 4), uint(k, 1), uint(coded.length, 4), coded)
}

const headOf = (magic: string, { size, number, thisUpdate }: Snapshot) =>
  concat(ascii(magic), uint(size, 4), uint(number, 6), uint(thisUpdate, 6))

export const snapshotPayload = (snapshot: Snapshot): Uint8Array =>
  concat(headOf('MSS1', snapshot), setBytes(snapshot.ended, snapshot.size))

/** What turns `from` into `to`. */
export function deltaPayload(from: Snapshot, to: Snapshot): Uint8Array {
  const added = difference(to.ended, from.ended)
  const lifted = difference(from.ended, to.ended)
  return concat(headOf('MSD1', to), uint(from.number, 6), setBytes(added, to.size), setBytes(lifted, to.size))
}

/** Members of `a` that are not in `b`; both ascending. */
function difference(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(a.length)
  let count = 0
  let j = 0
  for (const number of a) {
    while (j < b.length && (b[j] as number) < number) j++
    if (b[j] !== number) out[count++] = number
  }
  return out.slice(0, count)
}

/** The signed file. */
export async function signedStatus(
  { keys }: Pick<Context, 'keys'>,
  issuer: IssuingAuthority,
  payload: Uint8Array,
): Promise<Uint8Array> {
  const { responderKey } = issuer
  const signature = await keys.sign(responderKey, payload)
  return sequence(octetString(payload), ALGORITHMS[responderKey.algorithm].signature, bitString(signature))
}

/** The payload of a file, or undefined when it is malformed or not signed by this responder's key (SubjectPublicKeyInfo). */
export function openStatus(file: Uint8Array, responder: Uint8Array): Uint8Array | undefined {
  const parsed = decode(file, (cursor) =>
    cursor.sequence('status file', (inner) => ({
      payload: inner.octetString('payload'),
      algorithm: readSignatureAlgorithm(inner, 'signature algorithm'),
      signature: inner.bitString('signature'),
    })),
  )
  if (!parsed.ok) return undefined
  const { payload, algorithm, signature } = parsed.value
  return isSignedBy(algorithm, responder, payload, signature) ? payload : undefined
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

function takeUint(cursor: Cursor, width: number): number | undefined {
  const bytes = cursor.bytes.subarray(cursor.at, cursor.at + width)
  cursor.at += width
  return bytes.length === width ? toUint(bytes) : undefined
}

function takeSet(cursor: Cursor, size: number): Uint32Array | undefined {
  const [count, k, length] = [takeUint(cursor, 4), takeUint(cursor, 1), takeUint(cursor, 4)]
  if (count === undefined || k === undefined || length === undefined) return undefined
  const coded = cursor.bytes.subarray(cursor.at, cursor.at + length)
  cursor.at += length
  return coded.length === length ? riceDecode(coded, k, count, size) : undefined
}

/**
 * A snapshot from the payload of one, or from an earlier one and the payload of a delta that begins at it. Undefined for bytes that
 * are neither, or a delta from another number.
 */
export function readStatus(payload: Uint8Array, earlier?: Snapshot): Snapshot | undefined {
  const cursor: Cursor = { bytes: payload, at: 4 }
  const [size, number, thisUpdate] = [takeUint(cursor, 4), takeUint(cursor, 6), takeUint(cursor, 6)]
  if (size === undefined || number === undefined || thisUpdate === undefined) return undefined
  const magic = payload.subarray(0, 4)
  if (equal(magic, ascii('MSS1'))) {
    const ended = takeSet(cursor, size)
    return ended === undefined || cursor.at !== payload.length ? undefined : { size, number, thisUpdate, ended }
  }
  if (!equal(magic, ascii('MSD1')) || earlier === undefined || takeUint(cursor, 6) !== earlier.number) return undefined
  const added = takeSet(cursor, size)
  const lifted = takeSet(cursor, size)
  if (added === undefined || lifted === undefined || cursor.at !== payload.length) return undefined
  const kept = difference(earlier.ended, lifted)
  const ended = new Uint32Array(kept.length + added.length)
  ended.set(kept)
  ended.set(added, kept.length)
  return { size, number, thisUpdate, ended: ended.sort() }
}

/** One bit for each certificate, for checking very many: 12.5 MB for 100 million. */
export function bitmapOf({ size, ended }: Snapshot): Uint8Array {
  const bits = new Uint8Array((size + 7) >> 3)
  for (const index of ended) bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7))
  return bits
}

/** How many of these indexes are ended; each beyond the bitmap counts as ended, for nothing is known of it. */
export function countEnded(bits: Uint8Array, indexes: Uint32Array): number {
  const size = bits.length << 3
  let count = 0
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i] as number
    count += index < size ? ((bits[index >> 3] as number) >> (index & 7)) & 1 : 1
  }
  return count
}
