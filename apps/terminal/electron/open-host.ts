/** The hall over this machine's readers, or over simulated ones in a checkout. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { systemClock } from '../../../src/base/clock.ts'
import { Hall } from '../../../src/host/hall.ts'
import { type HostPorts, systemTimers } from '../../../src/host/ports.ts'
import { connect } from '../../../src/wire/connect.ts'
import { wirePair } from '../../../src/wire/memory-wire.ts'
import { type Service, serve } from '../../../src/wire/serve.ts'
import { type Screen, screenSchema } from '../../../src/wire/view.ts'
import { fileJournal } from './file-journal.ts'
import type { Beginning } from './host-messages.ts'
import type { OpenHost } from './host-service.ts'
import { httpsPort } from './https-port.ts'
import type { Settings } from './settings.ts'

export async function openHost({ settings, folder, terminalKey }: Beginning): Promise<OpenHost> {
  const readers = await readersOf(settings)
  const { reader, ...place } = settings.place
  const hall = new Hall({
    readers,
    clock: systemClock,
    timers: systemTimers,
    random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    settings: { ...place, ...(reader === undefined ? {} : { reader }) },
    backend: settings.backend.map((address) => httpsPort(address, terminalKey)),
    journal: fileJournal(join(folder, 'journal')),
  })
  const screen = latestScreen(hall.service)
  return {
    services: { '/host': hall.service },
    // A reader that is down is told to the person by the screen; it keeps nobody from starting.
    readCard: async () => void (await readers.list().catch(() => [])),
    isQuiet: async () =>
      screen()?.view.kind === 'idle' && (await readers.list()).every(({ card }) => card === 'absent'),
  }
}

async function readersOf({ readers, place }: Settings): Promise<HostPorts['readers']> {
  if (readers === 'simulated') {
    const { simulatedReaders } = await import('./simulated-readers.ts')
    return await simulatedReaders(place.reader ?? 'Kiosk')
  }
  const { openPcsc } = await import('../../../drivers/pcsc/pcsc.ts')
  return await openPcsc()
}

/** What a screen would show now. */
function latestScreen(service: Service): () => Screen | undefined {
  const { near, far } = wirePair()
  serve(far, service)
  let latest: Screen | undefined
  void (async () => {
    for await (const value of connect(near).listen('screen', {}, new AbortController().signal))
      latest = screenSchema.parse(value)
  })()
  return () => latest
}
