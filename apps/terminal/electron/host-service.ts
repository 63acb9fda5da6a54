/**
 * The host process behind its one door: begins once, reads the card, then serves each page on the port it is given. Everything it needs
 * to know comes in messages; it has no window, and the only network of the program.
 */
import { type Service, serve } from '../../../src/wire/serve.ts'
import { type Beginning, type FromHost, toHost } from './host-messages.ts'
import { type MainPort, mainPortWire } from './port-wire.ts'

/** Electron's `ParentPort`, as far as it is used. */
export interface Parent {
  on(
    event: 'message',
    listener: (message: { readonly data: unknown; readonly ports: readonly MainPort[] }) => void,
  ): unknown
  postMessage(message: FromHost): void
}

export interface OpenHost {
  /** By the name of their channel: `/host`. */
  readonly services: Readonly<Record<string, Service>>
  /** Reads what lies on the readers and settles what an earlier process left in the journal. */
  readCard(): Promise<void>
  /** Nobody is being served, and no card lies on a reader. Never rejects: readers that cannot be asked hold nobody's card. */
  isQuiet(): Promise<boolean>
}

export type Opener = (beginning: Beginning) => Promise<OpenHost>

export function serveHost(parent: Parent, open: Opener): void {
  const channels = new Map<string, MainPort>()
  let opened: Promise<OpenHost> | undefined

  async function begin(beginning: Beginning): Promise<OpenHost> {
    const host = await open(beginning)
    await host.readCard()
    parent.postMessage({ kind: 'cardRead' })
    return host
  }

  async function give(path: string, port: MainPort): Promise<void> {
    const services = (await opened)?.services ?? {}
    const service = Object.hasOwn(services, path) ? services[path] : undefined
    if (service === undefined) return port.close()
    // A page that was loaded again takes the place of the one before.
    channels.get(path)?.close()
    channels.set(path, port)
    serve(mainPortWire(port), service)
  }

  async function tellQuiet(id: number): Promise<void> {
    parent.postMessage({ kind: 'quiet', id, quiet: (await (await opened)?.isQuiet()) ?? false })
  }

  parent.on('message', ({ data, ports: [port] }) => {
    const message = toHost.safeParse(data)
    if (!message.success) return port?.close()
    switch (message.data.kind) {
      case 'begin':
        opened ??= begin(message.data)
        return
      case 'channel':
        if (port !== undefined) void give(message.data.path, port)
        return
      case 'ping':
        return parent.postMessage({ kind: 'pong', id: message.data.id })
      case 'isQuiet':
        void tellQuiet(message.data.id)
    }
  })
}
