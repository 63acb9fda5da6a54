/** Dates as staff read and write them: by the Gregorian calendar and by Japanese eras. A calendar date is YYYYMMDD, as the backend has it. */
import { LANGUAGES, type Language } from '../shared/words/words.ts'

/** First day of each era; the letter is what forms and drivers' licences use. */
const ERAS = [
  { letter: 'R', name: '令和', first: 20190501 },
  { letter: 'H', name: '平成', first: 19890108 },
  { letter: 'S', name: '昭和', first: 19261225 },
  { letter: 'T', name: '大正', first: 19120730 },
  { letter: 'M', name: '明治', first: 18680125 },
] as const

const WRITTEN =
  /^(?:([MTSHR]|明治|大正|昭和|平成|令和)\s*)?(\d{1,4}|元)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?$/u

/** 19850307, 1985-3-7, 1985/03/07, S60.3.7, 昭和60年3月7日. Undefined when it is no date. */
export function readDate(typed: string): string | undefined {
  const text = typed.normalize('NFKC').trim().toUpperCase()
  const plain = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (plain !== null) return existing(Number(plain[1]), Number(plain[2]), Number(plain[3]))
  const [, written, yearText, month, day] = WRITTEN.exec(text) ?? []
  if (yearText === undefined) return undefined
  const year = yearText === '元' ? 1 : Number(yearText)
  if (written === undefined) return yearText.length === 4 ? existing(year, Number(month), Number(day)) : undefined
  const era = ERAS.findIndex(({ letter, name }) => written === letter || written === name)
  const first = ERAS[era]?.first
  if (first === undefined || year === 0) return undefined
  const date = existing(Math.floor(first / 10_000) + year - 1, Number(month), Number(day))
  const end = ERAS[era - 1]?.first ?? 99_991_231
  return date !== undefined && Number(date) >= first && Number(date) < end ? date : undefined
}

function existing(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 1800 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return String(year * 10_000 + month * 100 + day)
}

const format = (tag: string, at: number, timeZone: string): string =>
  new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone }).format(at)

/** For staff to read beside papers: in Japanese with the era that papers have. */
export function tellDate(date: string, language: Language): string {
  const at = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)))
  const gregorian = format(LANGUAGES[language].tag, at, 'UTC')
  if (language !== 'ja') return gregorian
  return `${gregorian}（${new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { dateStyle: 'short', timeZone: 'UTC' }).format(at)}）`
}

/** Milliseconds since 1970, as the day it is in Japan. */
export const tellDay = (time: number, language: Language): string => format(LANGUAGES[language].tag, time, 'Asia/Tokyo')

/** Milliseconds since 1970, as the day and the minute it is in Japan. */
export const tellMoment = (time: number, language: Language): string =>
  new Intl.DateTimeFormat(LANGUAGES[language].tag, {
    ...{ dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo' },
  }).format(time)
