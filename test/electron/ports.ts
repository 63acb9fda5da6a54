/** Ports as the two ends see them, out of Node's own `MessageChannel`: a page's is one, the host process's says `{ data }` like Electron's. */
import { EventEmitter } from 'node:events'
import { type MessagePort, MessageChannel as NodeChannel } from 'node:worker_threads'
import type { MainPort } from '../../apps/terminal/electron/port-wire.ts'
import type { BytePort } from '../../apps/terminal/renderer/shared/port-wire.ts'

export class MainPortOverNode extends EventEmitter implements MainPort {
  readonly #port: MessagePort
  constructor(port: MessagePort) {
    super()
    this.#port = port
  }
  start(): void {
    this.#port.on('message', (data) => this.emit('message', { data, ports: [] }))
    this.#port.on('close', () => this.emit('close'))
  }
  postMessage(message: unknown): void {
    this.#port.postMessage(message)
  }
  close(): void {
    this.#port.close()
  }
}

export interface PortPair {
  readonly page: BytePort
  readonly host: MainPortOverNode
  /** The page's end as Node has it, to send what no page of ours would. */
  readonly raw: MessagePort
  close(): void
}

export function portPair(): PortPair {
  const { port1, port2 } = new NodeChannel()
  return {
    page: port1 as unknown as BytePort,
    host: new MainPortOverNode(port2),
    raw: port1,
    close: () => port1.close(),
  }
}
