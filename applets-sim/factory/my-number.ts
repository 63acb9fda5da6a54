/** Check digit of an individual number (個人番号): weights 2–7, 2–6 from the right (facts 9.2). */

/** The twelfth digit for eleven digits. */
export function myNumberCheckDigit(digits: string): string {
  if (!/^\d{11}$/.test(digits)) throw new RangeError('myNumberCheckDigit: not eleven digits')
  let sum = 0
  for (let n = 1; n <= 11; n++) sum += Number(digits[11 - n]) * (n <= 6 ? n + 1 : n - 5)
  const rest = sum % 11
  return String(rest <= 1 ? 0 : 11 - rest)
}

export const isMyNumber = (text: string): boolean =>
  /^\d{12}$/.test(text) && myNumberCheckDigit(text.slice(0, 11)) === text[11]
