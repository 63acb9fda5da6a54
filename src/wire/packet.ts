/**
 * One frame and its secret as bytes, for wires that carry bytes: u32 length of the JSON, the JSON, then the secret. The secret
 * is copied as it is; nothing makes a string of it.
 */
import { concat, fromUtf8, toUint, uint, utf8 } from '../base/bytes.ts'
import type { Frame } from './frame.ts'

/** A frame holds words and a PIN; nothing larger is meant. */
export const MAX_PACKET = 65_536

export function encodePacket(frame: Frame, secret: Uint8Array | undefined): Uint8Array {
  const json = utf8(JSON.stringify(frame))
  return concat(uint(json.length, 4), json, secret ?? new Uint8Array(0))
}

export interface Packet {
  /** Not checked yet: whoever receives it parses it. */
  readonly frame: unknown
  readonly secret: Uint8Array | undefined
}

/** Undefined when the bytes are no packet. `secret` is a copy, and its place in `bytes` is zeroed. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
  if (bytes.length < 4 || bytes.length > MAX_PACKET) return undefined
  const end = 4 + toUint(bytes.subarray(0, 4))
  if (end > bytes.length) return undefined
  try {
    const frame: unknown = JSON.parse(fromUtf8(bytes.subarray(4, end)))
    const rest = bytes.subarray(end)
    const secret = rest.length === 0 ? undefined : new Uint8Array(rest)
    rest.fill(0)
    return { frame, secret }
  } catch {
    return undefined
  }
}
