/** What a PIN of each kind can look like (facts 3.1), so that no try is spent on one that cannot be right. */

export interface PinFormat {
  readonly minLength: number
  readonly maxLength: number
  readonly characters: 'digits' | 'lettersAndDigits' | 'asterisks'
}

const digits = (length: number): PinFormat => ({ minLength: length, maxLength: length, characters: 'digits' })

export const FOUR_DIGITS = digits(4)
/** 署名用電子証明書用暗証番号: at least one letter and one digit. */
export const SIGN_PASSWORD: PinFormat = { minLength: 6, maxLength: 16, characters: 'lettersAndDigits' }
/** 照合番号A: the My Number. */
export const CODE_A = digits(12)
/** 照合番号B: birth date, expiry year, security code. */
export const CODE_B = digits(14)
export const BIRTH_DATE = digits(6)

export type PinProblem = 'length' | 'characters' | 'letterAndDigit'

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39
const isCapital = (byte: number) => byte >= 0x41 && byte <= 0x5a
const isSmall = (byte: number) => byte >= 0x61 && byte <= 0x7a

/**
 * What was typed (UTF-8) as the card compares it: full-width forms as ASCII, letters as capitals (facts 3.1). A fresh array,
 * for the caller to zero.
 */
export function asTyped(typed: Uint8Array): Uint8Array {
  const out = new Uint8Array(typed.length)
  let length = 0
  for (let i = 0; i < typed.length; i++) {
    let byte = typed[i] as number
    const full = byte === 0xef ? fullWidth(typed[i + 1], typed[i + 2]) : undefined
    if (full !== undefined) {
      byte = full
      i += 2
    }
    out[length++] = isSmall(byte) ? byte - 0x20 : byte
  }
  const exact = out.slice(0, length)
  out.fill(0)
  return exact
}

/** U+FF01–U+FF5E are EF BC 81 – EF BD 9E and stand for 21–7E. */
function fullWidth(second: number | undefined, third: number | undefined): number | undefined {
  if (third === undefined || third < 0x80 || third > 0xbf) return undefined
  if (second === 0xbc && third > 0x80) return third - 0x60
  if (second === 0xbd && third <= 0x9e) return third - 0x20
  return undefined
}

/** Why the bytes cannot be a PIN of this format. */
export function pinProblem(format: PinFormat, pin: Uint8Array): PinProblem | undefined {
  if (pin.length < format.minLength || pin.length > format.maxLength) return 'length'
  if (format.characters === 'digits') return pin.every(isDigit) ? undefined : 'characters'
  if (format.characters === 'asterisks') return pin.every((byte) => byte === 0x2a) ? undefined : 'characters'
  if (!pin.every((byte) => isDigit(byte) || isCapital(byte))) return 'characters'
  return pin.some(isDigit) && pin.some(isCapital) ? undefined : 'letterAndDigit'
}
