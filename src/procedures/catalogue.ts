/** The procedures there are, by the name a screen starts them with, and where each is offered (requirements 1). */
import { STAFFED, type TerminalRole } from '../wire/backend-roles.ts'
import type { ProcedureName } from '../wire/view.ts'
import { counterPinReset } from './counter-pin-reset.ts'
import { delivery } from './delivery.ts'
import { authPinReset, signPinReset } from './kiosk-pin-reset.ts'
import { pinChange } from './pin-change.ts'
import { pinStatus } from './pin-status.ts'
import { preDelivery } from './pre-delivery.ts'
import { reserveAuthReset, reserveSignReset } from './reserve-reset.ts'
import type { Procedure } from './terminal.ts'

export const PROCEDURES: Readonly<Record<ProcedureName, Procedure>> = {
  ...{ counterPinReset, preDelivery, delivery },
  ...{ pinStatus, pinChange, signPinReset, authPinReset },
  ...{ reserveSignReset, reserveAuthReset },
}

/** Roles that nobody lays a card down for offer nothing. */
const OFFERED: Readonly<Record<TerminalRole, readonly ProcedureName[]>> = {
  town: ['pinStatus', 'pinChange', 'counterPinReset', 'preDelivery', 'delivery'],
  postOffice: ['pinStatus', 'pinChange'],
  consulate: ['pinStatus', 'pinChange', 'preDelivery', 'delivery'],
  kiosk: ['pinStatus', 'signPinReset', 'authPinReset'],
  deliverySite: ['preDelivery', 'delivery'],
  resetApp: ['reserveSignReset', 'reserveAuthReset'],
  callCentre: [],
  registry: [],
  verifier: [],
  administrator: [],
}

export const offeredAt = (role: TerminalRole): readonly ProcedureName[] => OFFERED[role]

/** Where a role has staff, and at this screen there are none: what its holder can do alone. */
export const offeredWithoutStaff = (role: TerminalRole): readonly ProcedureName[] =>
  STAFFED.includes(role) ? OFFERED[role].filter((name) => name === 'pinStatus' || name === 'pinChange') : OFFERED[role]
