/** A resident with a phone of their own: the reservation app, and what the comparison of faces is to say. */
import type { Browser } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../../apps/browser-host/simulated-terminal.ts'
import { type TestReaders, virtualReaders } from '../../../apps/testkit/testkit.ts'
import type { World } from '../../../apps/world/world.ts'
import type { HostPorts, Patience } from '../../../src/host/ports.ts'
import { Person } from '../person.ts'
import { onPhone, type PhoneSize } from '../phone.ts'

export const [KIOSK, PHONE] = ['Kiosk', 'Phone'] as const

export class Handset extends Person {
  readonly readers: TestReaders
  readonly terminal: SimulatedTerminal
  /** Of the next comparison. */
  faces: 'alike' | 'different' | 'unknown' = 'alike'

  constructor(person: Person, readers: TestReaders, terminal: SimulatedTerminal) {
    super(person.watched)
    this.readers = readers
    this.terminal = terminal
  }

  async lay(card: string): Promise<void> {
    await this.terminal.desk.lay(card, PHONE)
  }

  async take(): Promise<void> {
    await this.terminal.desk.take(PHONE)
  }
}

/** With its camera, in a town. */
export async function withHandset(
  browser: Browser,
  { size, patience }: { readonly size: PhoneSize; readonly patience?: Patience },
  world: World,
  work: (phone: Handset) => Promise<void>,
): Promise<void> {
  await using readers = await virtualReaders({ [KIOSK]: null, [PHONE]: null })
  let handset: Handset | undefined
  const face: NonNullable<HostPorts['face']> = {
    how: 'simulatedEngine',
    compare: async () =>
      handset?.faces === 'unknown' ? undefined : { method: 'simulatedEngine', matched: handset?.faces === 'alike' },
  }
  const terminal = await openSimulatedTerminal({
    ...{ readers, reader: KIOSK, phone: { reader: PHONE, face }, world },
    ...(patience && { patience }),
  })
  const held = async (person: Person) => {
    handset = new Handset(person, readers, terminal)
    await work(handset)
  }
  await onPhone(browser, terminal.door.url('phone/'), held, size).finally(() => terminal.close())
}
