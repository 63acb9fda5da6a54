/** What SCardGetAttrib tells of a virtual reader (PC/SC part 3, 3.1.1). Every text says that the reader is simulated. */
import { concat, utf8 } from '../../../src/base/bytes.ts'
import type { CardSharing } from '../reader/card-sharing.ts'
import { STATE } from '../reader/scard.ts'
import { words } from './pcsc-wire.ts'

const ATTRIBUTE_ID = {
  VENDOR_NAME: 0x00010100,
  VENDOR_IFD_TYPE: 0x00010101,
  VENDOR_IFD_VERSION: 0x00010102,
  CURRENT_PROTOCOL_TYPE: 0x00080201,
  ICC_PRESENCE: 0x00090300,
  ICC_INTERFACE_STATUS: 0x00090301,
  ATR_STRING: 0x00090303,
  ICC_TYPE_PER_ATR: 0x00090304,
  MAXINPUT: 0x0007a007,
  DEVICE_FRIENDLY_NAME_A: 0x7fff0003,
  DEVICE_SYSTEM_NAME_A: 0x7fff0004,
} as const

/** 0xMMmmbbbb: major, minor, build. */
const VERSION = 0x01000000
/** ISO/IEC 7816 asynchronous card. */
const ASYNCHRONOUS = 1

const text = (value: string): Uint8Array => concat(utf8(value), Uint8Array.of(0))

/** The attribute's bytes, or undefined when the reader does not have it. */
export function readerAttribute(slot: CardSharing, id: number): Uint8Array | undefined {
  const present = (slot.state & STATE.PRESENT) !== 0
  switch (id) {
    case ATTRIBUTE_ID.VENDOR_NAME:
      return text('Madoguchi (simulated)')
    case ATTRIBUTE_ID.VENDOR_IFD_TYPE:
      return text('Virtual reader (simulated)')
    case ATTRIBUTE_ID.VENDOR_IFD_VERSION:
      return words(VERSION)
    case ATTRIBUTE_ID.CURRENT_PROTOCOL_TYPE:
      return words(slot.protocol)
    case ATTRIBUTE_ID.ICC_PRESENCE:
      return Uint8Array.of(present ? 2 : 0)
    case ATTRIBUTE_ID.ICC_INTERFACE_STATUS:
      return Uint8Array.of(slot.reader.powered ? 0xff : 0)
    case ATTRIBUTE_ID.ATR_STRING:
      return slot.reader.atr
    case ATTRIBUTE_ID.ICC_TYPE_PER_ATR:
      return Uint8Array.of(present ? ASYNCHRONOUS : 0)
    case ATTRIBUTE_ID.MAXINPUT:
      return words(0x10000)
    case ATTRIBUTE_ID.DEVICE_FRIENDLY_NAME_A:
    case ATTRIBUTE_ID.DEVICE_SYSTEM_NAME_A:
      return text(slot.reader.name)
    default:
      return undefined
  }
}
