/** Data groupings of STORE DATA (GPCS 2.3.1, 11.11 and the EMV card personalisation format): identifier (2) ‖ length (1, or FF and 2) ‖ value. */
import { SW } from '../../src/card/status-word.ts'
import { Fields } from './fields.ts'
import { require } from './refusal.ts'

export interface DataGrouping {
  readonly id: number
  readonly value: Uint8Array
}

/** Throws Refusal 6A80 when the bytes are not exactly that. */
export function parseDataGroupings(bytes: Uint8Array): readonly DataGrouping[] {
  require(bytes.length > 0, SW.WRONG_DATA)
  const groupings: DataGrouping[] = []
  const fields = new Fields(bytes)
  while (fields.at < bytes.length) {
    const id = fields.byte() * 0x100 + fields.byte()
    const first = fields.byte()
    groupings.push({ id, value: fields.take(first === 0xff ? fields.byte() * 0x100 + fields.byte() : first) })
  }
  return groupings
}
