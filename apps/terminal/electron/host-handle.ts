/** The main process's hold on the host process: one at a time, and nothing is heard of one that was ended (checklist row 15). */
import type { MessagePortMain, UtilityProcess } from 'electron'
import type { Electron } from './given.ts'
import { type Beginning, fromHost, type ToHost } from './host-messages.ts'

export interface HostSays {
  cardRead(): void
  alive(): void
  gone(): void
}

/** Readers are asked on the way. */
const QUIET_MS = 3_000

export class HostHandle {
  readonly #maker: Electron['utilityProcess']
  readonly #path: string
  readonly #beginning: Beginning
  readonly #says: HostSays
  #host: UtilityProcess | undefined
  readonly #asked = new Map<number, (quiet: boolean) => void>()
  #questions = 0

  constructor(maker: Electron['utilityProcess'], path: string, beginning: Beginning, says: HostSays) {
    this.#maker = maker
    this.#path = path
    this.#beginning = beginning
    this.#says = says
  }

  start(): void {
    const utilityProcess = this.#maker
    const host = utilityProcess.fork(this.#path, [], { serviceName: 'host', stdio: 'inherit' })
    this.#host = host
    host.on('message', (raw: unknown) => {
      const message = fromHost.safeParse(raw)
      if (!message.success || this.#host !== host) return
      if (message.data.kind === 'cardRead') this.#says.cardRead()
      if (message.data.kind === 'pong') this.#says.alive()
      if (message.data.kind === 'quiet') this.#asked.get(message.data.id)?.(message.data.quiet)
    })
    host.on('exit', () => {
      if (this.#host === host) this.#says.gone()
    })
    this.tell(this.#beginning)
  }

  end(): void {
    const host = this.#host
    this.#host = undefined
    host?.kill()
  }

  /** Is nobody served, and no card on a reader? Undefined when it does not say so in time. */
  async isQuiet(patienceMs = QUIET_MS): Promise<boolean | undefined> {
    const id = ++this.#questions
    const { promise, resolve } = Promise.withResolvers<boolean | undefined>()
    const late = setTimeout(() => resolve(undefined), patienceMs)
    this.#asked.set(id, resolve)
    this.tell({ kind: 'isQuiet', id })
    try {
      return await promise
    } finally {
      clearTimeout(late)
      this.#asked.delete(id)
    }
  }

  tell(message: ToHost, ports: MessagePortMain[] = []): void {
    this.#host?.postMessage(message, ports)
  }
}
