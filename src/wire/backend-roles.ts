/** Roles a terminal can have (requirements 1), and which of them each procedure is open to. */
export const TERMINAL_ROLES = [
  'town',
  'postOffice',
  'consulate',
  'kiosk',
  'resetApp',
  'callCentre',
  'deliverySite',
  'registry',
  'verifier',
  'administrator',
] as const
export type TerminalRole = (typeof TERMINAL_ROLES)[number]

/** Counters with staff: who acts there has signed in (F58). */
export const STAFFED: readonly TerminalRole[] = ['town', 'postOffice', 'consulate']
/** Where cards are handed over and served; the delivery site is unattended (F51). */
export const COUNTERS: readonly TerminalRole[] = [...STAFFED, 'deliverySite']

/** 交付前設定, first PINs and 交付. */
const HANDED_OVER_AT: readonly TerminalRole[] = ['town', 'consulate', 'deliverySite']
/** Where a script may begin; `firstPins` is a `pinReset` of a card that nobody holds yet. */
export const SCRIPT_PLACES = {
  certificate: STAFFED,
  setUp: HANDED_OVER_AT,
  firstPins: HANDED_OVER_AT,
  pinReset: ['town', 'kiosk'],
  loadApplication: ['town', 'kiosk'],
  deleteApplication: ['town', 'kiosk'],
} as const satisfies Record<string, readonly TerminalRole[]>
/** Where a card may be moved on to a state. */
export const STATE_PLACES = {
  dispatched: HANDED_OVER_AT,
  setUp: HANDED_OVER_AT,
  delivered: HANDED_OVER_AT,
  suspended: ['town', 'callCentre'],
  abolished: ['town', 'consulate'],
} as const satisfies Record<string, readonly TerminalRole[]>
