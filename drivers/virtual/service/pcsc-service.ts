/** The PC/SC service: virtual readers for every program that looks for its daemon at `PCSCLITE_CSOCK_NAME`. */
import { randomInt } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import type { ReaderBay } from '../reader/reader-bay.ts'
import { SCARD } from '../reader/scard.ts'
import type { IdSource } from './pcsc-calls.ts'
import { PcscClient, type PcscHall } from './pcsc-client.ts'
import { claimSocketPath } from './socket-path.ts'

export const MAX_CLIENTS = 200
export interface ServiceOptions {
  /** Milliseconds a client may stop in the middle of a frame; it is cut off within twice that time. Default 5000. */
  readonly stallMs?: number
}

/** Random numbers, so that a client cannot guess another one's. */
class RandomIds implements IdSource {
  readonly #taken = new Set<number>()

  take(): number {
    for (;;) {
      const id = randomInt(1, 0x7fffffff)
      if (this.#taken.has(id)) continue
      this.#taken.add(id)
      return id
    }
  }

  release(id: number): void {
    this.#taken.delete(id)
  }
}

export class PcscService implements PcscHall {
  readonly bay: ReaderBay
  readonly socketPath: string
  readonly ids = new RandomIds()
  /** Counts readers that came and went. */
  readerEvents = 0
  readonly #server: Server
  readonly #clients = new Set<PcscClient>()
  readonly #sweep: NodeJS.Timeout
  readonly #stopListening: () => void

  private constructor(bay: ReaderBay, socketPath: string, { stallMs = 5000 }: ServiceOptions) {
    this.bay = bay
    this.socketPath = socketPath
    this.#server = createServer((socket) => {
      if (this.#clients.size >= MAX_CLIENTS) socket.destroy()
      else this.#clients.add(new PcscClient(this, socket))
    })
    this.#sweep = setInterval(() => {
      for (const client of this.#clients) client.sweep()
    }, stallMs).unref()
    this.#stopListening = bay.onEvent(({ kind }) => {
      if (kind === 'plugged' || kind === 'unplugged') this.readerEvents++
      for (const client of this.#clients) client.signal(SCARD.SUCCESS)
    })
  }

  /** Serves the bay's readers on a Unix socket. Rejects with a plain sentence when the path cannot be used. */
  static async listen(bay: ReaderBay, socketPath: string, options: ServiceOptions = {}): Promise<PcscService> {
    await claimSocketPath(socketPath)
    const service = new PcscService(bay, socketPath, options)
    try {
      await new Promise<void>((resolve, reject) => {
        service.#server.once('error', reject)
        service.#server.listen(socketPath, resolve)
      })
      chmodSync(socketPath, 0o600)
    } catch (error) {
      service.#rest()
      throw error
    }
    return service
  }

  /** Environment that brings a program to this service. */
  get env(): { readonly PCSCLITE_CSOCK_NAME: string } {
    return { PCSCLITE_CSOCK_NAME: this.socketPath }
  }

  get clientCount(): number {
    return this.#clients.size
  }

  /** SCardCancel: wakes the context's blocked wait. Succeeds when it was not waiting. */
  cancel(context: number): number {
    for (const client of this.#clients)
      if (context !== 0 && client.context === context) {
        client.signal(SCARD.E_CANCELLED)
        return SCARD.SUCCESS
      }
    return SCARD.E_INVALID_HANDLE
  }

  gone(client: PcscClient): void {
    this.#clients.delete(client)
  }

  /** Disconnects every client and removes the socket. The bay stays as it is. */
  async close(): Promise<void> {
    this.#rest()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const client of this.#clients) client.destroy()
    await closed
    rmSync(this.socketPath, { force: true })
  }

  #rest(): void {
    clearInterval(this.#sweep)
    this.#stopListening()
  }
}
