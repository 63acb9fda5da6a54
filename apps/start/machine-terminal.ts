/** One terminal in a browser: on the readers of this machine, or on a virtual one with cards of the factory. */
import { onlyReading } from '../../drivers/pcsc/only-reading.ts'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { Hall } from '../../src/host/hall.ts'
import type { HostPorts } from '../../src/host/ports.ts'
import type { Service } from '../../src/wire/serve.ts'
import { Desk } from '../browser-host/desk/desk.ts'
import { deskService } from '../browser-host/desk/desk-service.ts'
import { profileCards } from '../browser-host/desk/profile-cards.ts'
import { openDoor } from '../browser-host/door.ts'
import { rendererFiles } from '../terminal/build.ts'
import { aloneOnReaders } from '../testkit/host-ports.ts'
import { virtualReaders } from '../testkit/testkit.ts'
import type { StartOptions } from './options.ts'
import { READERS } from './town.ts'

export interface MachineTerminalOptions {
  readonly readers: StartOptions['real']
  readonly port: number
  readonly ports: Pick<HostPorts, 'backend' | 'journal' | 'settings'>
}

export interface MachineTerminal {
  /** Addresses of the pages, each good for one browser. */
  readonly pages: readonly string[]
  close(): Promise<void>
}

interface Readers {
  readonly service: HostPorts['readers']
  /** Pages of their own. */
  readonly services: Readonly<Record<string, Service>>
  close(): Promise<void>
}

export async function openMachineTerminal(options: MachineTerminalOptions): Promise<MachineTerminal> {
  const files = await rendererFiles()
  const { readers: kind, port, ports } = options
  const readers = kind === 'no' ? await virtual(ports.settings.reader ?? READERS.kiosk) : await real(kind)
  const hall = new Hall({ ...aloneOnReaders(readers.service), ...ports })
  const closeHall = async () => {
    await hall.close()
    await readers.close()
  }
  try {
    const door = await openDoor({ services: { '/host': hall.service, ...readers.services }, files, port })
    return {
      pages: ['kiosk/', ...Object.keys(readers.services).map((path) => `${path.slice(1)}/`)].map(door.url),
      async close() {
        await door.close()
        await closeHall()
      },
    }
  } catch (error) {
    await closeHall()
    throw error
  }
}

async function virtual(reader: string): Promise<Readers> {
  const readers = await virtualReaders({ [reader]: null })
  const desk = new Desk(readers, profileCards, ['kiosk'])
  return {
    service: readers.service,
    services: { '/desk': deskService(desk, readers) },
    async close() {
      desk.close()
      await readers.close()
    },
  }
}

async function real(kind: 'onlyReading' | 'writing'): Promise<Readers> {
  const readers = await openPcsc()
  return {
    service: kind === 'writing' ? readers : onlyReading(readers),
    services: {},
    close: () => readers.close(),
  }
}
