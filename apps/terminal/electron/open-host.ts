/** The hall over this machine's readers, or over simulated ones in a checkout. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { systemClock } from '../../../src/base/clock.ts'
import { Hall } from '../../../src/host/hall.ts'
import { type HostPorts, systemTimers } from '../../../src/host/ports.ts'
import { Counter } from '../../../src/host/staff/counter.ts'
import { STAFFED } from '../../../src/wire/backend-roles.ts'
import { connect } from '../../../src/wire/connect.ts'
import { wirePair } from '../../../src/wire/memory-wire.ts'
import { type Service, serve } from '../../../src/wire/serve.ts'
import { diagnosticsFiles } from '../diagnostics-files.ts'
import { diagnosticsService } from '../diagnostics-service.ts'
import { fileJournal } from './file-journal.ts'
import type { Beginning } from './host-messages.ts'
import type { OpenHost } from './host-service.ts'
import { httpsPort } from './https-port.ts'
import type { Settings } from './settings.ts'

export async function openHost({ settings, folder, terminalKey }: Beginning): Promise<OpenHost> {
  const readers = await readersOf(settings)
  const { reader, staffReader, ...place } = settings.place
  const named = { ...(reader === undefined ? {} : { reader }), ...(staffReader === undefined ? {} : { staffReader }) }
  const ports: HostPorts = {
    readers,
    clock: systemClock,
    timers: systemTimers,
    random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    settings: { ...place, ...named },
    backend: settings.backend.map((address) => httpsPort(address, terminalKey)),
    journal: fileJournal(join(folder, 'journal')),
  }
  const { services, isIdle } = STAFFED.includes(place.role) ? counterOn(ports) : kioskOn(ports)
  // The counter's two sides are one terminal: either tells of it.
  const kept = services['/host'] ?? services['/resident']
  const save = diagnosticsFiles(settings.diagnosticsFolder ?? join(folder, 'diagnostics'))
  return {
    services: { ...services, ...(kept && { '/diagnostics': diagnosticsService([{ service: kept, save }]) }) },
    // A reader that is down is told to the person by the screen; it keeps nobody from starting.
    readCard: async () => void (await readers.list().catch(() => [])),
    isQuiet: async () => isIdle() && !(await holdsCard(readers)),
  }
}

async function holdsCard(readers: HostPorts['readers']): Promise<boolean> {
  const states = await readers.list().catch(() => [])
  return states.some(({ card }) => card === 'present' || card === 'mute')
}

interface Halls {
  readonly services: OpenHost['services']
  isIdle(): boolean
}

function kioskOn(ports: HostPorts): Halls {
  const { service } = new Hall(ports)
  const shown = latestView(service)
  return { services: { '/host': service }, isIdle: () => shown() === 'idle' }
}

function counterOn(ports: HostPorts): Halls {
  const counter = new Counter(ports)
  const [staff, resident] = [latestView(counter.staffService), latestView(counter.service)]
  const services = { '/staff': counter.staffService, '/resident': counter.service }
  return { services, isIdle: () => staff() === 'signIn' && resident() === 'idle' }
}

async function readersOf({ readers, place }: Settings): Promise<HostPorts['readers']> {
  if (readers === 'simulated') {
    const { simulatedReaders } = await import('./simulated-readers.ts')
    return await simulatedReaders(place.reader ?? 'Kiosk', place.staffReader)
  }
  const { openPcsc } = await import('../../../drivers/pcsc/pcsc.ts')
  return await openPcsc()
}

/** The kind of view that a screen would show now. */
function latestView(service: Service): () => string | undefined {
  const { near, far } = wirePair()
  serve(far, service)
  let latest: string | undefined
  void (async () => {
    for await (const value of connect(near).listen('screen', {}, new AbortController().signal))
      latest = shownScreen.parse(value).view.kind
  })()
  return () => latest
}

const shownScreen = z.object({ view: z.object({ kind: z.string() }) })
