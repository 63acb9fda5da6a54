/** The numbers on the face of a card that open it: 生年月日, 照合番号A, 照合番号B (facts 3.1). As bytes, never as text. */
import { ascii, concat } from '../../base/bytes.ts'

/** First days of the eras, the latest first; before 明治 nobody alive was born. */
const ERAS = ['20190501', '19890108', '19261225', '19120730', '18680125'] as const

/** YYMMDD with the year of the Japanese era, from YYYYMMDD: `19800217` → `550217`. Throws RangeError for no such date. */
export function birthDateKey(birth: string): Uint8Array {
  if (!isDate(birth)) throw new RangeError('birthDateKey: not a date YYYYMMDD')
  const first = ERAS.find((day) => birth >= day)
  if (first === undefined) throw new RangeError('birthDateKey: a date before 明治')
  const year = Number(birth.slice(0, 4)) - Number(first.slice(0, 4)) + 1
  return ascii(`${String(year).padStart(2, '0')}${birth.slice(4)}`)
}

export interface CodeB {
  /** YYYYMMDD. */
  readonly birth: string
  /** Year the card expires in, Gregorian. */
  readonly expiryYear: number
  /** セキュリティコード on the face: four digits. */
  readonly securityCode: Uint8Array
}

/** 照合番号B: birth date in the era, expiry year, security code; 14 digits. Throws RangeError for what cannot be printed on a card. */
export function codeB({ birth, expiryYear, securityCode }: CodeB): Uint8Array {
  if (!Number.isInteger(expiryYear) || expiryYear < 2016 || expiryYear > 9999)
    throw new RangeError('codeB: not a year a card can expire in')
  if (securityCode.length !== 4 || !securityCode.every((byte) => byte >= 0x30 && byte <= 0x39))
    throw new RangeError('codeB: a security code is four digits')
  return concat(birthDateKey(birth), ascii(String(expiryYear)), securityCode)
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
}
