/** Japanese eras: how a My Number card writes years of birth (facts 3.1, 5.4). */

/** First day, digit in certificates, name; the latest first. */
const ERAS = [
  ['20190501', 5, '令和'],
  ['19890108', 4, '平成'],
  ['19261225', 3, '昭和'],
  ['19120730', 2, '大正'],
  ['18680125', 1, '明治'],
] as const

export interface EraDate {
  /** 1 明治 … 5 令和. */
  readonly digit: number
  readonly name: string
  /** Year within the era, from 1. */
  readonly year: number
}

/** The era of a date `YYYYMMDD`. Throws RangeError before 明治. */
export function eraOf(date: string): EraDate {
  for (const [first, digit, name] of ERAS)
    if (date >= first) return { digit, name, year: Number(date.slice(0, 4)) - Number(first.slice(0, 4)) + 1 }
  throw new RangeError('eraOf: the date lies before 明治')
}

/** `YYMMDD` with the year of the era: the 生年月日 key and the beginning of 照合番号B. */
export const eraDigits = (date: string): string => `${String(eraOf(date).year).padStart(2, '0')}${date.slice(4)}`
