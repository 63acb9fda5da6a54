/** Days of the calendar, without going through text: certificates are read and issued by the thousand. */

/** Midnight UTC of a real day of the years 0 to 9999, epoch milliseconds; undefined for any other three numbers. */
export function dayUtc(year: number, month: number, day: number): number | undefined {
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined
  const date = new Date(0)
  const at = date.setUTCFullYear(year, month - 1, day)
  return date.getUTCDate() === day ? at : undefined
}

/** `YYYYMMDD` of the day in UTC that an instant (epoch milliseconds) is in. */
export function dateUtc(at: number): string {
  const date = new Date(at)
  const number = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
  return String(number).padStart(8, '0')
}
