/** Application identifiers and the LV lists GlobalPlatform puts them into. */
import { concat, uint } from '../../base/bytes.ts'
import { fromHex } from '../../base/hex.ts'
import { berLength } from '../../base/tlv.ts'

/** The issuer security domain of the My Number card and of most cards (facts 1.1; GPCS H.1.3). */
export const ISSUER_SECURITY_DOMAIN = fromHex('A0000001510000')

/** An AID from hexadecimal. Throws RangeError unless it has 5–16 bytes, SyntaxError unless it is hexadecimal. */
export function aid(text: string): Uint8Array {
  const bytes = fromHex(text)
  if (bytes.length < 5 || bytes.length > 16) throw new RangeError(`aid: ${bytes.length} bytes, an AID has 5–16`)
  return bytes
}

/** One length byte and the value. Throws RangeError above 255 bytes. */
export const lv = (value: Uint8Array): Uint8Array => concat(uint(value.length, 1), value)

/** A BER length field and the value: parameters and tokens, which may be longer than 127 bytes. */
export const berLv = (value: Uint8Array): Uint8Array => concat(berLength(value.length), value)
