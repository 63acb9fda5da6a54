/** A whole terminal without a screen: the hall over readers in memory, a simulated card, and a robot in the person's place. */
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { aloneOnReaders } from '../../apps/testkit/host-ports.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { Hall } from '../../src/host/hall.ts'
import { type HostPorts, KIOSK_PATIENCE, type Patience } from '../../src/host/ports.ts'
import { type Client, connect } from '../../src/wire/connect.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { serve } from '../../src/wire/serve.ts'
import { type ProcedureName, type Screen, screenSchema, type View } from '../../src/wire/view.ts'

export const READER = 'Kiosk reader'
const images = new Map<string, SimulatedCard>()

export async function specimen(profile: 'resident' | 'child' | 'blocked' = 'resident'): Promise<SimulatedCard> {
  const mould = images.get(profile) ?? SimulatedCard.fromImage(await makeCardImage(profile))
  images.set(profile, mould)
  return mould.fork()
}

/** What the person does when a screen appears: an answer, PIN digits, or something done with their hands. */
export type Reaction = { readonly answer: unknown; readonly pin?: string } | 'nothing' | (() => void)
export type Person = (view: View, seen: readonly View[]) => Reaction

export class TestTerminal implements AsyncDisposable {
  readonly bay = new ReaderBay({ idlePowerMs: 0 })
  readonly hall: Hall
  readonly client: Client
  readonly #readers: MemoryReaderService

  constructor(patience: Patience = KIOSK_PATIENCE, ports: Partial<HostPorts> = {}) {
    this.bay.plug(READER)
    this.#readers = new MemoryReaderService(this.bay)
    this.hall = new Hall({ ...aloneOnReaders(this.#readers), ...ports }, patience)
    const { near, far } = wirePair()
    serve(far, this.hall.service)
    this.client = connect(near)
  }

  insert(card: SimulatedCard): void {
    this.bay.reader(READER).insert(asVirtualCard(card, 'specimen'))
  }

  remove(): void {
    this.bay.reader(READER).remove()
  }

  get reader() {
    return this.bay.reader(READER)
  }

  /** Starts a procedure and lets the person react to every screen until the terminal is idle again. Returns what was shown. */
  async run(procedure: ProcedureName, person: Person): Promise<readonly View[]> {
    const seen: View[] = []
    const stop = new AbortController()
    const screens = this.client.listen('screen', {}, stop.signal)
    let started = false
    for await (const value of screens) {
      const screen = screenSchema.parse(value)
      if (!started) {
        started = true
        await this.client.call('start', { procedure })
        continue
      }
      if (screen.view.kind === 'idle') stop.abort()
      else {
        seen.push(screen.view)
        await this.#react(screen, person(screen.view, seen))
      }
    }
    return seen
  }

  async #react(screen: Screen, reaction: Reaction): Promise<void> {
    if (reaction === 'nothing') return
    if (typeof reaction === 'function') return reaction()
    const secret = reaction.pin === undefined ? undefined : new TextEncoder().encode(reaction.pin)
    await this.client.call('answer', { prompt: screen.prompt, answer: reaction.answer }, secret)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hall.close()
    await this.#readers.close()
  }
}

/** A person who wants to change `pin`, knows what is typed, and takes the card when told to. */
export function changer(terminal: TestTerminal, pin: string, typed: readonly string[]): Person {
  const left = [...typed]
  return (view) => {
    switch (view.kind) {
      case 'choosePin':
        return { answer: { pin } }
      case 'explainReset':
        return { answer: { goOn: true } }
      case 'enterCardFace':
      case 'takePortrait':
      case 'enterPin':
        return { answer: { entered: true }, pin: left.shift() ?? '' }
      case 'confirmLastTry':
        return { answer: { goOn: true } }
      case 'pinStatus':
      case 'done':
      case 'failed':
        return { answer: { seen: true } }
      case 'stillThere':
        return { answer: { here: true } }
      case 'takeCard':
        return () => terminal.remove()
      default:
        return 'nothing'
    }
  }
}

/** Does the card take this value as its PIN? Asked of a fork, so that the card itself loses no try. */
export function takes(card: SimulatedCard, pin: 'sign' | 'auth' | 'text' | 'juki' | 'common', value: string): boolean {
  const [aid, reference] = {
    sign: ['D392F000260100000001', 0x9b],
    auth: ['D392F000260100000001', 0x98],
    text: ['D3921000310001010408', 0x91],
    juki: ['D3921000310001010401', 0x9c],
    common: ['D3921000310001010100', 0x9c],
  }[pin] as [string, number]
  const fork = card.fork()
  fork.powerOn('contact')
  fork.transmit(Buffer.from(`00A4040C0A${aid}`, 'hex'))
  const data = Buffer.from(value)
  const answer = fork.transmit(Buffer.concat([Buffer.of(0x00, 0x20, 0x00, reference, data.length), data]))
  return answer[0] === 0x90
}
