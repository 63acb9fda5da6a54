/**
 * Virtual readers with simulated cards for tests: `import { virtualReaders } from 'madoguchi/testkit'`. Works with any test
 * runner, for programs in any language (through `env`, on Linux) and in memory (through `service`, everywhere).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import type { TraceEntry } from '../../drivers/virtual/reader/command-trace.ts'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { type BayEvent, ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import type { ReaderOptions } from '../../drivers/virtual/reader/virtual-card.ts'
import { PcscService } from '../../drivers/virtual/service/pcsc-service.ts'
import { type CardChoice, makeTestCard } from './test-card.ts'

export interface VirtualReadersOptions extends ReaderOptions {
  /** Path of the PC/SC socket; by default in a folder of its own that is gone afterwards. */
  readonly socket?: string
}

/** One card at one moment; only `restore` looks inside. */
export interface TestSnapshot {
  readonly reader: string
  readonly card: SimulatedCard
  readonly state: ReturnType<SimulatedCard['snapshot']>
}

/** The readers of one test. Every name that is not a reader's throws RangeError. */
export class TestReaders implements AsyncDisposable {
  /** Put these into the environment of a program, and it sees the readers. */
  readonly env: { readonly PCSCLITE_CSOCK_NAME: string }
  readonly socket: string
  /** The same readers in this process, without a socket. */
  readonly service: MemoryReaderService
  readonly #bay: ReaderBay
  readonly #pcsc: PcscService
  readonly #folder: string
  readonly #options: ReaderOptions
  readonly #cards = new Map<string, SimulatedCard>()

  constructor(bay: ReaderBay, pcsc: PcscService, folder: string, options: ReaderOptions) {
    this.#bay = bay
    this.#pcsc = pcsc
    this.#folder = folder
    this.#options = options
    this.env = pcsc.env
    this.socket = pcsc.socketPath
    this.service = new MemoryReaderService(bay)
  }

  get names(): readonly string[] {
    return this.#bay.readers.map(({ name }) => name)
  }

  plug(reader: string): void {
    this.#bay.plug(reader, this.#options)
  }

  unplug(reader: string): void {
    this.#bay.reader(reader)
    this.#bay.unplug(reader)
    this.#cards.delete(reader)
  }

  /** Lays a card in an empty reader; `contactless` is a tap that lasts until `remove`. Returns the card, for looking inside. */
  async insert(reader: string, choice: CardChoice, via: 'contact' | 'contactless' = 'contact'): Promise<SimulatedCard> {
    const slot = this.#bay.reader(reader)
    const { card, virtual } = await makeTestCard(choice)
    slot.insert(virtual, via)
    this.#cards.set(reader, card)
    return card
  }

  /** Takes the card out and returns it: it can be inserted again, here or elsewhere. */
  remove(reader: string): SimulatedCard {
    const card = this.card(reader)
    this.#bay.reader(reader).remove()
    this.#cards.delete(reader)
    return card
  }

  card(reader: string): SimulatedCard {
    this.#bay.reader(reader)
    const card = this.#cards.get(reader)
    if (card === undefined) throw new RangeError(`there is no card in the reader "${reader}"`)
    return card
  }

  /** Plans faults; each counts commands from now on. */
  faults(reader: string, ...faults: readonly Fault[]): void {
    const slot = this.#bay.reader(reader)
    for (const fault of faults) slot.addFault(fault)
  }

  clearFaults(reader: string): void {
    this.#bay.reader(reader).faults.clear()
  }

  /** Commands so far, or those numbered `from` and later: headers, lengths and status words, never bodies. */
  trace(reader?: string, from = 0): readonly TraceEntry[] {
    return this.#bay.trace.list(reader, from)
  }

  /** Every event from now on; returns the way to stop. */
  onEvent(listener: (event: BayEvent) => void): () => void {
    return this.#bay.onEvent(listener)
  }

  /** The card's lasting content, between two commands. */
  snapshot(reader: string): TestSnapshot {
    const card = this.card(reader)
    return { reader, card, state: card.snapshot() }
  }

  /** The card is as it was, and starts cold: open handles learn of a reset. */
  restore({ reader, card, state }: TestSnapshot): void {
    if (this.card(reader) !== card)
      throw new RangeError(`the snapshot was taken from another card than the one in "${reader}"`)
    card.restore(state)
    this.#bay.reader(reader).cutPower()
  }

  async close(): Promise<void> {
    await this.service.close()
    await this.#pcsc.close()
    this.#bay.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/**
 * Readers by name, each with a card or null for an empty one.
 *
 *   await using readers = await virtualReaders({ Counter: 'resident', Kiosk: null })
 *   spawn('pkcs11-tool', [...], { env: { ...process.env, ...readers.env } })
 *   readers.faults('Counter', { kind: 'pull', command: 12 })
 */
export async function virtualReaders(
  readers: Readonly<Record<string, CardChoice | null>>,
  { socket, ...options }: VirtualReadersOptions = {},
): Promise<TestReaders> {
  const folder = await mkdtemp(join(tmpdir(), 'madoguchi-'))
  const bay = new ReaderBay()
  const pcsc = await PcscService.listen(bay, socket ?? join(folder, 'pcsc')).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const opened = new TestReaders(bay, pcsc, folder, options)
  try {
    for (const [name, choice] of Object.entries(readers)) {
      opened.plug(name)
      if (choice !== null) await opened.insert(name, choice)
    }
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}
