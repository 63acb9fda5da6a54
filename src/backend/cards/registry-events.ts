/** What happens in the resident register, and what it does to certificates and cards (F40, facts 5.6, 7.4). */
import { record } from '../audit/record.ts'
import { endCertificatesOf, endOfHolder } from '../ca/revoke.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { townOf } from '../towns/gate.ts'
import { type CardRow, moveCard } from './card-states.ts'
import type { People } from './people.ts'

export const REGISTRY_CRASH_POINTS = ['registry.start', 'registry.committed'] as const

export type RegistryEvent =
  /** Moving within Japan, wards of one city included. */
  | { readonly kind: 'moved'; readonly municipality: string; readonly address: string }
  /** 国外転出: the register's address becomes the remark (F07). */
  | { readonly kind: 'movedAbroad'; readonly remark: string }
  | { readonly kind: 'renamed'; readonly name: string; readonly kana: string }
  | { readonly kind: 'died' }

export interface RegistryReport {
  /** The register's own id of the event: reported twice, it counts once. */
  readonly id: string
  readonly holder: string
  readonly event: RegistryEvent
}

/**
 * Carries out an event. A change of name or address ends the signature certificate (affiliationChanged) and not the authentication
 * one; death ends everything and abolishes the cards. Returns how many certificates ended.
 */
export async function registryEvent(
  context: Context,
  people: People,
  report: RegistryReport,
  by: Actor,
): Promise<{ readonly ended: number }> {
  const { store, clock, crash } = context
  crash('registry.start')
  const at = clock.now()
  const { id, holder, event } = report
  const ended = await store.transaction(async (tx) => {
    if ((await tx.get('SELECT id FROM registry_event WHERE id = ?', id)) !== undefined) return 0
    const person = await people.get(tx, holder)
    if (person.status === 'left') throw new Refusal('notEntitled', 'not in the register')
    await tx.run('INSERT INTO registry_event (id, kind, holder, at) VALUES (?, ?, ?, ?)', id, event.kind, holder, at)
    await record(tx, { ...by, procedure: `registry.${event.kind}`, holder, object: `event ${id}`, result: 'done' }, at)
    switch (event.kind) {
      case 'moved':
        townOf(event.municipality)
        await people.change(tx, person, { municipality: event.municipality, address: event.address, abroad: false }, at)
        break
      case 'movedAbroad':
        await people.change(tx, person, { address: event.remark, abroad: true }, at)
        break
      case 'renamed':
        await people.change(tx, person, { name: event.name, kana: event.kana }, at)
        break
      case 'died': {
        await people.change(tx, person, { status: 'left' }, at)
        const cards = await tx.all<CardRow>("SELECT * FROM card WHERE holder = ? AND state <> 'abolished'", holder)
        let count = 0
        for (const card of cards) {
          count += await endCertificatesOf(tx, card.serial, { to: 'revoked', reason: 'cessationOfOperation' }, by, at)
          await moveCard(tx, { card, to: 'abolished', by, at })
        }
        return count
      }
    }
    return endOfHolder(tx, holder, 'sign', { to: 'revoked', reason: 'affiliationChanged' }, by, at)
  })
  crash('registry.committed')
  return { ended }
}
