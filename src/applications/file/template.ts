/**
 * The data object a file holds. Filler (FF, 00) may stand before and after it, and lengths need not be minimal (facts 2.5, 10).
 * Total: what is not there is undefined.
 */
import { startsWith, uint } from '../../base/bytes.ts'
import { findTlv, parseTlvs, readTlv, type Tlv } from '../../base/tlv.ts'

const FILLER: ReadonlySet<number> = new Set([0x00, 0xff])

function objectStart(bytes: Uint8Array, tag: number): number | undefined {
  const wanted = uint(tag, tag < 0x100 ? 1 : 2)
  for (let start = 0; start < bytes.length; start++) {
    if (startsWith(bytes.subarray(start), wanted)) return start
    if (!FILLER.has(bytes[start] as number)) return undefined
  }
  return undefined
}

/** The object with this one- or two-byte tag. */
export function findObject(bytes: Uint8Array, tag: number): Tlv | undefined {
  const start = objectStart(bytes, tag)
  return start === undefined ? undefined : readTlv(bytes, start)
}

/** Where the object ends, from the first bytes of a file alone; undefined when they do not tell. */
export function objectEnd(head: Uint8Array, tag: number): number | undefined {
  const start = objectStart(head, tag)
  if (start === undefined) return undefined
  const lengthAt = start + (tag < 0x100 ? 1 : 2)
  const first = head[lengthAt]
  if (first === undefined) return undefined
  if (first < 0x80) return lengthAt + 1 + first
  const count = first & 0x7f
  if (count === 0 || count > 3 || lengthAt + count >= head.length) return undefined
  let length = 0
  for (const byte of head.subarray(lengthAt + 1, lengthAt + 1 + count)) length = length * 256 + byte
  return lengthAt + 1 + count + length
}

/** The objects inside the template with this tag, and the template's own bytes. */
export interface Template {
  /** Offset of the first byte of the template's value in the file. */
  readonly valueStart: number
  readonly value: Uint8Array
  readonly objects: readonly Tlv[]
  get(tag: number): Uint8Array | undefined
}

export function parseTemplate(bytes: Uint8Array, tag: number): Template | undefined {
  const object = findObject(bytes, tag)
  const objects = object && parseTlvs(object.value)
  if (object === undefined || objects === undefined) return undefined
  return {
    valueStart: object.end - object.value.length,
    value: object.value,
    objects,
    get: (inner) => findTlv(objects, inner),
  }
}

/** The bytes of the inner objects from one tag up to, and without, another (or the end), as they are written. */
export function between({ value, objects }: Template, from: number, before?: number): Uint8Array | undefined {
  const start = objects.find(({ tag }) => tag === from)?.start
  const end = before === undefined ? value.length : objects.find(({ tag }) => tag === before)?.start
  return start === undefined || end === undefined || end < start ? undefined : value.subarray(start, end)
}
