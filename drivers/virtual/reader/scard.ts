/** Numbers of the PC/SC interface that a reader service speaks (PC/SC part 5; values as pcsc-lite's headers give them). */
import type { Disposition, Protocol, ReaderTrouble, ShareMode } from '../../../src/card/ports.ts'

export const SCARD = {
  SUCCESS: 0,
  F_INTERNAL_ERROR: 0x80100001,
  E_CANCELLED: 0x80100002,
  E_INVALID_HANDLE: 0x80100003,
  E_NO_MEMORY: 0x80100006,
  E_INSUFFICIENT_BUFFER: 0x80100008,
  E_UNKNOWN_READER: 0x80100009,
  E_SHARING_VIOLATION: 0x8010000b,
  E_NO_SMARTCARD: 0x8010000c,
  E_PROTO_MISMATCH: 0x8010000f,
  E_INVALID_VALUE: 0x80100011,
  E_NOT_TRANSACTED: 0x80100016,
  E_READER_UNAVAILABLE: 0x80100017,
  E_SERVICE_STOPPED: 0x8010001e,
  E_UNSUPPORTED_FEATURE: 0x8010001f,
  W_UNRESPONSIVE_CARD: 0x80100066,
  W_UNPOWERED_CARD: 0x80100067,
  W_RESET_CARD: 0x80100068,
  W_REMOVED_CARD: 0x80100069,
} as const

/** Bits of a reader's state as the service keeps it. */
export const STATE = {
  ABSENT: 0x02,
  PRESENT: 0x04,
  SWALLOWED: 0x08,
  POWERED: 0x10,
  NEGOTIABLE: 0x20,
  SPECIFIC: 0x40,
} as const

export const PROTOCOL = { UNDEFINED: 0, T0: 1, T1: 2, RAW: 4, ANY: 3, ANY_OLD: 0x1000 } as const

const SHARE_MODES: readonly (ShareMode | undefined)[] = [undefined, 'exclusive', 'shared', 'direct']
export const shareMode = (code: number): ShareMode | undefined => SHARE_MODES[code]

const DISPOSITIONS: readonly Disposition[] = ['leave', 'reset', 'unpower', 'eject']
export const disposition = (code: number): Disposition | undefined => DISPOSITIONS[code]

export const protocolName = (code: number): Protocol =>
  code === PROTOCOL.T0 ? 'T=0' : code === PROTOCOL.T1 ? 'T=1' : 'raw'

/** A return code as a reason a person can act on. */
export function troubleOf(code: number, reader: string): ReaderTrouble {
  switch (code) {
    case SCARD.E_CANCELLED:
      return { kind: 'cancelled' }
    case SCARD.E_UNKNOWN_READER:
    case SCARD.E_READER_UNAVAILABLE:
    case SCARD.E_INVALID_HANDLE:
      return { kind: 'readerGone', reader }
    case SCARD.E_SHARING_VIOLATION:
      return { kind: 'inUse', reader }
    case SCARD.E_NO_SMARTCARD:
      return { kind: 'noCard', reader }
    case SCARD.W_REMOVED_CARD:
      return { kind: 'cardGone', reader }
    case SCARD.W_UNRESPONSIVE_CARD:
      return { kind: 'mute', reader }
    case SCARD.W_RESET_CARD:
    case SCARD.W_UNPOWERED_CARD:
      return { kind: 'cardReset', reader }
    case SCARD.E_NOT_TRANSACTED:
      return { kind: 'communication', reader, detail: 'the card did not answer' }
    default:
      return { kind: 'unexpected', code, detail: `PC/SC return value 0x${code.toString(16)}` }
  }
}
