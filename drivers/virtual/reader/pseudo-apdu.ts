/** Commands that a reader answers itself (PC/SC part 3, 3.2.2.1.3): GET DATA with class FF. */
import { concat, startsWith } from '../../../src/base/bytes.ts'
import type { ChipInterface } from '../../../src/card/ports.ts'

const GET_DATA = Uint8Array.of(0xff, 0xca)
const NOT_SUPPORTED = Uint8Array.of(0x6a, 0x81)
const WRONG_LENGTH = Uint8Array.of(0x67, 0x00)

/**
 * The reader's answer, or undefined when the command is for the card. A Type B card has no UID: what comes back is the PUPI,
 * drawn anew at every activation (facts 1.2). Through contacts there is nothing to return.
 */
export function answerPseudoCommand(command: Uint8Array, via: ChipInterface, pupi: Uint8Array): Uint8Array | undefined {
  if (!startsWith(command, GET_DATA)) return undefined
  if (command.length !== 5) return WRONG_LENGTH
  if (via !== 'contactless' || command[2] !== 0 || command[3] !== 0) return NOT_SUPPORTED
  const le = command[4] as number
  if (le !== 0 && le < pupi.length) return Uint8Array.of(0x6c, pupi.length)
  return le > pupi.length ? concat(pupi, Uint8Array.of(0x62, 0x82)) : concat(pupi, Uint8Array.of(0x90, 0x00))
}
