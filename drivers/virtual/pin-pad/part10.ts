/** PC/SC part 10: features of a reader with a keypad, reached through SCardControl. */
import type { CardHandle } from '../reader/card-sharing.ts'
import { SCARD } from '../reader/scard.ts'
import type { ExchangeResult } from '../reader/virtual-reader.ts'
import { parsePinModify, parsePinVerify } from './pin-block.ts'
import { INVALID_PARAMETER, modifyOnPinPad, verifyOnPinPad } from './pin-entry.ts'
import type { PinPad } from './pin-pad.ts'

const controlCode = (code: number): number => 0x42000000 + code

export const CONTROL = {
  GET_FEATURE_REQUEST: controlCode(3400),
  VERIFY_PIN_DIRECT: controlCode(3506),
  MODIFY_PIN_DIRECT: controlCode(3507),
  IFD_PIN_PROPERTIES: controlCode(3510),
  TLV_PROPERTIES: controlCode(3518),
} as const

const FEATURES: readonly (readonly [tag: number, code: number, needsKeypad: boolean])[] = [
  [0x06, CONTROL.VERIFY_PIN_DIRECT, true],
  [0x07, CONTROL.MODIFY_PIN_DIRECT, true],
  [0x0a, CONTROL.IFD_PIN_PROPERTIES, true],
  [0x12, CONTROL.TLV_PROPERTIES, false],
]

const bigEndian32 = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
]

/** Part 10, 2.2: TLV of tag, length 4 and the control code in big-endian order. */
function featureList(pinPad: PinPad | undefined): Uint8Array {
  const offered = FEATURES.filter(([, , needsKeypad]) => !needsKeypad || pinPad !== undefined)
  return Uint8Array.from(offered.flatMap(([tag, code]) => [tag, 4, ...bigEndian32(code)]))
}

/** Part 10, 2.5.5: no display, the OK key ends the entry, no second time-out. */
const PIN_PROPERTIES = Uint8Array.of(0, 0, 2, 0)

/** Part 10, 2.6.14: bMinPINSize, bMaxPINSize, dwMaxAPDUDataSize (little-endian). */
const TLV_PROPERTIES = Uint8Array.of(6, 1, 4, 7, 1, 16, 10, 4, 0, 0, 1, 0)

/** One SCardControl call. */
export function control(
  handle: CardHandle,
  code: number,
  input: Uint8Array,
  done: (result: ExchangeResult) => void,
): void {
  const { pinPad } = handle.sharing.reader.options
  if (code === CONTROL.GET_FEATURE_REQUEST) done(featureList(pinPad))
  else if (code === CONTROL.TLV_PROPERTIES) done(TLV_PROPERTIES)
  else if (pinPad === undefined) done(SCARD.E_UNSUPPORTED_FEATURE)
  else if (code === CONTROL.IFD_PIN_PROPERTIES) done(PIN_PROPERTIES)
  else if (code === CONTROL.VERIFY_PIN_DIRECT) {
    const request = parsePinVerify(input)
    if (request === undefined) done(INVALID_PARAMETER)
    else verifyOnPinPad(handle, pinPad, request, done)
  } else if (code === CONTROL.MODIFY_PIN_DIRECT) {
    const request = parsePinModify(input)
    if (request === undefined) done(INVALID_PARAMETER)
    else modifyOnPinPad(handle, pinPad, request, done)
  } else done(SCARD.E_UNSUPPORTED_FEATURE)
}
