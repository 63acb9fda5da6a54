/** Byte-string helpers. Every function returns a fresh array unless it says "view". */

export const EMPTY = new Uint8Array(0)

/** One array holding all parts in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** A copy, also of a Node Buffer, whose own slice() is a view: of what is kept after the caller may wipe it. */
export const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

/** Same length and same bytes. Not constant-time: never compare secrets with it. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Does `bytes` begin with `prefix`? */
export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && equal(bytes.subarray(0, prefix.length), prefix)
}

/** A number as big-endian bytes. Throws RangeError when it does not fit in `width` (1–6) bytes. */
export function uint(value: number, width: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width))
    throw new RangeError(`uint: ${value} does not fit in ${width} bytes`)
  const out = new Uint8Array(width)
  for (let i = width - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256
  return out
}

/** Big-endian bytes (at most 6) as a number. */
export function toUint(bytes: Uint8Array): number {
  if (bytes.length > 6) throw new RangeError(`toUint: ${bytes.length} bytes are more than 6`)
  let value = 0
  for (const byte of bytes) value = value * 256 + byte
  return value
}

/** ASCII text as bytes. Throws RangeError on any other character. */
export function ascii(text: string): Uint8Array {
  const out = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) throw new RangeError(`ascii: character ${i} is not ASCII`)
    out[i] = code
  }
  return out
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const utf8 = (text: string): Uint8Array => encoder.encode(text)
/** Throws TypeError when the bytes are not valid UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)
