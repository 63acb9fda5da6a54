/** STORE DATA (GPCS 2.3.1, 11.11): data objects for the security domain, or for the application being personalised. */
import { concat, uint } from '../../base/bytes.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'

const STORE_DATA = {
  name: 'STORE DATA',
  section: 'GPCS 11.11',
  ins: 0xe2,
  meanings: [
    [
      0x6a80,
      'the data is not accepted',
      'Check its structure, and that every tag belongs to this domain or application.',
    ],
    [0x6a88, 'unknown data object', 'Check the tag.'],
    [0x6985, 'not being personalised', 'Send INSTALL [for personalization] first.'],
  ],
} as const

/** P1, bits 5–4 (table 11-90). */
export const STRUCTURE = { NONE: 0x00, DGI: 0x08, BER_TLV: 0x10 } as const
const LAST = 0x80

/** One data grouping for `STRUCTURE.DGI` (GPCS 11.11.2.3; EMV CPS 3.2): identifier ‖ length, one byte or FF and two ‖ value. */
export const dataGrouping = (id: number, value: Uint8Array): Uint8Array =>
  concat(uint(id, 2), value.length < 0xff ? uint(value.length, 1) : concat(uint(0xff, 1), uint(value.length, 2)), value)

/** One command per block; the last one says so. Throws RangeError above 256 blocks. */
export function storeData(
  blocks: readonly Uint8Array[],
  structure: number = STRUCTURE.BER_TLV,
): readonly GpCommand<Uint8Array>[] {
  if (blocks.length > 256) throw new RangeError(`storeData: ${blocks.length} blocks are more than 256`)
  return blocks.map((data, i) =>
    gpCommand(
      STORE_DATA,
      structure | (i === blocks.length - 1 ? LAST : 0),
      i,
      { data, ne: 0x100 },
      (answer) => answer.data,
    ),
  )
}
