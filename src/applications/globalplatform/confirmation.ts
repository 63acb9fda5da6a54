/** What INSTALL, LOAD and DELETE answer (GPCS 2.3.1, 11.1.6): nothing, or a receipt with the data it confirms. */
import { concat } from '../../base/bytes.ts'
import { readTlv } from '../../base/tlv.ts'
import { cmac, sameMac } from './aes.ts'
import { lv } from './aid.ts'

export interface Confirmation {
  readonly receipt: Uint8Array
  /** Two bytes, one more for every receipt of the card. */
  readonly counter: Uint8Array
  /** What names the security domain that made it: its issuer and image number (42 ‖ 45). */
  readonly cardUniqueData: Uint8Array
  /** Token identifier and digest, when the card repeats them. */
  readonly rest: Uint8Array
}

/** `undefined` inside when the answer is a single 00 or empty (no receipt); undefined outside when it is malformed. */
export function parseConfirmation(data: Uint8Array): { readonly confirmation?: Confirmation } | undefined {
  if (data.length === 0 || (data.length === 1 && data[0] === 0)) return {}
  // Cards differ in whether the whole has a length of its own before it (docs/decisions/0130).
  const whole = readLv(data, 0)
  const inner = whole !== undefined && whole.end === data.length ? whole.value : data
  const receipt = readLv(inner, 0)
  const counter = receipt && readLv(inner, receipt.end)
  const unique = counter && readLv(inner, counter.end)
  if (receipt === undefined || counter === undefined || unique === undefined) return undefined
  return {
    confirmation: {
      receipt: receipt.value,
      counter: counter.value,
      cardUniqueData: unique.value,
      rest: inner.subarray(unique.end),
    },
  }
}

// A BER length field is what follows any one-byte tag.
function readLv(data: Uint8Array, at: number) {
  const object = readTlv(concat(Uint8Array.of(0x04), data.subarray(at)))
  return object && { value: object.value, end: at + object.end - 1 }
}

/**
 * Is this the receipt of what was asked for? AES-CMAC over counter, card unique data and the fields of the operation (C.5), each with
 * its length: load – load file, domain; install – load file, instance; delete – object; extradition – old domain,
 * object, new domain; registry update – the same and the privileges and parameters of the command.
 */
export function verifyReceipt(key: Uint8Array, confirmation: Confirmation, ...fields: readonly Uint8Array[]): boolean {
  const { receipt, counter, cardUniqueData } = confirmation
  return sameMac(receipt, cmac(key, lv(counter), lv(cardUniqueData), ...fields.map(lv)))
}
