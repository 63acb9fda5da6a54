/** Which procedures a counter offers, and what stands in the way of each now (requirements 1; F18: early, with the reason, without using a try). */
import type { TerminalRole } from '../../wire/backend-roles.ts'
import type { Glance, Hindrance, Startable } from '../../wire/staff-view.ts'
import type { ProcedureName } from '../../wire/view.ts'

interface Rule {
  readonly procedure: ProcedureName
  readonly places: readonly TerminalRole[]
  /** The card's states in which it makes sense; any where left out, also of a card that nobody knows. */
  readonly states?: readonly NonNullable<Glance['state']>[]
  /** Somebody was picked before (F58). */
  readonly person?: true
  /** Is about PINs, which a face-authentication card has none of (F11, F18). */
  readonly pins?: true
}

const RULES: readonly Rule[] = [
  { procedure: 'pinStatus', places: ['town', 'postOffice', 'consulate'] },
  { procedure: 'pinChange', places: ['town', 'postOffice', 'consulate'], pins: true },
  { procedure: 'counterPinReset', places: ['town'], states: ['delivered'], pins: true },
  { procedure: 'preDelivery', places: ['town', 'consulate'], states: ['dispatched', 'setUp'] },
  { procedure: 'delivery', places: ['town', 'consulate'], states: ['setUp'], person: true },
]

export interface AtCounter {
  readonly role: TerminalRole
  readonly glance: Glance | undefined
  readonly personPicked: boolean
}

export const startables = (at: AtCounter): Startable[] =>
  RULES.map((rule) => {
    const hindrance = hindranceOf(rule, at)
    return { procedure: rule.procedure, ...(hindrance && { hindrance }) }
  })

/** The first thing in the way, in the order in which somebody would put them right. */
function hindranceOf(rule: Rule, { role, glance, personPicked }: AtCounter): Hindrance | undefined {
  if (!rule.places.includes(role)) return 'notForThisPlace'
  if (glance === undefined) return 'noCard'
  if (rule.pins === true && glance.faceAuth === true) return 'faceAuthCard'
  if (rule.states === undefined) return undefined
  if (glance.backend === 'away') return 'backendAway'
  if (glance.backend === 'unknownCard' || glance.state === undefined) return 'unknownCard'
  if (!rule.states.includes(glance.state)) return 'cardState'
  return rule.person === true && !personPicked ? 'noPerson' : undefined
}
