/** SET STATUS (GPCS 2.3.1, 11.10). */
import { EMPTY } from '../../base/bytes.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'
import { CARD_STATE, type CardState } from './life-cycle.ts'

const SET_STATUS = {
  name: 'SET STATUS',
  section: 'GPCS 11.10',
  ins: 0xf0,
  meanings: [
    [
      0x6985,
      'the transition is not allowed',
      'The card’s life cycle goes one way; only CARD_LOCKED leads back to SECURED (5.1).',
    ],
    [0x6a80, 'not a state of this element', 'See the life cycle of the element (5.1–5.3).'],
    [0x6a88, 'no such application', 'Check the AID; `list` shows what is on the card.'],
  ],
} as const

const done = () => true as const

/** The card's own state. TERMINATED is final. */
export const setCardState = (state: CardState): GpCommand<true> =>
  gpCommand(SET_STATUS, 0x80, CARD_STATE[state], { data: EMPTY }, done)

/** Locks or unlocks one application or security domain; unlocking returns it to the state it had. */
export const setApplicationLock = (aid: Uint8Array, locked: boolean): GpCommand<true> =>
  gpCommand(SET_STATUS, 0x40, locked ? 0x80 : 0x00, { data: aid }, done)

/** The same for a security domain and every application associated with it. */
export const setDomainLock = (aid: Uint8Array, locked: boolean): GpCommand<true> =>
  gpCommand(SET_STATUS, 0x60, locked ? 0x80 : 0x00, { data: aid }, done)
