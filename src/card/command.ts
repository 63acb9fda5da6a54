/** Command and response APDUs (ISO/IEC 7816-3:2006, 12.1; ISO/IEC 7816-4:2020, 5.2). */
import { concat, EMPTY, uint } from '../base/bytes.ts'

export interface Command {
  readonly cla: number
  readonly ins: number
  readonly p1: number
  readonly p2: number
  /** Command data field, Nc = 0–65535 bytes. */
  readonly data: Uint8Array
  /** Ne: the most response bytes wanted, 1–65536; 0 when the Le field is absent. */
  readonly ne: number
  /** Lc and Le were (or are to be) coded on extended length fields. */
  readonly extended: boolean
}

export interface CommandParts {
  readonly data?: Uint8Array
  readonly ne?: number
  readonly extended?: boolean
}

/** A command; extended coding is chosen only when asked for or when the lengths need it. */
export function command(cla: number, ins: number, p1: number, p2: number, parts: CommandParts = {}): Command {
  const data = parts.data ?? EMPTY
  const ne = parts.ne ?? 0
  if (data.length > 0xffff) throw new RangeError(`command: data of ${data.length} bytes is more than 65535`)
  if (ne > 0x10000) throw new RangeError(`command: Ne ${ne} is more than 65536`)
  return { cla, ins, p1, p2, data, ne, extended: parts.extended ?? (data.length > 0xff || ne > 0x100) }
}

/** The bytes that go to the card. */
export function encodeCommand({ cla, ins, p1, p2, data, ne, extended }: Command): Uint8Array {
  const header = Uint8Array.of(cla, ins, p1, p2)
  const nc = data.length
  if (!extended) {
    const lc = nc === 0 ? EMPTY : uint(nc, 1)
    const le = ne === 0 ? EMPTY : uint(ne & 0xff, 1)
    return concat(header, lc, data, le)
  }
  const lc = nc === 0 ? EMPTY : concat(uint(0, 1), uint(nc, 2))
  const le = ne === 0 ? EMPTY : concat(nc === 0 ? uint(0, 1) : EMPTY, uint(ne & 0xffff, 2))
  return concat(header, lc, data, le)
}

/**
 * A command from its bytes, or undefined when the length fields contradict the length (a card answers 6700).
 * `data` is a view into `bytes`. ISO/IEC 7816-3:2006, 12.1.3, cases 1, 2S, 3S, 4S, 2E, 3E, 4E.
 */
export function decodeCommand(bytes: Uint8Array): Command | undefined {
  const size = bytes.length
  if (size < 4) return undefined
  const cla = bytes[0] as number
  const ins = bytes[1] as number
  const p1 = bytes[2] as number
  const p2 = bytes[3] as number
  if (size === 4) return { cla, ins, p1, p2, data: EMPTY, ne: 0, extended: false }
  const b5 = bytes[4] as number
  if (size === 5) return { cla, ins, p1, p2, data: EMPTY, ne: b5 || 0x100, extended: false }
  if (b5 !== 0) {
    if (size === 5 + b5) return { cla, ins, p1, p2, data: bytes.subarray(5), ne: 0, extended: false }
    if (size !== 6 + b5) return undefined
    return { cla, ins, p1, p2, data: bytes.subarray(5, 5 + b5), ne: bytes[5 + b5] || 0x100, extended: false }
  }
  if (size < 7) return undefined
  const b67 = ((bytes[5] as number) << 8) | (bytes[6] as number)
  if (size === 7) return { cla, ins, p1, p2, data: EMPTY, ne: b67 || 0x10000, extended: true }
  if (b67 === 0) return undefined
  if (size === 7 + b67) return { cla, ins, p1, p2, data: bytes.subarray(7), ne: 0, extended: true }
  if (size !== 9 + b67) return undefined
  const ne = ((bytes[7 + b67] as number) << 8) | (bytes[8 + b67] as number) || 0x10000
  return { cla, ins, p1, p2, data: bytes.subarray(7, 7 + b67), ne, extended: true }
}

export interface Response {
  /** Response data field, a view into the received bytes. */
  readonly data: Uint8Array
  /** SW1-SW2 as one number, 0x9000. */
  readonly sw: number
}

/** A response from its bytes, or undefined when there are fewer than two: a communication error, never a success. */
export function decodeResponse(bytes: Uint8Array): Response | undefined {
  const size = bytes.length
  if (size < 2) return undefined
  return { data: bytes.subarray(0, size - 2), sw: ((bytes[size - 2] as number) << 8) | (bytes[size - 1] as number) }
}

export const encodeResponse = (data: Uint8Array, sw: number): Uint8Array => concat(data, uint(sw, 2))
