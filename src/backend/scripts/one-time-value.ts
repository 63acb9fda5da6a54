/** A PIN that nobody knows, for the one script that sets and verifies it (decision 0091). */
import { ascii, concat } from '../../base/bytes.ts'
import type { RandomSource } from '../../base/clock.ts'
import type { ScriptPin } from '../../wire/card-script.ts'

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** In the form the card takes (facts 3.1): four digits, or 16 letters and digits with both among them. */
export function oneTimeValue(pin: ScriptPin, random: RandomSource): Uint8Array {
  const pick = (alphabet: string, count: number) => {
    let out = ''
    while (out.length < count) {
      const [byte = 0] = random.bytes(1)
      // Every character equally often: what is left over at the end of the byte's range is thrown away.
      if (byte < 256 - (256 % alphabet.length)) out += alphabet[byte % alphabet.length]
    }
    return ascii(out)
  }
  return pin === 'sign' ? concat(pick(LETTERS, 1), pick(DIGITS, 1), pick(LETTERS + DIGITS, 14)) : pick(DIGITS, 4)
}
