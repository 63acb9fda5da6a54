/** A bay with a service on a socket of its own, for one test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BayOptions, ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import type { ReaderOptions } from '../../drivers/virtual/reader/virtual-card.ts'
import { PcscService, type ServiceOptions } from '../../drivers/virtual/service/pcsc-service.ts'
import { FakeChip } from './fake-chip.ts'
import { RawClient } from './raw-client.ts'

export class TestService implements AsyncDisposable {
  readonly bay: ReaderBay
  readonly service: PcscService
  readonly folder: string
  readonly #clients: RawClient[] = []

  private constructor(folder: string, bay: ReaderBay, service: PcscService) {
    this.folder = folder
    this.bay = bay
    this.service = service
  }

  static async start(options: ServiceOptions & BayOptions = {}): Promise<TestService> {
    const folder = await mkdtemp(join(tmpdir(), 'madoguchi-test-'))
    const bay = new ReaderBay({ idlePowerMs: 50, ...options })
    return new TestService(folder, bay, await PcscService.listen(bay, join(folder, 'pcsc'), options))
  }

  /** Plugs a reader and lays a fake chip in it. */
  withCard(name: string, options: ReaderOptions = {}, via: 'contact' | 'contactless' = 'contact'): FakeChip {
    const chip = new FakeChip()
    const card = {
      chip,
      planPowerCut: (plan: { write: number; at: 'before' | 'inside' | 'after' }) => {
        chip.cut = plan
      },
    }
    this.bay.plug(name, options).insert(card, via)
    return chip
  }

  async client(minor = 4): Promise<RawClient> {
    const client = await RawClient.open(this.service.socketPath, minor)
    this.#clients.push(client)
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.service.close()
    this.bay.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** What became of a promise within `ms` milliseconds: its value, or 'waiting'. */
export async function within<T>(promise: Promise<T>, ms = 60): Promise<T | 'waiting'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'waiting'>((resolve) => {
    timer = setTimeout(() => resolve('waiting'), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
