/** READ RECORD (facts 1.6): records are simple TLV, one-byte tag, one-byte length or FF and two. */
import { toUint } from '../../base/bytes.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { Channel } from '../../card/transaction-hold.ts'
import { type FileRef, labelOf } from './select-file.ts'

export interface SimpleTlv {
  readonly tag: number
  readonly value: Uint8Array
}

/** Record `number` of the EF with this short id; undefined when there is no such file or record. */
export async function readRecord(channel: Channel, file: FileRef, number: number): Promise<SimpleTlv | undefined> {
  const label = labelOf('READ RECORD', file)
  const { data, sw } = await channel.send(label, command(0x00, 0xb2, number, (file.fid << 3) | 0x04, { ne: 0x100 }))
  if (sw === SW.NOT_FOUND || sw === SW.RECORD_NOT_FOUND) return undefined
  if (sw !== SW.OK) throw new CardFault({ kind: 'refused', label, sw })
  const record = parseSimpleTlv(data)
  if (record === undefined) throw new CardFault({ kind: 'malformed', label })
  return record
}

/** Total. Bytes behind the value are left alone. */
export function parseSimpleTlv(bytes: Uint8Array): SimpleTlv | undefined {
  const [tag, short] = bytes
  if (tag === undefined || short === undefined) return undefined
  const long = short === 0xff
  if (long && bytes.length < 4) return undefined
  const start = long ? 4 : 2
  const length = long ? toUint(bytes.subarray(2, 4)) : short
  return bytes.length < start + length ? undefined : { tag, value: bytes.subarray(start, start + length) }
}
