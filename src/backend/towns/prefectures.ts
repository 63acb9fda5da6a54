/** The 47 prefectures by the first two digits of a municipality code (JIS X 0401), as names in certificates spell them. */
const NAMES =
  'Hokkaido Aomori-ken Iwate-ken Miyagi-ken Akita-ken Yamagata-ken Fukushima-ken Ibaraki-ken Tochigi-ken Gumma-ken ' +
  'Saitama-ken Chiba-ken Tokyo-to Kanagawa-ken Niigata-ken Toyama-ken Ishikawa-ken Fukui-ken Yamanashi-ken Nagano-ken ' +
  'Gifu-ken Shizuoka-ken Aichi-ken Mie-ken Shiga-ken Kyoto-fu Osaka-fu Hyogo-ken Nara-ken Wakayama-ken Tottori-ken ' +
  'Shimane-ken Okayama-ken Hiroshima-ken Yamaguchi-ken Tokushima-ken Kagawa-ken Ehime-ken Kochi-ken Fukuoka-ken ' +
  'Saga-ken Nagasaki-ken Kumamoto-ken Oita-ken Miyazaki-ken Kagoshima-ken Okinawa-ken'

const PREFECTURES = NAMES.split(' ')

/** `Tokyo-to` for any code that begins with 13. */
export const prefectureOf = (code: string): string | undefined => PREFECTURES[Number(code.slice(0, 2)) - 1]
