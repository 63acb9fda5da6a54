/** A whole counter without screens: two readers, two channels, and a robot on either side. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { aloneOnReaders } from '../../apps/testkit/host-ports.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import type { ReaderOptions } from '../../drivers/virtual/reader/virtual-card.ts'
import type { ReaderService } from '../../src/card/ports.ts'
import type { HttpPort } from '../../src/host/http-port.ts'
import type { JournalStore } from '../../src/host/journal-store.ts'
import { KIOSK_PATIENCE, type Patience, type Timers } from '../../src/host/ports.ts'
import type { Settings } from '../../src/host/settings.ts'
import { Counter } from '../../src/host/staff/counter.ts'
import { STAFF_PATIENCE } from '../../src/host/staff/staff-screen.ts'
import { type Client, connect } from '../../src/wire/connect.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { serve } from '../../src/wire/serve.ts'
import { type StaffView, type StaffViewOf, staffScreenSchema } from '../../src/wire/staff-view.ts'
import { screenSchema, type View } from '../../src/wire/view.ts'
import { SHORT_PAUSES } from '../host/broken-line.ts'

export const RESIDENTS = 'Resident reader'
export const STAFFS = 'Staff reader'

/** What somebody does when a screen appears: an answer, with a PIN; something with their hands; nothing. */
export type Reaction = { readonly answer: unknown; readonly pin?: string } | (() => unknown) | undefined
export type StaffRobot = (view: StaffView) => Reaction
export type ResidentRobot = (view: View) => Reaction

export interface CounterOptions {
  readonly backend: HttpPort
  readonly settings?: Partial<Settings>
  readonly staff?: StaffRobot
  readonly resident?: ResidentRobot
  readonly patience?: Partial<Patience>
  readonly staffPatience?: Partial<Patience>
  readonly journal?: JournalStore
  readonly timers?: Timers
  readonly staffReader?: ReaderOptions
  /** Readers of another service, in place of the two of this one. */
  readonly on?: { readonly readers: ReaderService; readonly reader: string; readonly staffReader: string }
}

const SIGNED_IN: StaffRobot = (view) =>
  view.kind === 'staffPin' ? { answer: { entered: true }, pin: '1234' } : undefined

export class TestCounter implements AsyncDisposable {
  readonly bay = new ReaderBay({ idlePowerMs: 0 })
  readonly counter: Counter
  readonly staff: Client
  readonly resident: Client
  /** Every frame that crossed to a screen, as text: for the canary. */
  readonly crossed: string[] = []
  readonly staffSaw: StaffView[] = []
  readonly residentSaw: View[] = []
  /** Of what is on the staff screen. */
  staffPrompt = 0
  staffRobot: StaffRobot
  residentRobot: ResidentRobot
  readonly #readers: MemoryReaderService
  readonly #stop = new AbortController()
  readonly #robots: Promise<unknown>
  #waiting: (() => void)[] = []
  #since = 0

  constructor({ backend, settings = {}, journal, timers = SHORT_PAUSES, ...options }: CounterOptions) {
    this.bay.plug(RESIDENTS)
    this.bay.plug(STAFFS, options.staffReader)
    this.#readers = new MemoryReaderService(this.bay)
    const { readers, ...named } = options.on ?? { readers: this.#readers, reader: RESIDENTS, staffReader: STAFFS }
    const ports = {
      ...aloneOnReaders(readers, { terminal: 'demo-town', role: 'town', ...named, ...settings }),
      ...{ backend: [backend], timers, ...(journal && { journal }) },
    }
    const patience = { ...KIOSK_PATIENCE, ending: 2_000, ...options.patience }
    this.counter = new Counter(ports, patience, { ...STAFF_PATIENCE, ...options.staffPatience })
    this.staffRobot = options.staff ?? SIGNED_IN
    this.residentRobot = options.resident ?? (() => undefined)
    const [staffWire, residentWire] = [wirePair(), wirePair()]
    serve(staffWire.far, this.counter.staffService)
    serve(residentWire.far, this.counter.service)
    this.staff = connect(staffWire.near)
    this.resident = connect(residentWire.near)
    this.#robots = Promise.all([
      this.#attend(this.staff, staffScreenSchema, this.staffSaw, (view) => this.staffRobot(view)),
      this.#attend(this.resident, screenSchema, this.residentSaw, (view) => this.residentRobot(view)),
    ])
  }

  get residentReader() {
    return this.bay.reader(RESIDENTS)
  }

  get staffReader() {
    return this.bay.reader(STAFFS)
  }

  layStaffCard(card: SimulatedCard): void {
    this.staffReader.insert(asVirtualCard(card, 'staff card'))
  }

  layCard(card: SimulatedCard): void {
    this.residentReader.insert(asVirtualCard(card, 'specimen'))
  }

  /** Calls the staff side; what `sees` waits for is shown after it. */
  async asks(name: string, input: object = {}): Promise<void> {
    this.#since = this.staffSaw.length
    await this.staff.call(name, input)
  }

  /** The first view of this kind from now on – the one on the screen included – that fits. */
  async sees<K extends StaffView['kind']>(
    kind: K,
    fits: (view: StaffViewOf<K>) => boolean = () => true,
  ): Promise<StaffViewOf<K>> {
    const found = (): StaffViewOf<K> | undefined => {
      const view = this.staffSaw.slice(this.#since).at(-1)
      return view?.kind === kind && fits(view as StaffViewOf<K>) ? (view as StaffViewOf<K>) : undefined
    }
    return await this.#until(found, `staff never saw ${kind}`)
  }

  async residentSees<K extends View['kind']>(kind: K): Promise<Extract<View, { kind: K }>> {
    const found = () => {
      const view = this.residentSaw.at(-1)
      return view?.kind === kind ? (view as Extract<View, { kind: K }>) : undefined
    }
    return await this.#until(found, `the resident never saw ${kind}`)
  }

  async #until<T>(found: () => T | undefined, sentence: string): Promise<T> {
    const late = AbortSignal.timeout(10_000)
    for (;;) {
      const value = found()
      if (value !== undefined) return value
      const changed = Promise.withResolvers<void>()
      this.#waiting.push(changed.resolve)
      const giveUp = () => changed.reject(new assert.AssertionError({ message: `${sentence}: ${this.#lately()}` }))
      late.addEventListener('abort', giveUp, { once: true })
      await changed.promise
      late.removeEventListener('abort', giveUp)
    }
  }

  #lately(): string {
    const kinds = (views: readonly { kind: string }[]) =>
      views.slice(-6).map((view) => JSON.stringify(view).slice(0, 120))
    return `staff ${kinds(this.staffSaw).join(' ')} resident ${kinds(this.residentSaw).join(' ')}`
  }

  async #attend<V extends { readonly kind: string }>(
    client: Client,
    schema: { parse(value: unknown): { prompt: number; view: V } },
    saw: V[],
    robot: (view: V) => Reaction,
  ): Promise<void> {
    for await (const value of client.listen('screen', {}, this.#stop.signal)) {
      this.crossed.push(JSON.stringify(value))
      const { prompt, view } = schema.parse(value)
      saw.push(view)
      if (client === this.staff) this.staffPrompt = prompt
      for (const wake of this.#waiting.splice(0)) wake()
      const reaction = robot(view)
      if (typeof reaction === 'function') await reaction()
      else if (reaction !== undefined) {
        const secret = reaction.pin === undefined ? undefined : new TextEncoder().encode(reaction.pin)
        await client.call('answer', { prompt, answer: reaction.answer }, secret).catch(stale)
      }
    }
  }

  /** Its process is dead: nothing of it is waited for. */
  abandon(): void {
    this.#stop.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.counter.close()
    this.#stop.abort()
    await this.#robots
    await this.#readers.close()
  }
}

/** The screen had moved on when the answer came, as it may for a person. */
const stale = (error: unknown): void => {
  if (!(error instanceof Error && 'code' in error && error.code === 'stalePrompt')) throw error
}
