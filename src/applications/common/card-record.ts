/** The card record: 28 digits, serial (15), municipality (5), expiry YYYYMMDD (facts 2.2). Total. */
import type { SimpleTlv } from '../file/read-record.ts'

export interface CardRecord {
  readonly serial: string
  /** 製造番号: characters 3–15 of the serial. */
  readonly manufactureNumber: string
  /** 全国地方公共団体コード, five digits. */
  readonly municipality: string
  readonly expiry: string
}

const DIGITS = /^(\d{15})(\d{5})(\d{8})$/

export function parseCardRecord({ tag, value }: SimpleTlv): CardRecord | undefined {
  if (tag !== 0x01 || value.length !== 28) return undefined
  const found = DIGITS.exec(String.fromCharCode(...value))
  if (found === null) return undefined
  const [, serial = '', municipality = '', expiry = ''] = found
  return { serial, manufactureNumber: serial.slice(2), municipality, expiry }
}
