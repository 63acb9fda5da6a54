/** BER-TLV data objects (ISO/IEC 7816-4:2020, 6.3). Parsing is total: malformed input gives undefined, never an exception. */
import { concat, uint } from './bytes.ts'

export interface Tlv {
  /** Tag bytes as a number: 0x5A, 0xDF21, 0x7F21, … at most three bytes. */
  readonly tag: number
  /** A view into the parsed bytes. */
  readonly value: Uint8Array
  /** Offset of the first tag byte in the parsed bytes, and of the byte after the value. */
  readonly start: number
  readonly end: number
}

/** The shortest BER length field. */
export function berLength(length: number): Uint8Array {
  if (length < 0x80) return uint(length, 1)
  if (length < 0x100) return concat(uint(0x81, 1), uint(length, 1))
  if (length < 0x10000) return concat(uint(0x82, 1), uint(length, 2))
  return concat(uint(0x83, 1), uint(length, 3))
}

const tagBytes = (tag: number) => uint(tag, tag < 0x100 ? 1 : tag < 0x10000 ? 2 : 3)

/** One data object with the shortest length field; several values are concatenated. */
export function tlv(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concat(...values)
  return concat(tagBytes(tag), berLength(value.length), value)
}

/** One data object with a three-byte length field `82 hh ll`, as the My Number card codes its long files. */
export function tlvLong(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concat(...values)
  return concat(tagBytes(tag), uint(0x82, 1), uint(value.length, 2), value)
}

/** The data object that begins at `start`; bytes after it are left alone. Non-minimal lengths (81, 82, 83) are accepted. */
export function readTlv(bytes: Uint8Array, start = 0): Tlv | undefined {
  let at = start
  const first = bytes[at++]
  if (first === undefined) return undefined
  let tag = first
  if ((first & 0x1f) === 0x1f) {
    for (let more = true; more; ) {
      const next = bytes[at++]
      if (next === undefined || at - start > 3) return undefined
      tag = tag * 256 + next
      more = (next & 0x80) !== 0
    }
  }
  let length = bytes[at++]
  if (length === undefined) return undefined
  if (length >= 0x80) {
    const count = length & 0x7f
    if (count === 0 || count > 3 || at + count > bytes.length) return undefined
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? 0)
  }
  if (at + length > bytes.length) return undefined
  return { tag, value: bytes.subarray(at, at + length), start, end: at + length }
}

/** All data objects one after another, or undefined when the bytes are not exactly that. */
export function parseTlvs(bytes: Uint8Array): readonly Tlv[] | undefined {
  const out: Tlv[] = []
  for (let at = 0; at < bytes.length; ) {
    const object = readTlv(bytes, at)
    if (object === undefined) return undefined
    out.push(object)
    at = object.end
  }
  return out
}

/** The value of the first object with this tag, or undefined. */
export const findTlv = (objects: readonly Tlv[] | undefined, tag: number): Uint8Array | undefined =>
  objects?.find((object) => object.tag === tag)?.value
