/** One terminal in a browser: on the readers of this machine, or on a virtual one with cards of the factory. */
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { onlyReading } from '../../drivers/pcsc/only-reading.ts'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { systemClock } from '../../src/base/clock.ts'
import { Hall } from '../../src/host/hall.ts'
import type { HostPorts } from '../../src/host/ports.ts'
import type { Settings } from '../../src/host/settings.ts'
import { Counter } from '../../src/host/staff/counter.ts'
import type { Service } from '../../src/wire/serve.ts'
import { Desk } from '../browser-host/desk/desk.ts'
import type { DeskState } from '../browser-host/desk/desk-api.ts'
import { deskService } from '../browser-host/desk/desk-service.ts'
import { type CardsOfDesk, profileCards } from '../browser-host/desk/profile-cards.ts'
import { openDoor } from '../browser-host/door.ts'
import { type Comparing, facesOf } from '../faces/comparing.ts'
import { rendererFiles } from '../terminal/build.ts'
import { diagnosticsFiles } from '../terminal/diagnostics-files.ts'
import { diagnosticsService } from '../terminal/diagnostics-service.ts'
import { aloneOnReaders } from '../testkit/host-ports.ts'
import { virtualReaders } from '../testkit/testkit.ts'
import { STAFF_CARDS } from '../world/staff-cards.ts'
import type { StartOptions } from './options.ts'
import { READERS } from './readers.ts'

export interface MachineTerminalOptions {
  readonly readers: StartOptions['real']
  readonly port: number
  readonly ports: Pick<HostPorts, 'backend' | 'journal' | 'settings'>
  /** Folder for what the keeper's page saves; a temporary one when left out. */
  readonly diagnostics?: string | undefined
  /** How faces are compared; for the phone app, and for nothing else. */
  readonly comparing?: Comparing | undefined
}

export interface MachineTerminal {
  /** Addresses of the pages, each good for one browser. */
  readonly pages: readonly string[]
  close(): Promise<void>
}

interface Readers {
  readonly service: HostPorts['readers']
  /** Lays cards on them, where they are virtual. */
  desk?(pages: DeskState['pages']): { readonly service: Service; close(): void }
  close(): Promise<void>
}

/** What stands here: a kiosk, a counter or the phone app, with the pages and channels it has. */
interface Place {
  readonly pages: DeskState['pages']
  readonly services: Readonly<Record<string, Service>>
  /** Tells of itself to the keeper. */
  readonly kept: Service
  close(): Promise<void>
}

export async function openMachineTerminal(options: MachineTerminalOptions): Promise<MachineTerminal> {
  const files = await rendererFiles()
  const { readers: kind, port, comparing } = options
  const settings = { ...options.ports.settings, ...readerOf(options) }
  const staffReader =
    comparing !== undefined && 'staffReader' in comparing ? comparing.staffReader : settings.staffReader
  const names = [settings.reader, staffReader].filter((name) => name !== undefined)
  const readers = kind === 'no' ? await virtual(names) : await real(kind)
  const place = placeOf({ ...aloneOnReaders(readers.service), ...options.ports, settings }, comparing)
  const pages: DeskState['pages'] = [...place.pages, 'diagnostics']
  const desk = readers.desk?.(pages)
  const services = {
    ...place.services,
    '/diagnostics': diagnosticsService([{ service: place.kept, save: diagnosticsFiles(options.diagnostics) }]),
    ...(desk && { '/desk': desk.service }),
  }
  const closeAll = async () => {
    await place.close()
    desk?.close()
    await readers.close()
  }
  try {
    const door = await openDoor({ services, files, camera: ['phone/'], port })
    return {
      pages: [...pages, ...(desk ? ['desk'] : [])].map((page) => door.url(`${page}/`)),
      async close() {
        await door.close()
        await closeAll()
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** Of residents: the one that is named; on the machine's own any will do, where it has no staff. */
function readerOf({ comparing, readers, ports }: MachineTerminalOptions): Pick<Settings, 'reader'> {
  const { reader, staffReader } = ports.settings
  if (reader !== undefined || readers !== 'no') return { ...(reader !== undefined && { reader }) }
  if (comparing !== undefined) return { reader: READERS.phone }
  return { reader: staffReader === undefined ? READERS.kiosk : READERS.counter }
}

function placeOf(ports: HostPorts, comparing: Comparing | undefined): Place {
  if (comparing !== undefined) {
    const faces = facesOf(comparing, ports)
    const app = new Hall({ ...ports, face: faces.check })
    return {
      pages: ['phone', ...(faces.desk ? (['faces'] as const) : [])],
      services: { '/phone': app.service, ...(faces.desk && { '/faces': faces.desk.service }) },
      kept: app.service,
      close: async () => void (await Promise.all([app.close(), faces.desk?.close()])),
    }
  }
  if (ports.settings.staffReader === undefined) {
    const hall = new Hall(ports)
    return { pages: ['kiosk'], services: { '/host': hall.service }, kept: hall.service, close: () => hall.close() }
  }
  const counter = new Counter(ports)
  return {
    pages: ['counter', 'resident'],
    services: { '/staff': counter.staffService, '/resident': counter.service },
    kept: counter.service,
    close: () => counter.close(),
  }
}

/** Beside `madoguchi backend --demo` its staff can sign in. */
const withStaff: CardsOfDesk = new Map([
  ...profileCards,
  ...STAFF_CARDS.map(({ name, words, image }) => {
    const make = async () => SimulatedCard.fromImage(await image(systemClock))
    return [name, { words, make }] as const
  }),
])

async function virtual(names: readonly string[]): Promise<Readers> {
  const readers = await virtualReaders(Object.fromEntries(names.map((name) => [name, null])))
  return {
    service: readers.service,
    desk(pages) {
      const desk = new Desk(
        readers,
        pages.includes('counter') || pages.includes('faces') ? withStaff : profileCards,
        pages,
      )
      return { service: deskService(desk, readers), close: () => desk.close() }
    },
    close: () => readers.close(),
  }
}

async function real(kind: 'onlyReading' | 'writing'): Promise<Readers> {
  const readers = await openPcsc()
  return { service: kind === 'writing' ? readers : onlyReading(readers), close: () => readers.close() }
}
