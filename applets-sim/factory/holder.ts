/** Who a simulated card belongs to: an invented person, with everything the card says of them. */
import { z } from 'zod'
import { isCalendarDate } from '../../src/pki/validity.ts'
import { isMyNumber } from './my-number.ts'

export const calendarDate = z.string().refine(isCalendarDate, 'must be a calendar date YYYYMMDD')
const digits = (length: number) => z.string().regex(new RegExp(`^\\d{${length}}$`), `must be ${length} digits`)
/** At most so many characters that every template still fits its length field. */
const line = (longest: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .refine((text) => Array.from(text).length <= longest, `must be at most ${longest} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be text without control characters')

export const municipality = z.strictObject({
  /** 全国地方公共団体コード without its check digit. */
  code: digits(5),
  prefecture: line(10),
  name: line(30),
  /** As in certificate names: `Tokyo-to`, `Kiyose-shi`. */
  prefectureRomaji: z.string().regex(/^[A-Za-z' -]{1,40}$/, 'must be Latin letters'),
  nameRomaji: z.string().regex(/^[A-Za-z' -]{1,60}$/, 'must be Latin letters'),
})

export const holder = z.strictObject({
  /** 氏名: family name, U+3000, given name. */
  name: line(100),
  /** `1` male, `2` female, `9` other. */
  sex: z.enum(['1', '2', '9']),
  birth: calendarDate.refine((date) => date >= '18680125', 'must not lie before 明治'),
  address: line(200),
  municipality,
  /** 個人番号, check digit included. */
  myNumber: z.string().refine(isMyNumber, 'must be twelve digits with a right check digit'),
  /** 住民票コード. */
  residentCode: digits(11),
  /** セキュリティコード on the face. */
  securityCode: digits(4),
  /** The 16 characters printed on the back. */
  printedNumber: z.string().regex(/^[0-9A-F]{16}$/, 'must be 16 characters 0–9, A–F'),
})
export type Holder = z.infer<typeof holder>

/**
 * The printed specimen (F60): 番号 花子, 平成元年3月31日生, 女. Its address is in a town that exists and a quarter that does not.
 * The print says 2025年3月31日まで有効; cards made here are valid under the factory's clock instead.
 */
export const HANAKO: Holder = {
  name: '番号　花子',
  sex: '2',
  birth: '19890331',
  address: '東京都清瀬市見本町１－２－３',
  municipality: {
    code: '13221',
    prefecture: '東京都',
    name: '清瀬市',
    prefectureRomaji: 'Tokyo-to',
    nameRomaji: 'Kiyose-shi',
  },
  myNumber: '123456789018',
  residentCode: '99900000001',
  securityCode: '1234',
  printedNumber: '0123456789ABCDEF',
}

/** A child of the same invented family; `year` is the year of birth. */
export const taro = (year: number): Holder => ({
  ...HANAKO,
  name: '番号　太郎',
  sex: '1',
  birth: `${year}0503`,
  myNumber: '234567890121',
  residentCode: '99900000002',
  securityCode: '5678',
  printedNumber: 'FEDCBA9876543210',
})
