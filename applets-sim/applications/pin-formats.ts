/** Formats and try limits of the card's credentials (facts 3.1). An image may give a reference another limit. */
import { digits, type PinFormat } from '../os/layout.ts'

export const FOUR_DIGITS = { format: digits(4), tryLimit: 3 }

/** 署名用電子証明書用暗証番号: 6–16 upper-case letters and digits, at least one of each. The card does not fold case. */
const password: PinFormat = { minLength: 6, maxLength: 16, content: /^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]*$/ }
export const SIGN_PASSWORD = { format: password, tryLimit: 5 }

/** 照合番号A, the My Number itself. Its limit is not public: 10 is assumed (facts 3.1). */
export const CODE_A = { format: digits(12), tryLimit: 10 }
/** 照合番号B: birth date, expiry year, security code. */
export const CODE_B = { format: digits(14), tryLimit: 10 }
/** 生年月日, era year, month, day. Its limit is not public: 10 is assumed. */
export const BIRTH_DATE = { format: digits(6), tryLimit: 10 }
