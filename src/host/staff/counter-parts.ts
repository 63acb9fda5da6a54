/** What the two sides of a counter share. */
import type { BackOffice } from '../back-office.ts'
import type { CardDesk } from '../card-desk.ts'
import type { HostPorts, Patience } from '../ports.ts'
import type { PromptDesk } from '../prompt-desk.ts'
import type { CounterTurn } from './counter-turn.ts'
import type { StaffScreenDesk } from './staff-screen.ts'

/** For whoever is signed in. */
export interface CounterParts {
  readonly ports: HostPorts
  readonly patience: Patience
  readonly office: BackOffice
  readonly closing: AbortSignal
  readonly staffScreen: StaffScreenDesk
  readonly staffCards: CardDesk
  readonly resident: PromptDesk
  readonly residentCards: CardDesk
  /** The turn at the resident's side; it may outlive the session of whoever began it, until the card is taken. */
  readonly turn: { current: CounterTurn | undefined }
}
