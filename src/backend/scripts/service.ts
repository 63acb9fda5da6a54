/** The door of this room: what a terminal may ask for, and the procedures by name. */
import { SCRIPT_PLACES, STAFFED, type TerminalRole } from '../../wire/backend-roles.ts'
import type { CardScript, Resettable, ScriptProcedureName, ScriptReport } from '../../wire/card-script.ts'
import type { CardRow } from '../cards/card-states.ts'
import { mustBeChecked } from '../cards/identity-checks.ts'
import type { Actor } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { Reads } from '../store/store.ts'
import { UniqueViolation } from '../store/store.ts'
import { appById } from './apps.ts'
import { applicationFacts, deleteProcedure, loadProcedure } from './procedures/application.ts'
import { certificateProcedure } from './procedures/certificate.ts'
import { type PinResetFacts, pinResetProcedure } from './procedures/pin-reset.ts'
import { setUpProcedure } from './procedures/set-up.ts'
import { nextScript, openScript, type ScriptReply } from './scripts.ts'
import type { AnyProcedure, ScriptParts } from './turn.ts'

const PROCEDURES: Readonly<Record<ScriptProcedureName, AnyProcedure>> = {
  certificate: certificateProcedure,
  setUp: setUpProcedure,
  pinReset: pinResetProcedure,
  loadApplication: loadProcedure,
  deleteApplication: deleteProcedure,
}

export type ScriptAsk =
  /** Renewal in the holder's presence. */
  | { readonly procedure: 'certificate'; readonly kind: 'sign' | 'auth' }
  /** 交付前設定, before anybody holds the card. */
  | { readonly procedure: 'setUp'; readonly kind: 'sign' | 'auth' }
  /** A counter names the identity check; a kiosk the reservation it has just used up (F21, F22). */
  | {
      readonly procedure: 'pinReset'
      readonly pin: Resettable
      readonly reservation?: string | undefined
      readonly check?: string | undefined
    }
  | { readonly procedure: 'loadApplication' | 'deleteApplication'; readonly application: string }

export interface Opener {
  readonly by: Actor
  /** With staff, who looked at the person; unattended (decision 0163); or a kiosk, where a reservation is needed. */
  readonly at: TerminalRole
  /** Idempotency key, and the whole request as text. */
  readonly key: string
  readonly body: string
}

export interface ScriptService {
  /** Throws `unknownCard`, `cardState`, `identityNotChecked`, `notAllowed`, `noReservation`, `unknownApplication`, `signingUnavailable`. */
  open(card: string, ask: ScriptAsk, opener: Opener): Promise<CardScript>
  /** Throws what `nextScript` throws. */
  next(session: string, report: ScriptReport, by: Actor): Promise<ScriptReply>
}

export const scriptService = (scripts: ScriptParts): ScriptService => ({
  async open(card, ask, { at, ...opener }) {
    const { store, clock } = scripts.parts
    const procedure = PROCEDURES[ask.procedure]
    const opening = { card, ...opener }
    const allowed = (what: keyof typeof SCRIPT_PLACES) => {
      const places: readonly TerminalRole[] = SCRIPT_PLACES[what]
      if (!places.includes(at)) throw new Refusal('notAllowed', what)
    }
    switch (ask.procedure) {
      case 'certificate':
        return openScript(scripts, procedure, {
          ...{ ...opening, facts: { kind: ask.kind } },
          mayOpen: async () => allowed('certificate'),
        })
      case 'setUp': {
        const mayOpen = async ({ state }: CardRow) => {
          allowed('setUp')
          if (state !== 'dispatched' && state !== 'setUp') throw new Refusal('cardState', state)
        }
        return openScript(scripts, procedure, { ...opening, facts: { kind: ask.kind }, mayOpen })
      }
      case 'pinReset': {
        const { pin, check, reservation } = ask
        const mayOpen = async (row: CardRow) => {
          if (row.state === 'delivered' || !SCRIPT_PLACES.firstPins.includes(at)) allowed('pinReset')
          const staffed = STAFFED.includes(at)
          if (pin === 'codeB' && !staffed) throw new Refusal('notAllowed', 'codeB')
          if (pin !== 'codeB' && row.face_auth === 1) throw new Refusal('faceAuthCard')
          if (staffed) await mustBeChecked(store, row, 'pinReset', check, opener.by, clock.now())
          if (at === 'kiosk') await mustBeUsed(store, card, pin, reservation, clock.now())
        }
        // A cut order of a reservation goes on; one of an identity check is done anew, after another look at the person (decision 0208).
        const begun = at === 'kiosk' && reservation !== undefined ? { reservation } : { overtakes: samePin(pin) }
        try {
          return await openScript(scripts, procedure, { ...opening, ...begun, facts: { pin }, mayOpen })
        } catch (error) {
          if (error instanceof UniqueViolation) throw new Refusal('noReservation')
          throw error
        }
      }
      case 'loadApplication':
      case 'deleteApplication':
        return openScript(scripts, procedure, {
          ...opening,
          facts: applicationFacts(await appById(store, ask.application)),
          mayOpen: async () => allowed(ask.procedure),
        })
    }
  },
  next: (session, report, by) => nextScript(scripts, PROCEDURES, session, report, by),
})

const samePin = (pin: Resettable) => (facts: unknown) => (facts as PinResetFacts).pin === pin

/** A reservation opens one session, after the kiosk used it up with the other PIN's signature. */
async function mustBeUsed(store: Reads, card: string, pin: string, id: string | undefined, now: number): Promise<void> {
  const sql = "SELECT id FROM reservation WHERE id = ? AND card = ? AND pin = ? AND state = 'used' AND expires_at > ?"
  if ((await store.get(sql, id ?? '', card, pin, now)) === undefined) throw new Refusal('noReservation')
}
