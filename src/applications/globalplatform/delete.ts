/** DELETE (GPCS 2.3.1, 11.2). */
import { concat, EMPTY, uint } from '../../base/bytes.ts'
import { tlv } from '../../base/tlv.ts'
import { parseConfirmation } from './confirmation.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'
import type { InstallAnswer } from './install.ts'

const DELETE = {
  name: 'DELETE',
  section: 'GPCS 11.2',
  ins: 0xe4,
  accepts: [0x6200],
  meanings: [
    [
      0x6985,
      'referenced data cannot be deleted',
      'Delete what was made from it first, or ask for related objects too.',
    ],
    [0x6a88, 'not on the card', 'Check the AID; `list` shows what is on the card.'],
    [0x6a82, 'not on the card', 'Check the AID; `list` shows what is on the card.'],
  ],
} as const

export interface DeleteOptions {
  /** Also the applications that came from the load file (P2 80). */
  readonly related?: boolean
  /** Over `deleteTokenInput`, with delegated management. */
  readonly token?: Uint8Array
}

export const deleteObject = (
  aid: Uint8Array,
  { related = false, token }: DeleteOptions = {},
): GpCommand<InstallAnswer> => {
  const data = concat(tlv(0x4f, aid), token ? tlv(0x9e, token) : EMPTY)
  return gpCommand(DELETE, 0x00, related ? 0x80 : 0x00, { data, ne: 0x100 }, (answer) => parseConfirmation(answer.data))
}

/** What a delete token signs (C.4.7): P1 ‖ P2 ‖ length ‖ the object's TLV. */
export function deleteTokenInput(aid: Uint8Array, related = false): Uint8Array {
  const object = tlv(0x4f, aid)
  return concat(Uint8Array.of(0x00, related ? 0x80 : 0x00), uint(object.length, 1), object)
}

/** A whole key set, or one key of it (11.2.2.3.2). */
export const deleteKeys = (version: number, keyId?: number): GpCommand<true> => {
  const id = keyId === undefined ? EMPTY : tlv(0xd0, uint(keyId, 1))
  return gpCommand(DELETE, 0x00, 0x00, { data: concat(id, tlv(0xd2, uint(version, 1))), ne: 0x100 }, () => true)
}
