/** What a terminal is told of itself when it is set up: where it stands and what it is called. No secrets, no personal data. */
import { offeredAt } from '../procedures/catalogue.ts'
import { TERMINAL_ROLES, type TerminalRole } from '../wire/backend-roles.ts'

/** Roles with a screen: something is offered to whoever lays a card down. */
export const ROLES_WITH_SCREENS = TERMINAL_ROLES.filter((role) => offeredAt(role).length > 0)

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
