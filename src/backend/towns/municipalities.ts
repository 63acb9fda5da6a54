/** All 1,741 municipalities and the 175 wards of designated cities, with their local government codes (P17). */
import { readFileSync } from 'node:fs'
import { prefectureOf } from './prefectures.ts'
import { romaji } from './romaji.ts'

export interface Town {
  /** Six digits, the last one a check digit. */
  readonly code: string
  /** In Japanese: 東京都, 清瀬市, きよせし. */
  readonly prefecture: string
  readonly name: string
  readonly kana: string
  /** For a ward, the code of its city. */
  readonly city?: string
  /** As names in certificates spell it: `Tokyo-to`, `Kiyose-shi`; a ward stands under its city. Unique together. */
  readonly romanPrefecture: string
  readonly romanName: string
}

const SUFFIX = /(し|く|まち|ちょう|むら|そん)$/

/** `Kiyose-shi` from きよせし. */
function romanised(kana: string): string {
  const suffix = SUFFIX.exec(kana)?.[0] ?? ''
  const stem = romaji(kana.slice(0, kana.length - suffix.length))
  return `${stem.charAt(0).toUpperCase()}${stem.slice(1)}-${romaji(suffix)}`
}

function load(): ReadonlyMap<string, Town> {
  const text = readFileSync(new URL('./municipalities.csv', import.meta.url), 'utf8')
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  const kanaOf = new Map(rows.map(([code, , , kana]) => [code, kana]))
  const spelled = new Map<string, number>()
  const all = rows.map(([code = '', prefecture = '', name = '', kana = '', , city = '']): Town => {
    const romanPrefecture = prefectureOf(code) ?? ''
    const parent = kanaOf.get(city)
    const romanName = parent === undefined ? romanised(kana) : `${romanised(parent)} ${romanised(kana)}`
    spelled.set(`${romanPrefecture} ${romanName}`, (spelled.get(`${romanPrefecture} ${romanName}`) ?? 0) + 1)
    return { code, prefecture, name, kana, ...(city === '' ? {} : { city }), romanPrefecture, romanName }
  })
  // Two towns of one prefecture may be spelled alike (枝幸町, 江差町): a list must never seem to speak for the other.
  const distinct = (town: Town): Town =>
    spelled.get(`${town.romanPrefecture} ${town.romanName}`) === 1
      ? town
      : { ...town, romanName: `${town.romanName} ${town.code}` }
  return new Map(all.map((town) => [town.code, distinct(town)]))
}

let loaded: ReadonlyMap<string, Town> | undefined

/** By code; read when first asked for. */
export const towns = (): ReadonlyMap<string, Town> => (loaded ??= load())

/** The sixth digit of a local government code: 11 minus the weighted sum of the five before, modulo 11, last digit. */
export function checkDigit(five: string): number {
  const sum = Array.from(five).reduce((total, digit, i) => total + Number(digit) * (6 - i), 0)
  return (11 - (sum % 11)) % 10
}
