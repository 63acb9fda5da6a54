/**
 * How long certificates and cards are valid (facts 5.6). Dates are calendar dates in Japan; a validity ends with the last
 * second of its date there, 23:59:59 JST = 14:59:59 UTC.
 */

import { dateUtc, dayUtc } from './day.ts'

/** A calendar date `YYYYMMDD`, as the card writes it: comparing the text compares the dates. */
export type CalendarDate = string

const JST = 9 * 3_600_000

/** The date in Japan at an instant (epoch milliseconds). */
export const dateInJapan = (at: number): CalendarDate => dateUtc(at + JST)

/** Is it eight digits that name a real day? */
export const isCalendarDate = (text: string): boolean => startUtc(text) !== undefined

const startUtc = (date: string): number | undefined =>
  /^\d{8}$/.test(date) ? dayUtc(Number(date.slice(0, 4)), Number(date.slice(4, 6)), Number(date.slice(6))) : undefined

function midnightUtc(date: CalendarDate): number {
  const at = startUtc(date)
  if (at === undefined) throw new RangeError('date is not a calendar date YYYYMMDD')
  return at
}

/** 23:59:59 of the date in Japan, epoch milliseconds: notAfter of a certificate that ends on it. */
export const endOfDay = (date: CalendarDate): number => midnightUtc(date) - JST + 86_399_000

/** The day `months` before (negative) or after, in the same day of the month or that month's last day. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const start = new Date(midnightUtc(date))
  const first = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(start.getUTCDate(), last))
  return dateUtc(first.getTime())
}

/** The birthday in a year; who is born on 29 February has it on 28 February in other years (decision 0022). */
function birthdayIn(year: number, birth: CalendarDate): CalendarDate {
  const date = `${String(year).padStart(4, '0')}${birth.slice(4)}`
  return isCalendarDate(date) ? date : `${date.slice(0, 4)}0228`
}

/** The nth birthday after a date; a birthday on the date itself does not count. */
export function nthBirthdayAfter(date: CalendarDate, birth: CalendarDate, n: number): CalendarDate {
  midnightUtc(date)
  midnightUtc(birth)
  const year = Number(date.slice(0, 4))
  return birthdayIn(birthdayIn(year, birth) > date ? year + n - 1 : year + n, birth)
}

function earliest(first: CalendarDate, ...others: readonly (CalendarDate | undefined)[]): CalendarDate {
  let date = first
  for (const other of others) if (other !== undefined && other < date) date = other
  return date
}

/** Completed years of age on a date. */
export const ageOn = (date: CalendarDate, birth: CalendarDate): number =>
  Number(date.slice(0, 4)) - Number(birth.slice(0, 4)) - (birthdayIn(Number(date.slice(0, 4)), birth) > date ? 1 : 0)

/** What laws and card generations differ in (facts 5.6 and 8, F48). */
export interface ValidityRules {
  /** The birthday after its issue that ends a certificate; one more when it was renewed in its window. */
  readonly certificateBirthday: number
  /** How many months before its end a certificate may be renewed, and for holders living abroad. */
  readonly renewalMonths: number
  readonly renewalMonthsAbroad: number
  /** How many months after the birthday a card ends. */
  readonly cardMonths: number
}

/** Today's, and what is decided for the next card: ten years, a year to renew, a month after the birthday. */
export const VALIDITY_RULES = {
  current: { certificateBirthday: 5, renewalMonths: 3, renewalMonthsAbroad: 12, cardMonths: 0 },
  next: { certificateBirthday: 10, renewalMonths: 12, renewalMonthsAbroad: 12, cardMonths: 1 },
} as const satisfies Readonly<Record<string, ValidityRules>>
export type ValidityRulesName = keyof typeof VALIDITY_RULES

export interface CardValidity {
  readonly produced: CalendarDate
  readonly birth: CalendarDate
  /** Last day of a foreign resident's period of stay. */
  readonly stayUntil?: CalendarDate
}

/** Last valid day of a card: the 10th birthday after production, the 5th under the age of 18, never beyond the period of stay. */
export function cardExpiry(
  { produced, birth, stayUntil }: CardValidity,
  { cardMonths }: ValidityRules = VALIDITY_RULES.current,
): CalendarDate {
  const birthday = nthBirthdayAfter(produced, birth, ageOn(produced, birth) < 18 ? 5 : 10)
  return earliest(addMonths(birthday, cardMonths), stayUntil)
}

/** From when on a certificate may be renewed: today 3 months before its end, 1 year for holders living abroad. */
export const renewalOpens = (
  expiry: CalendarDate,
  abroad = false,
  { renewalMonths, renewalMonthsAbroad }: ValidityRules = VALIDITY_RULES.current,
): CalendarDate => addMonths(expiry, -(abroad ? renewalMonthsAbroad : renewalMonths))

export interface CertificateValidity {
  readonly issued: CalendarDate
  readonly birth: CalendarDate
  readonly cardExpiry: CalendarDate
  /** Last valid day of the certificate that this one renews, and whether the holder lives abroad. */
  readonly renews?: { readonly expiry: CalendarDate; readonly abroad?: boolean }
}

/**
 * Last valid day of a 利用者証明用 certificate: today the 5th birthday after issue, the 6th when renewed in its window (no time is
 * lost), never beyond the card.
 */
export function authCertificateExpiry(
  { issued, birth, cardExpiry: card, renews }: CertificateValidity,
  rules: ValidityRules = VALIDITY_RULES.current,
): CalendarDate {
  const inWindow =
    renews !== undefined &&
    issued <= renews.expiry &&
    issued >= renewalOpens(renews.expiry, renews.abroad ?? false, rules)
  return earliest(nthBirthdayAfter(issued, birth, rules.certificateBirthday + (inWindow ? 1 : 0)), card)
}

/** Last valid day of a 署名用 certificate: also never beyond the holder's 利用者証明用 certificate, where there is one. */
export const signCertificateExpiry = (
  validity: CertificateValidity,
  authExpiry?: CalendarDate,
  rules: ValidityRules = VALIDITY_RULES.current,
): CalendarDate => earliest(authCertificateExpiry(validity, rules), authExpiry)
