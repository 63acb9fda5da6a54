/** What a terminal is told of itself when it is set up: where it stands and what it is called. No secrets, no personal data. */
import type { TerminalRole } from '../wire/backend-roles.ts'

export interface Settings {
  /** As the backend enrolled it. */
  readonly terminal: string
  readonly role: TerminalRole
  /** Where it stands, as a receipt says it. */
  readonly place: string
  /** The one reader that residents use; any of them when left out. */
  readonly reader?: string
  /** The reader of staff cards, at a counter. */
  readonly staffReader?: string
  /** Order of the keys of the PIN pad. Shuffled never counts while spoken guidance is on. */
  readonly keypad: 'telephone' | 'shuffled'
}
