/**
 * pcsc-lite's client protocol 4.4, 4.5 and 4.6 on the wire (facts: PC/SC page, section 2): a request is a header {u32 size,
 * u32 command} and a body of that size, a reply is the same body with its fields filled in. Everything in native byte order.
 */
import { endianness } from 'node:os'
import type { CardSharing } from '../reader/card-sharing.ts'

export const COMMAND = {
  ESTABLISH_CONTEXT: 0x01,
  RELEASE_CONTEXT: 0x02,
  CONNECT: 0x04,
  RECONNECT: 0x05,
  DISCONNECT: 0x06,
  BEGIN_TRANSACTION: 0x07,
  END_TRANSACTION: 0x08,
  TRANSMIT: 0x09,
  CONTROL: 0x0a,
  STATUS: 0x0b,
  CANCEL: 0x0d,
  GET_ATTRIB: 0x0f,
  SET_ATTRIB: 0x10,
  VERSION: 0x11,
  GET_READERS_STATE: 0x12,
  WAIT_READER_STATE_CHANGE: 0x13,
  STOP_WAITING_READER_STATE_CHANGE: 0x14,
  GET_READER_EVENTS: 0x15,
  GET_READERS_STATE_SIZE: 0x16,
  GET_READERS_STATE_ARRAY: 0x17,
} as const

export const HEADER = 8
export const NAME = 128
export const ATTRIBUTE = 264
/** MAX_BUFFER_SIZE_EXTENDED: the longest command or answer. */
export const LONGEST_APDU = 4 + 3 + 0x10000 + 3 + 2
/** Scopes of a context: user, terminal, system, global. */
export const LAST_SCOPE = 3
/** Before 4.6 the state array has this many entries, no more and no fewer. */
export const FIXED_READERS = 16

/** Size of every command's body; bytes that follow TRANSMIT and CONTROL are announced inside it. */
export const BODY_SIZE: Readonly<Record<number, number>> = {
  [COMMAND.ESTABLISH_CONTEXT]: 12,
  [COMMAND.RELEASE_CONTEXT]: 8,
  [COMMAND.CONNECT]: 4 + NAME + 20,
  [COMMAND.RECONNECT]: 24,
  [COMMAND.DISCONNECT]: 12,
  [COMMAND.BEGIN_TRANSACTION]: 8,
  [COMMAND.END_TRANSACTION]: 12,
  [COMMAND.TRANSMIT]: 32,
  [COMMAND.CONTROL]: 24,
  [COMMAND.STATUS]: 8,
  [COMMAND.CANCEL]: 8,
  [COMMAND.GET_ATTRIB]: 8 + ATTRIBUTE + 8,
  [COMMAND.SET_ATTRIB]: 8 + ATTRIBUTE + 8,
  [COMMAND.VERSION]: 12,
  [COMMAND.GET_READERS_STATE]: 0,
  [COMMAND.WAIT_READER_STATE_CHANGE]: 0,
  [COMMAND.STOP_WAITING_READER_STATE_CHANGE]: 0,
  [COMMAND.GET_READER_EVENTS]: 0,
  [COMMAND.GET_READERS_STATE_SIZE]: 0,
  [COMMAND.GET_READERS_STATE_ARRAY]: 0,
}

/** Where in the body of TRANSMIT and CONTROL the length of the bytes stands that follow it. */
export const ANNOUNCED_AT: Readonly<Record<number, number>> = { [COMMAND.TRANSMIT]: 12, [COMMAND.CONTROL]: 8 }

const LITTLE = endianness() === 'LE'

export const get32 = (bytes: Buffer, at: number): number => (LITTLE ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))

export function put32(bytes: Buffer, at: number, value: number): void {
  if (LITTLE) bytes.writeUInt32LE(value, at)
  else bytes.writeUInt32BE(value, at)
}

/** A body of 32-bit words. */
export function words(...values: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(4 * values.length)
  values.forEach((value, i) => {
    put32(out, 4 * i, value >>> 0)
  })
  return out
}

/** A reader's name from its zero-terminated field; undefined when the zero is missing. */
export function getName(bytes: Buffer, at: number): string | undefined {
  const end = bytes.indexOf(0, at)
  return end < 0 || end >= at + NAME ? undefined : bytes.toString('utf8', at, end)
}

const READER_STATE = 184

/** The state array: `count` entries {name[128], events, state, sharing, atr[33] + 3 pad, ATR length, protocol}. */
export function readerStates(slots: readonly CardSharing[], count: number): Buffer {
  const out = Buffer.alloc(READER_STATE * count)
  slots.slice(0, count).forEach((slot, i) => {
    const at = READER_STATE * i
    const atr = slot.reader.atr ?? new Uint8Array(0)
    out.write(slot.reader.name, at)
    put32(out, at + 128, slot.reader.eventCounter)
    put32(out, at + 132, slot.state)
    put32(out, at + 136, slot.sharing >>> 0)
    out.set(atr.subarray(0, 33), at + 140)
    put32(out, at + 176, Math.min(atr.length, 33))
    put32(out, at + 180, slot.protocol)
  })
  return out
}
