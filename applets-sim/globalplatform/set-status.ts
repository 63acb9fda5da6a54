/** SET STATUS (GPCS 2.3.1, 11.10): the life cycle of the card, of a domain, of an application. */
import { equal } from '../../src/base/bytes.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { status } from '../os/answer.ts'
import type { DomainContext } from './domain-context.ts'
import type { InstanceEntry } from './entry.ts'
import { cardStep, isLocked, LOCKED, PERSONALIZED, SELECTABLE } from './life-cycle.ts'
import { has, PRIVILEGE } from './privileges.ts'
import { demand, require } from './refusal.ts'

/** P1 (table 11-86). */
const OF = { CARD: 0x80, INSTANCE: 0x40, DOMAIN_AND_CONTENT: 0x60 } as const

export function setStatus(context: DomainContext, { p1, p2, data }: Command): Uint8Array {
  const { registry } = context.content
  if (p1 === OF.CARD) {
    require(cardStep(registry.card, p2, context.self.privileges), SW.CONDITIONS_NOT_SATISFIED)
    registry.setCard(p2)
    return status(SW.OK)
  }
  require(p1 === OF.INSTANCE || p1 === OF.DOMAIN_AND_CONTENT, SW.WRONG_P1P2)
  const entry = demand(registry.instance(data), SW.REFERENCE_NOT_FOUND)
  const isDomain = has(entry.privileges, PRIVILEGE.SECURITY_DOMAIN)
  require(isDomain || p1 === OF.INSTANCE, SW.WRONG_DATA)
  require(!equal(entry.aid, registry.isdAid), SW.CONDITIONS_NOT_SATISFIED)
  const next = demand(nextLife(context, entry, p2), SW.CONDITIONS_NOT_SATISFIED)
  const wards =
    p1 === OF.DOMAIN_AND_CONTENT ? registry.instances().filter(({ aid }) => registry.within(entry.aid, aid)) : [entry]
  for (const ward of wards) {
    const life = equal(ward.aid, entry.aid) ? next : lockOrUnlock(ward.life, p2)
    if (life !== ward.life) registry.update({ ...ward, life })
  }
  return status(SW.OK)
}

const lockOrUnlock = (life: number, wanted: number): number => (isLocked(wanted) ? life | LOCKED : life & ~LOCKED)

/**
 * Locking and unlocking is for those above (or with Global Lock); a domain moves itself from SELECTABLE to PERSONALIZED.
 * Unlocking brings back the state before. Undefined when it may not be.
 */
function nextLife(context: DomainContext, entry: InstanceEntry, wanted: number): number | undefined {
  const { self, content } = context
  const own = equal(self.aid, entry.aid)
  const above = !own && content.registry.within(self.aid, entry.aid)
  const mayLock = above || has(self.privileges, PRIVILEGE.GLOBAL_LOCK)
  if (isLocked(wanted)) return mayLock || own ? entry.life | LOCKED : undefined
  if (isLocked(entry.life)) return mayLock ? entry.life & ~LOCKED : undefined
  if (own || above) return entry.life === SELECTABLE && wanted === PERSONALIZED ? PERSONALIZED : undefined
  return undefined
}
