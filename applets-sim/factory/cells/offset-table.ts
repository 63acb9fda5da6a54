/** A template that begins with a table of where its objects are (facts 2.4, 2.5): u16 big-endian, counted from the first octet of the file. */
import { concat, uint } from '../../../src/base/bytes.ts'
import { tlv, tlvLong } from '../../../src/base/tlv.ts'
import { cardTlv } from '../card-verifiable.ts'

/** `longLength` codes the template's length as `82 hh ll` even where one octet would do. */
export function withOffsetTable(
  tag: number,
  tableTag: number,
  objects: readonly Uint8Array[],
  longLength = false,
): Uint8Array {
  const table = (first: number): Uint8Array => {
    const offsets: Uint8Array[] = []
    let at = first
    for (const object of objects) {
      offsets.push(uint(at, 2))
      at += object.length
    }
    return tlv(tableTag, ...offsets)
  }
  const content = table(0).length + objects.reduce((length, object) => length + object.length, 0)
  const long = longLength || content >= 0x80
  const header = 2 + (long ? 3 : 1)
  return (long ? tlvLong : cardTlv)(tag, concat(table(header + table(0).length), ...objects))
}
