/** A kiosk without a screen over the world's backend, and a person who knows what to type. */
import { type JournalStore, memoryJournalStore } from '../../src/host/journal-store.ts'
import type { HostPorts } from '../../src/host/ports.ts'
import type { ProcedureName, View } from '../../src/wire/view.ts'
import { changer, TestTerminal } from '../procedures/terminal.ts'
import type { World } from './delivered-card.ts'

export interface KioskOptions {
  readonly backend?: HostPorts['backend']
  readonly journal?: JournalStore
  readonly role?: HostPorts['settings']['role']
}

export function kiosk(world: World, { backend, journal, role = 'kiosk' }: KioskOptions = {}): TestTerminal {
  return new TestTerminal(undefined, {
    backend: backend ?? [world.port],
    journal: journal ?? memoryJournalStore(),
    settings: { terminal: `demo-${role}`, role, place: 'test', keypad: 'telephone' },
  })
}

/** Lays the world's card down, types in order, takes the card when told to. Returns what was shown. */
export async function typing(
  terminal: TestTerminal,
  world: World,
  procedure: ProcedureName,
  typed: readonly string[],
): Promise<readonly View[]> {
  terminal.insert(world.card)
  return await terminal.run(procedure, changer(terminal, 'none', typed))
}

export const ending = (views: readonly View[]): string => {
  const last = views.findLast((view) => view.kind === 'done' || view.kind === 'failed')
  return last === undefined ? 'nothing' : last.kind === 'failed' ? last.failure : 'done'
}
