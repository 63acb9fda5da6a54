/**
 * Receipts of delegated management (GPCS 2.3.1, 11.1.6 and C.5): the issuer's proof that the card did what the token allowed.
 * AES-CMAC under the receipt key (version 71, id 1) over confirmation data ‖ length-value of each AID concerned.
 */
import { concat, toUint, uint } from '../../src/base/bytes.ts'
import { AesKey } from './aes.ts'
import { CELL } from './cells.ts'
import type { DomainContext } from './domain-context.ts'
import { KEY_TYPE, KVN } from './key-set.ts'

const lv = (bytes: Uint8Array): Uint8Array => concat(uint(bytes.length, 1), bytes)

/** No receipt: a confirmation of length zero (GPCS 2.3.1, 11.5.3.1). */
const NONE = Uint8Array.of(0)

/** Response data of a management command. Counts, so call it inside the command's transaction. */
export function confirmation(context: DomainContext, delegated: boolean, ...aids: readonly Uint8Array[]): Uint8Array {
  const { memory, registry } = context.content
  const key = context.content.ring(registry.isdAid).key(KVN.RECEIPT, 1)?.components[0]
  if (!delegated || key?.type !== KEY_TYPE.AES) return NONE
  const count = (toUint(memory.read(CELL.CONFIRMATIONS) ?? Uint8Array.of(0)) + 1) % 0x10000
  memory.write(CELL.CONFIRMATIONS, uint(count, 2))
  const cell = (tag: string) => memory.read(`isd/${tag}`) ?? new Uint8Array()
  const unique = concat(cell('0042'), cell('0045'))
  const data = concat(lv(uint(count, 2)), lv(unique))
  const receipt = new AesKey(key.value).cmac(concat(data, ...aids.map(lv)))
  return concat(lv(receipt), data)
}
