/** A terminal without staff in any role, behind the loopback door: an unattended delivery site (F51) is one. */
import { Desk } from '../../apps/browser-host/desk/desk.ts'
import { openDoor } from '../../apps/browser-host/door.ts'
import type { SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { rendererFiles } from '../../apps/terminal/build.ts'
import { aloneOnReaders } from '../../apps/testkit/host-ports.ts'
import type { TestReaders } from '../../apps/testkit/testkit.ts'
import type { World } from '../../apps/world/world.ts'
import { Hall } from '../../src/host/hall.ts'
import type { Patience } from '../../src/host/ports.ts'
import type { TerminalRole } from '../../src/wire/backend-roles.ts'

export interface Site {
  readonly role: TerminalRole
  readonly readers: TestReaders
  readonly reader: string
  readonly world: World
  readonly patience?: Patience
}

export async function openSite({ role, readers, reader, world, patience }: Site): Promise<SimulatedTerminal> {
  const { clock } = world.backend.parts
  const alone = aloneOnReaders(readers.service, { role, reader, terminal: `demo-${role}` })
  const hall = new Hall({ ...alone, clock, backend: [world.line] }, patience)
  const cards = new Map([...world.cards].map(([name, { words, card }]) => [name, { words, make: async () => card }]))
  const desk = new Desk(readers, cards, ['kiosk'])
  const door = await openDoor({ services: { '/host': hall.service }, files: await rendererFiles() })
  return {
    ...{ door, desk },
    async close() {
      await door.close()
      await hall.close()
      desk.close()
    },
  }
}
