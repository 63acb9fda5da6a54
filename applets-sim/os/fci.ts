import { EMPTY } from '../../src/base/bytes.ts'
import { tlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'

/**
 * File control information of a DF: template 6F with the DF name 84 (ISO/IEC 7816-4:2020, 7.4.3). Empty when the command
 * asks for none (P2 = 0C) or leaves no room for a response (no Le).
 */
export function fciOf(aid: Uint8Array, command: Command): Uint8Array {
  if ((command.p2 & 0x0c) !== 0 || command.ne === 0) return EMPTY
  const fci = tlv(0x6f, tlv(0x84, aid))
  return fci.length <= command.ne ? fci : EMPTY
}
