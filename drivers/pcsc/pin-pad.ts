/** PIN entry at the reader's own keypad (PC/SC part 10, 2.2 and 2.5.2; numbers in the machine's byte order). */
import { endianness } from 'node:os'
import type { PinPadVerify } from '../../src/card/ports.ts'

const CONTROL_BASE = process.platform === 'win32' ? 0x310000 : 0x42000000
const controlCode = (code: number): number => CONTROL_BASE + (process.platform === 'win32' ? code << 2 : code)

/** CM_IOCTL_GET_FEATURE_REQUEST */
export const FEATURE_REQUEST = controlCode(3400)
export const FEATURE_VERIFY_PIN_DIRECT = 0x06
export const FEATURE_MODIFY_PIN_DIRECT = 0x07

/** Feature → control code, from a list of tag, length 4 and the code in big-endian order. What is not of that form ends it. */
export function parseFeatures(list: Uint8Array): ReadonlyMap<number, number> {
  const view = new DataView(list.buffer, list.byteOffset, list.length)
  const features = new Map<number, number>()
  for (let at = 0; at + 6 <= list.length && list[at + 1] === 4; at += 6)
    features.set(view.getUint8(at), view.getUint32(at + 2))
  return features
}

/** Bytes, the PIN at offset 0 of the data field, left-justified, in ASCII. */
const FORMAT_ASCII = 0x82
/** The OK key ends the entry. */
const ENTER_PRESSED = 0x02
const JAPANESE = 0x0411
const VERIFY_HEADER = 19

/** PIN_VERIFY_STRUCTURE. The reader writes Lc and the PIN; without a block size the data field is as long as the PIN. */
export function pinVerifyStructure({ header, minLength, maxLength, timeoutSeconds }: PinPadVerify): Uint8Array {
  const command = Uint8Array.of(...header, 0x00)
  const out = new Uint8Array(VERIFY_HEADER + command.length)
  const view = new DataView(out.buffer)
  const little = endianness() === 'LE'
  view.setUint8(0, timeoutSeconds)
  view.setUint8(1, timeoutSeconds)
  view.setUint8(2, FORMAT_ASCII)
  view.setUint16(5, (minLength << 8) | maxLength, little)
  view.setUint8(7, ENTER_PRESSED)
  view.setUint8(8, 1)
  view.setUint16(9, JAPANESE, little)
  view.setUint32(15, command.length, little)
  out.set(command, VERIFY_HEADER)
  return out
}
