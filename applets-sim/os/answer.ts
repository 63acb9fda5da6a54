/** Response APDUs as an application builds them: data ‖ SW1 SW2. */
import { EMPTY } from '../../src/base/bytes.ts'

/** A status word without data. */
export const status = (sw: number): Uint8Array => Uint8Array.of(sw >> 8, sw & 0xff)

/** Data and a status word, 9000 when none is given. Copies `data` once. */
export function answer(data: Uint8Array = EMPTY, sw = 0x9000): Uint8Array {
  const out = new Uint8Array(data.length + 2)
  out.set(data)
  out[data.length] = sw >> 8
  out[data.length + 1] = sw & 0xff
  return out
}

export const swOf = (response: Uint8Array): number =>
  ((response[response.length - 2] ?? 0) << 8) | (response[response.length - 1] ?? 0)
