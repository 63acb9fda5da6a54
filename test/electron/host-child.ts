/** The host process as a process of its own, its ports carried over Node's channel between processes: so that it can really be killed. */
import { EventEmitter } from 'node:events'
import { serveHost } from '../../apps/terminal/electron/host-service.ts'
import { openHost } from '../../apps/terminal/electron/open-host.ts'
import type { MainPort } from '../../apps/terminal/electron/port-wire.ts'

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

process.on('message', (crossing: Crossing) => {
  if ('data' in crossing) parent.emit('message', { data: crossing.data, ports: crossing.ports.map(portOf) })
  else ports.get(crossing.port)?.arrives(crossing.bytes)
})

if (process.send !== undefined)
  serveHost(
    {
      on: (name, listener) => parent.on(name, listener),
      postMessage: (data) => send({ data, ports: [] }),
    },
    openHost,
  )
