/** The usual shape of a CRL entry, for writing and checking many of them: serial, UTCTime, at most a reasonCode (RFC 5280, 5.3.1). */

/** A UTCTime with its header `17 0D`, YYMMDDHHMMSSZ. */
export const TIME_OCTETS = 15
export const UTC_TIME_HEADER = 0x170d

/** `30 0C 30 0A 06 03 55 1D 15 04 03 0A 01 xx`: the entry extension reasonCode; three words, then `01` and the reason. */
export const REASON_OCTETS = 14
export const REASON_WORDS = [0x300c300a, 0x0603551d, 0x1504030a] as const

/** Two ASCII digits of 0 to 99 as one 16-bit number. */
export const TWO_DIGITS = Uint16Array.from(
  { length: 100 },
  (_, value) => ((0x30 + Math.floor(value / 10)) << 8) | (0x30 + (value % 10)),
)
