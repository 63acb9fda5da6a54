/** A place where faces are compared, without a screen: a reader for staff cards, the channel of the page, a town's backend. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { type FacesScreen, facesScreenSchema } from '../../apps/faces/faces-api.ts'
import { FacesDesk } from '../../apps/faces/faces-desk.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { aloneOnReaders } from '../../apps/testkit/host-ports.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import type { HttpPort } from '../../src/host/http-port.ts'
import type { Timers } from '../../src/host/ports.ts'
import { type Client, connect } from '../../src/wire/connect.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { serve } from '../../src/wire/serve.ts'
import { SHORT_PAUSES } from '../host/broken-line.ts'

const STAFFS = 'Staff reader'

type Desk = Extract<FacesScreen, { at: 'desk' }>

export class TestPlace implements AsyncDisposable {
  readonly desk: FacesDesk
  readonly page: Client
  /** Every frame that crossed to the page, as text. */
  readonly crossed: string[] = []
  readonly #bay = new ReaderBay({ idlePowerMs: 0 })
  readonly #readers: MemoryReaderService
  readonly #stop = new AbortController()
  readonly #following: Promise<void>
  readonly #pin: string
  #screen: FacesScreen | undefined
  #wake: (() => void)[] = []

  constructor({ backend, timers = SHORT_PAUSES, pin = '1234' }: { backend: HttpPort; timers?: Timers; pin?: string }) {
    this.#bay.plug(STAFFS)
    this.#readers = new MemoryReaderService(this.#bay)
    this.#pin = pin
    const settings = { terminal: 'demo-resetApp', role: 'resetApp', staffReader: STAFFS } as const
    this.desk = new FacesDesk({ ...aloneOnReaders(this.#readers, settings), backend: [backend], timers })
    const { near, far } = wirePair()
    const send = far.send.bind(far)
    far.send = (frame, secret) => {
      this.crossed.push(JSON.stringify(frame))
      send(frame, secret)
    }
    serve(far, this.desk.service)
    this.page = connect(near)
    this.#following = this.#follow()
  }

  layStaffCard(card: SimulatedCard): void {
    this.#bay.reader(STAFFS).insert(asVirtualCard(card, 'staff card'))
  }

  takeStaffCard(): void {
    this.#bay.reader(STAFFS).remove()
  }

  /** The screen of this moment, as soon as it fits. */
  async sees(fits: (screen: FacesScreen) => boolean, what: string): Promise<FacesScreen> {
    const late = AbortSignal.timeout(5_000)
    for (;;) {
      if (this.#screen !== undefined && fits(this.#screen)) return this.#screen
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      this.#wake.push(resolve)
      const giveUp = () =>
        reject(new assert.AssertionError({ message: `never ${what}: ${JSON.stringify(this.#screen)}` }))
      late.addEventListener('abort', giveUp, { once: true })
      await promise
      late.removeEventListener('abort', giveUp)
    }
  }

  async atDesk(): Promise<Desk> {
    return (await this.sees(({ at }) => at === 'desk', 'signed in')) as Desk
  }

  async looking(): Promise<NonNullable<Desk['look']>> {
    const seen = await this.sees((screen) => screen.at === 'desk' && screen.look !== undefined, 'something to look at')
    return (seen as Desk).look as NonNullable<Desk['look']>
  }

  async signsIn(kind: string): Promise<FacesScreen> {
    return await this.sees((screen) => screen.at === 'signIn' && screen.screen.view.kind === kind, kind)
  }

  /** A whole picture, as the page asks for it. */
  async picture(request: number, which: 'photo' | 'live', size: number): Promise<Uint8Array> {
    const whole = Buffer.alloc(size)
    for (let from = 0; from < size; ) {
      const piece = await this.page.bytes('picture', { request, which, from })
      whole.set(piece, from)
      from += piece.length
    }
    return new Uint8Array(whole)
  }

  async #follow(): Promise<void> {
    for await (const value of this.page.listen('screen', {}, this.#stop.signal)) {
      const screen = facesScreenSchema.parse(value)
      this.#screen = screen
      for (const wake of this.#wake.splice(0)) wake()
      if (screen.at === 'signIn' && screen.screen.view.kind === 'staffPin')
        await this.page
          .call('answer', { prompt: screen.screen.prompt, answer: { entered: true } }, Buffer.from(this.#pin))
          .catch(stale)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.desk.close()
    this.#stop.abort()
    await this.#following
    await this.#readers.close()
  }
}

/** The screen had moved on when the answer came, as it may for a person. */
const stale = (error: unknown): void => {
  if (!(error instanceof Error && 'code' in error && error.code === 'stalePrompt')) throw error
}
