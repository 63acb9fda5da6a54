/** Reasons for revocation by number (RFC 5280, 5.3.1) with what JPKI means by them (facts 5.6). */
export const REASON = {
  /** Disposed of before hand-over; written as no reason at all. */
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  /** The certified contents changed: name, address, date of birth, sex. */
  affiliationChanged: 3,
  /** Renewed. */
  superseded: 4,
  /** No longer needed. */
  cessationOfOperation: 5,
  /** Suspended (一時停止). */
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const

export type ReasonName = keyof typeof REASON

const NAMES = new Map<number, ReasonName>(Object.entries(REASON).map(([name, code]) => [code, name as ReasonName]))

/** The name of a reason code; undefined for a number that is none. */
export const reasonName = (code: number): ReasonName | undefined => NAMES.get(code)
