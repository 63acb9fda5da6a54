/** One terminal in a browser: on the readers of this machine, or on a virtual one with cards of the factory. */
import { onlyReading } from '../../drivers/pcsc/only-reading.ts'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { Hall } from '../../src/host/hall.ts'
import type { HostPorts } from '../../src/host/ports.ts'
import type { Service } from '../../src/wire/serve.ts'
import { Desk } from '../browser-host/desk/desk.ts'
import type { DeskState } from '../browser-host/desk/desk-api.ts'
import { deskService } from '../browser-host/desk/desk-service.ts'
import { profileCards } from '../browser-host/desk/profile-cards.ts'
import { openDoor } from '../browser-host/door.ts'
import { type Comparing, facesOf } from '../faces/comparing.ts'
import { rendererFiles } from '../terminal/build.ts'
import { diagnosticsFiles } from '../terminal/diagnostics-files.ts'
import { diagnosticsService } from '../terminal/diagnostics-service.ts'
import { aloneOnReaders } from '../testkit/host-ports.ts'
import { virtualReaders } from '../testkit/testkit.ts'
import type { StartOptions } from './options.ts'
import { READERS } from './town.ts'

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
  /** Pages of their own. */
  readonly services: Readonly<Record<string, Service>>
  close(): Promise<void>
}

export async function openMachineTerminal(options: MachineTerminalOptions): Promise<MachineTerminal> {
  const files = await rendererFiles()
  const { readers: kind, port, comparing } = options
  const staffReader = comparing !== undefined && 'staffReader' in comparing ? comparing.staffReader : undefined
  const pages: DeskState['pages'] = comparing === undefined ? ['kiosk'] : ['phone']
  if (staffReader !== undefined) pages.push('faces')
  pages.push('diagnostics')
  const reader = options.ports.settings.reader ?? (comparing === undefined ? READERS.kiosk : READERS.phone)
  const places = [reader, ...(staffReader === undefined ? [] : [staffReader])]
  const readers = kind === 'no' ? await virtual(places, pages) : await real(kind)
  const ports = { ...aloneOnReaders(readers.service), ...options.ports }
  // A staff card is no resident's, whatever lies where.
  if (staffReader !== undefined) ports.settings = { ...ports.settings, reader }
  const faces = comparing && facesOf(comparing, ports)
  const hall = new Hall(faces === undefined ? ports : { ...ports, face: faces.check })
  const services = {
    [faces === undefined ? '/host' : '/phone']: hall.service,
    ...(faces?.desk && { '/faces': faces.desk.service }),
    '/diagnostics': diagnosticsService([{ service: hall.service, save: diagnosticsFiles(options.diagnostics) }]),
    ...readers.services,
  }
  const closeHalls = async () => {
    await Promise.all([hall.close(), faces?.desk?.close()])
    await readers.close()
  }
  try {
    const door = await openDoor({ services, files, camera: ['phone/'], port })
    return {
      pages: [...pages, ...Object.keys(readers.services).map((path) => path.slice(1))].map((page) =>
        door.url(`${page}/`),
      ),
      async close() {
        await door.close()
        await closeHalls()
      },
    }
  } catch (error) {
    await closeHalls()
    throw error
  }
}

async function virtual(names: readonly string[], pages: DeskState['pages']): Promise<Readers> {
  const readers = await virtualReaders(Object.fromEntries(names.map((name) => [name, null])))
  const desk = new Desk(readers, profileCards, pages)
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
