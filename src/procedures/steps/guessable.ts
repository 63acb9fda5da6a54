/** PINs that a thief tries first: they are explained, not refused; what the card or the law refuses is refused elsewhere. */
import { CommonSession } from '../../applications/common/common-session.ts'
import { orNothing } from '../../applications/or-nothing.ts'
import { birthDateKey } from '../../applications/visual/verification-numbers.ts'
import { fromUtf8 } from '../../base/bytes.ts'
import type { Transaction } from '../../card/transaction-hold.ts'

/**
 * What stands on the card, as far as a procedure knows it; held for the time of the question alone. The security code lies on the chip as
 * a picture behind a number of its own, so nobody who asks for a new PIN knows it.
 */
export interface Printed {
  /** YYYYMMDD. */
  readonly birth?: string | undefined
  readonly expiry?: string | undefined
}

/** Free to read; a card whose record cannot be read has none. */
export const readExpiry = (tx: Transaction): Promise<string | undefined> =>
  orNothing(async () => (await (await CommonSession.open(tx)).cardRecord())?.expiry)

/** `pin` in the card's form. */
export function easilyGuessed(pin: Uint8Array, printed: Printed): boolean {
  return isRow(pin) || datesOf(printed).some((digits) => holds(pin, digits))
}

/** All the same, or each one above or below the one before: 1111, 1234, 9876. */
function isRow(pin: Uint8Array): boolean {
  const step = (pin[1] ?? 0) - (pin[0] ?? 0)
  return Math.abs(step) <= 1 && pin.every((byte, i) => i === 0 || byte - (pin[i - 1] ?? 0) === step)
}

/** Month and day, day and month, year, year and month, in the Japanese era too; the whole date within a password. */
function datesOf({ birth = '', expiry = '' }: Printed): readonly string[] {
  const [year, month, day] = [birth.slice(0, 4), birth.slice(4, 6), birth.slice(6)]
  const short = year.slice(2)
  const inEra = birthInEra(birth)
  return [
    ...[
      `${month}${day}`,
      `${day}${month}`,
      year,
      `${short}${month}`,
      `${year}${month}${day}`,
      `${short}${month}${day}`,
    ],
    ...[inEra, inEra.slice(0, 4), expiry.slice(0, 4)],
  ].filter((digits) => digits.length >= 4)
}

/** YYMMDD as it stands on the card; nothing where it is no date: a register may know a year alone (P17). */
function birthInEra(birth: string): string {
  try {
    return fromUtf8(birthDateKey(birth))
  } catch {
    return ''
  }
}

/** Four digits are looked for as a whole, six and eight anywhere. */
function holds(pin: Uint8Array, digits: string): boolean {
  if (digits.length > pin.length || (digits.length === 4 && pin.length !== 4)) return false
  for (let at = 0; at + digits.length <= pin.length; at++)
    if ([...digits].every((digit, i) => digit.charCodeAt(0) === pin[at + i])) return true
  return false
}
