/**
 * Receipts of delegated management (GPCS 2.3.1, 11.1.6 and C.5): the issuer's proof that the card did what the token allowed.
 * AES-CMAC under the receipt key (version 71, id 1) over confirmation data ‖ length-value of each field concerned.
 */
import { concat, toUint, uint } from '../../src/base/bytes.ts'
import { berLength, readTlv } from '../../src/base/tlv.ts'
import { AesKey } from './aes.ts'
import { CELL } from './cells.ts'
import type { DomainContext } from './domain-context.ts'
import { KEY_TYPE, KVN } from './key-set.ts'

const lv = (bytes: Uint8Array): Uint8Array => concat(berLength(bytes.length), bytes)

/** No receipt: a confirmation of length zero (GPCS 2.3.1, 11.5.3.1). */
const NONE = Uint8Array.of(0)

/**
 * Response data of a management command: length ‖ { receipt, counter, card unique data, each with its length } (decision 0130).
 * Counts, so call it inside the command's transaction.
 */
export function confirmation(context: DomainContext, delegated: boolean, ...fields: readonly Uint8Array[]): Uint8Array {
  const { memory, registry } = context.content
  const key = context.content.ring(registry.isdAid).key(KVN.RECEIPT, 1)?.components[0]
  if (!delegated || key?.type !== KEY_TYPE.AES) return NONE
  const count = (toUint(memory.read(CELL.CONFIRMATIONS) ?? Uint8Array.of(0)) + 1) % 0x10000
  memory.write(CELL.CONFIRMATIONS, uint(count, 2))
  const data = concat(lv(uint(count, 2)), lv(concat(identification(context, 0x42), identification(context, 0x45))))
  const receipt = new AesKey(key.value).cmac(concat(data, ...fields.map(lv)))
  return lv(concat(lv(receipt), data))
}

/** The issuer's 42 or 45 without its tag, whichever way the image keeps it. */
function identification({ content }: DomainContext, tag: number): Uint8Array {
  const cell = content.memory.read(`isd/00${tag.toString(16)}`) ?? new Uint8Array()
  const object = readTlv(cell)
  return object?.tag === tag && object.end === cell.length ? object.value : cell
}
