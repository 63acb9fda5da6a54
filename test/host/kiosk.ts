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
  readonly timers?: HostPorts['timers']
  readonly face?: HostPorts['face']
}

export function kiosk(
  world: World,
  { backend, journal, timers, face, role = 'kiosk' }: KioskOptions = {},
): TestTerminal {
  return new TestTerminal(undefined, {
    backend: backend ?? [world.port],
    journal: journal ?? memoryJournalStore(),
    ...(timers === undefined ? {} : { timers }),
    ...(face === undefined ? {} : { face }),
    settings: { terminal: `demo-${role}`, role, place: 'test', keypad: 'telephone' },
  })
}

/** Lays the world's card down – again when it is asked for –, types in order, takes it when told to. Returns what was shown. */
export async function typing(
  terminal: TestTerminal,
  world: World,
  procedure: ProcedureName,
  typed: readonly string[],
  /** False: nobody is there any more. Told what is on the screen. */
  there: (view: View) => boolean = () => true,
): Promise<readonly View[]> {
  terminal.insert(world.card)
  const person = changer(terminal, 'none', typed)
  return await terminal.run(procedure, (view, seen) => {
    if (!there(view)) return 'nothing'
    if (view.kind === 'insertCard' && terminal.reader.card === undefined) return () => terminal.insert(world.card)
    return person(view, seen)
  })
}

export const ending = (views: readonly View[]): string => {
  const last = views.findLast((view) => view.kind === 'done' || view.kind === 'failed')
  return last === undefined ? 'nothing' : last.kind === 'failed' ? last.failure : 'done'
}
