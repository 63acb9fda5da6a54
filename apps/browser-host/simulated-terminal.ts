/** Kiosk, counter and desk behind one door: what `npm start` opens and the end-to-end tests drive. Every card in it is simulated. */
import { join } from 'node:path'
import { Hall } from '../../src/host/hall.ts'
import type { HostPorts, Patience } from '../../src/host/ports.ts'
import type { Settings } from '../../src/host/settings.ts'
import { Counter } from '../../src/host/staff/counter.ts'
import type { Service } from '../../src/wire/serve.ts'
import { type Comparing, facesOf } from '../faces/comparing.ts'
import { rendererFiles } from '../terminal/build.ts'
import { diagnosticsFiles } from '../terminal/diagnostics-files.ts'
import { diagnosticsService } from '../terminal/diagnostics-service.ts'
import { fileJournal } from '../terminal/electron/file-journal.ts'
import { aloneOnReaders } from '../testkit/host-ports.ts'
import type { TestReaders } from '../testkit/testkit.ts'
import type { World } from '../world/world.ts'
import { Desk } from './desk/desk.ts'
import type { DeskState } from './desk/desk-api.ts'
import { deskService } from './desk/desk-service.ts'
import { type CardsOfDesk, profileCards } from './desk/profile-cards.ts'
import { type Door, openDoor } from './door.ts'

export interface SimulatedTerminal {
  readonly door: Door
  readonly desk: Desk
  close(): Promise<void>
}

export interface SimulatedTerminalOptions {
  /** Empty ones; the desk lays the cards. They stay open when the terminal closes. */
  readonly readers: TestReaders
  /** The reader of the kiosk. */
  readonly reader: string
  /** The readers of a counter, where there is one; it needs a world. */
  readonly counter?: { readonly reader: string; readonly staffReader: string }
  /** The phone whose app reserves resets, and how faces are compared for it; it needs a world. */
  readonly phone?: { readonly reader: string; readonly face: Comparing }
  /** A town with a backend; without it the kiosk stands alone, as at a post office, on cards of the factory. */
  readonly world?: World
  /** Folder of the terminals' journals; they forget when left out. */
  readonly journals?: string
  /** Folder for what the keeper's page saves, one below it for each terminal; a temporary one when left out. */
  readonly diagnostics?: string
  readonly port?: number
  readonly patience?: Patience
  /** Of the members of staff; as at a real counter when left out. */
  readonly staffPatience?: Patience
}

export async function openSimulatedTerminal(options: SimulatedTerminalOptions): Promise<SimulatedTerminal> {
  const { readers, reader, counter: at, phone, world, diagnostics, port = 0, patience, staffPatience } = options
  const files = await rendererFiles()
  const pages: DeskState['pages'] = [
    'kiosk' as const,
    ...(at === undefined ? [] : (['counter', 'resident'] as const)),
    ...(phone === undefined ? [] : (['phone'] as const)),
    ...(phone !== undefined && 'staffReader' in phone.face ? (['faces'] as const) : []),
    'diagnostics',
  ]
  const desk = new Desk(readers, world === undefined ? profileCards : cardsOf(world), pages)
  const hall = new Hall(portsOf(options, { reader, ...(world && { terminal: 'demo-kiosk', role: 'kiosk' }) }), patience)
  const counter =
    at && new Counter(portsOf(options, { ...at, terminal: 'demo-town', role: 'town' }), patience, staffPatience)
  const ofApp = phone && portsOf(options, { reader: phone.reader, terminal: 'demo-resetApp', role: 'resetApp' })
  const faces = ofApp && facesOf(phone.face, ofApp, staffPatience)
  const app = faces && new Hall({ ...ofApp, face: faces.check }, patience)
  const services: Record<string, Service> = { '/host': hall.service, '/desk': deskService(desk, readers) }
  if (counter !== undefined) Object.assign(services, { '/staff': counter.staffService, '/resident': counter.service })
  if (app !== undefined) services['/phone'] = app.service
  if (faces?.desk !== undefined) services['/faces'] = faces.desk.service
  const kept = (name: string, one: { readonly service: Service } | undefined) =>
    one === undefined ? [] : [{ service: one.service, save: diagnosticsFiles(diagnostics && join(diagnostics, name)) }]
  services['/diagnostics'] = diagnosticsService([
    ...kept('kiosk', hall),
    ...kept('counter', counter),
    ...kept('phone', app),
  ])
  const closeHalls = async () => {
    await Promise.all([hall.close(), counter?.close(), app?.close(), faces?.desk?.close()])
    desk.close()
  }
  try {
    const door = await openDoor({ services, files, camera: ['phone/'], port })
    return {
      door,
      desk,
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

function portsOf({ readers, world, journals }: SimulatedTerminalOptions, settings: Partial<Settings>): HostPorts {
  const alone = aloneOnReaders(readers.service, settings)
  return {
    ...alone,
    ...(world && { backend: [world.line], clock: world.backend.parts.clock }),
    ...(journals !== undefined && { journal: fileJournal(join(journals, alone.settings.terminal)) }),
  }
}

const cardsOf = ({ cards }: World): CardsOfDesk =>
  new Map([...cards].map(([name, { words, card }]) => [name, { words, make: async () => card }]))
