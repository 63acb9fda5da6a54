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

/** Counters with staff. */
export const COUNTERS: readonly TerminalRole[] = ['town', 'postOffice', 'consulate', 'deliverySite']
