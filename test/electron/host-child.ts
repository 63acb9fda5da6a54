/** The host process as a process of its own, its ports carried over Node's channel between processes: so that it can really be killed. */
import { EventEmitter } from 'node:events'
import { type OpenHost, serveHost } from '../../apps/terminal/electron/host-service.ts'
import { withoutDumps } from '../../apps/terminal/electron/no-dumps.ts'
import type { MainPort } from '../../apps/terminal/electron/port-wire.ts'

/**
 * Instead of the file that Electron starts: a hall that works alone, on a card whose holder is in the memory of the same process.
 * `unguarded` leaves out what keeps memory from being written down.
 */
export type Guise = 'alone' | 'unguarded'

/** Ways to fall over from within. */
const FALLS = {
  abort: () => process.abort(),
  throw: () =>
    setImmediate(() => {
      throw new Error('falls over')
    }),
  memory() {
    const hoard: number[][] = []
    for (;;) hoard.push(new Array(1e6).fill(0.5))
  },
}
export type Fall = keyof typeof FALLS

/** What crosses: a message with the numbers of its ports, or bytes on one of them; no bytes when it is closed. */
export type Crossing =
  | { readonly data: unknown; readonly ports: readonly number[] }
  | { readonly port: number; readonly bytes: Uint8Array | undefined }

/** Like a real port it keeps what comes until it is started. */
class CarriedPort extends EventEmitter implements MainPort {
  readonly #id: number
  #waiting: (() => void)[] | undefined = []
  constructor(id: number) {
    super()
    this.#id = id
  }
  arrives(bytes: Uint8Array | undefined): void {
    const tell = () =>
      bytes === undefined ? this.emit('close') : this.emit('message', { data: Uint8Array.from(bytes) })
    if (this.#waiting === undefined) tell()
    else this.#waiting.push(tell)
  }
  start(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const tell of waiting) tell()
  }
  postMessage(bytes: Uint8Array): void {
    send({ port: this.#id, bytes: Uint8Array.from(bytes) })
  }
  close(): void {
    send({ port: this.#id, bytes: undefined })
  }
}

const ports = new Map<number, CarriedPort>()
const parent = new EventEmitter()
const send = (crossing: Crossing) => void process.send?.(crossing)

function portOf(id: number): MainPort {
  const port = new CarriedPort(id)
  ports.set(id, port)
  return port
}

process.on('message', (crossing: Crossing | { readonly fall: Fall }) => {
  if ('fall' in crossing) FALLS[crossing.fall]()
  else if ('data' in crossing) parent.emit('message', { data: crossing.data, ports: crossing.ports.map(portOf) })
  else ports.get(crossing.port)?.arrives(crossing.bytes)
})

async function openAlone(): Promise<OpenHost> {
  // Here, for the shipped one is not to wait for what it does not use.
  const { simulatedReaders } = await import('../../apps/terminal/electron/simulated-readers.ts')
  const { aloneOnReaders } = await import('../../apps/testkit/host-ports.ts')
  const { Hall } = await import('../../src/host/hall.ts')
  const hall = new Hall(aloneOnReaders(await simulatedReaders('Counter')))
  return { services: { '/host': hall.service }, readCard: async () => {}, isQuiet: async () => false }
}

if (process.send !== undefined) {
  const parentPort: Parameters<typeof serveHost>[0] = {
    on: (name, listener) => parent.on(name, listener),
    postMessage: (data) => send({ data, ports: [] }),
  }
  const guise = process.argv[2] as Guise | undefined
  if (guise === undefined) {
    Object.assign(process, { parentPort })
    await import('../../apps/terminal/electron/host-process.ts')
  } else {
    if (guise === 'alone') withoutDumps()
    serveHost(parentPort, openAlone)
  }
}
