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
