/** The host process as a process of its own, its ports carried over Node's channel between processes: so that it can really be killed. */
import { EventEmitter } from 'node:events'
import { serveHost } from '../../apps/terminal/electron/host-service.ts'
import { openHost } from '../../apps/terminal/electron/open-host.ts'
import type { MainPort } from '../../apps/terminal/electron/port-wire.ts'

/** What crosses: a message with the numbers of its ports, or bytes on one of them; no bytes when it is closed. */
export type Crossing =
  | { readonly data: unknown; readonly ports: readonly number[] }
  | { readonly port: number; readonly bytes: Uint8Array | undefined }

const ports = new Map<number, EventEmitter>()
const parent = new EventEmitter()
const send = (crossing: Crossing) => void process.send?.(crossing)

function portOf(id: number): MainPort {
  const port = new EventEmitter()
  ports.set(id, port)
  return Object.assign(port, {
    start: () => {},
    postMessage: (bytes: Uint8Array) => send({ port: id, bytes: Uint8Array.from(bytes) }),
    close: () => send({ port: id, bytes: undefined }),
  }) as unknown as MainPort
}

process.on('message', (crossing: Crossing) => {
  if ('data' in crossing) parent.emit('message', { data: crossing.data, ports: crossing.ports.map(portOf) })
  else if (crossing.bytes === undefined) ports.get(crossing.port)?.emit('close')
  else ports.get(crossing.port)?.emit('message', { data: Uint8Array.from(crossing.bytes) })
})

if (process.send !== undefined)
  serveHost(
    {
      on: (name, listener) => parent.on(name, listener),
      postMessage: (data) => send({ data, ports: [] }),
    },
    openHost,
  )
