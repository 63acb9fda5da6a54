/** The desk: simulated cards as things that lie somewhere, keep what was written to them, and come to grief on demand. */
import type { SimulatedCard } from '../../../applets-sim/simulated-card.ts'
import { ChannelError } from '../../../src/wire/frame.ts'
import type { TestReaders, TestSnapshot } from '../../testkit/testkit.ts'
import type { DeskState } from './desk-api.ts'
import type { CardsOfDesk } from './profile-cards.ts'

/** Long enough to see a screen wait and to pull the card by hand. */
const SLOW_MS = 700

interface DeskCard {
  readonly card: SimulatedCard
  memory?: TestSnapshot['state']
  powerWillFail: boolean
}

interface Place {
  card?: string
  plugged: boolean
  slow: boolean
  willBePulled: boolean
}

export class Desk {
  readonly #readers: TestReaders
  readonly #stock: CardsOfDesk
  readonly #pages: DeskState['pages']
  readonly #cards = new Map<string, DeskCard>()
  readonly #places = new Map<string, Place>()
  readonly #watchers = new Set<() => void>()
  readonly #stop: () => void
  /** What is done to the desk is done one after another. */
  #last: Promise<unknown> = Promise.resolve()

  /** Takes over readers that are empty. */
  constructor(readers: TestReaders, cards: CardsOfDesk, pages: DeskState['pages']) {
    this.#readers = readers
    this.#stock = cards
    this.#pages = pages
    for (const name of readers.names) this.#places.set(name, { plugged: true, slow: false, willBePulled: false })
    this.#stop = readers.onEvent(({ kind, reader }) => this.#happened(kind, reader))
  }

  get state(): DeskState {
    const places = [...this.#places]
    return {
      pages: this.#pages,
      cards: [...this.#stock].map(([card, { words }]) => {
        const reader = places.find(([, place]) => place.card === card)?.[0]
        const known = this.#cards.get(card)
        const [remembered, powerWillFail] = [known?.memory !== undefined, known?.powerWillFail ?? false]
        return { card, words, ...(reader === undefined ? {} : { reader }), remembered, powerWillFail }
      }),
      readers: places.map(([name, place]) => ({ name, ...place })),
    }
  }

  /** Calls `watcher` after every change, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  async lay(card: string, reader: string): Promise<void> {
    await this.#next(async () => {
      const place = this.#place(reader)
      if (!place.plugged) throw new ChannelError('noReader')
      const made = await this.#made(card)
      const before = [...this.#places].find(([, { card: there }]) => there === card)?.[0]
      for (const busy of new Set([before, reader]))
        if (busy !== undefined && this.#place(busy).card !== undefined) this.#readers.remove(busy)
      place.card = card
      await this.#readers.insert(reader, made.card)
    })
  }

  async take(reader: string): Promise<void> {
    await this.#next(async () => {
      this.#cardAt(reader)
      this.#readers.remove(reader)
    })
  }

  pull(reader: string, on: boolean): void {
    this.#cardAt(reader)
    this.#place(reader).willBePulled = on
    this.#plan(reader)
    this.#changed()
  }

  cutPower(reader: string, on: boolean): void {
    const card = this.#cardAt(reader)
    card.powerWillFail = on
    // What the reader has already told the card.
    if (!on) card.card.memory.planCut(undefined)
    this.#plan(reader)
    this.#changed()
  }

  /** A card in a reader that is unplugged stays on the desk. */
  async plug(reader: string, on: boolean): Promise<void> {
    await this.#next(async () => {
      const place = this.#place(reader)
      if (place.plugged === on) return
      if (!on && place.card !== undefined) this.#readers.remove(reader)
      place.plugged = on
      if (on) this.#readers.plug(reader)
      else this.#readers.unplug(reader)
      this.#plan(reader)
      this.#changed()
    })
  }

  slow(reader: string, on: boolean): void {
    const place = this.#place(reader)
    if (place.slow === on) return
    place.slow = on
    this.#plan(reader)
    this.#changed()
  }

  remember(reader: string): void {
    const card = this.#cardAt(reader)
    card.memory = this.#readers.snapshot(reader).state
    this.#changed()
  }

  goBack(reader: string): void {
    const card = this.#cardAt(reader)
    if (card.memory === undefined) throw new ChannelError('badInput')
    this.#readers.restore({ reader, card: card.card, state: card.memory })
    this.#changed()
  }

  close(): void {
    this.#stop()
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    await done
  }

  /** Made when it is first needed: keys and certificates take a moment. */
  async #made(card: string): Promise<DeskCard> {
    const known = this.#cards.get(card)
    if (known !== undefined) return known
    const stock = this.#stock.get(card)
    if (stock === undefined) throw new ChannelError('badInput')
    const made = { card: await stock.make(), powerWillFail: false }
    this.#cards.set(card, made)
    return made
  }

  #place(reader: string): Place {
    const place = this.#places.get(reader)
    if (place === undefined) throw new ChannelError('noReader')
    return place
  }

  #cardAt(reader: string): DeskCard {
    const { card } = this.#place(reader)
    const known = card === undefined ? undefined : this.#cards.get(card)
    if (known === undefined) throw new ChannelError('noCard')
    return known
  }

  /** What the reader is to do to its card, from nothing. */
  #plan(reader: string): void {
    const place = this.#place(reader)
    if (!place.plugged) return
    const card = place.card === undefined ? undefined : this.#cards.get(place.card)
    this.#readers.clearFaults(reader)
    if (place.slow) this.#readers.faults(reader, { kind: 'slow', ms: SLOW_MS, repeat: true })
    if (place.willBePulled) this.#readers.faults(reader, { kind: 'pull' })
    if (card?.powerWillFail === true) this.#readers.faults(reader, { kind: 'powerCut', write: 1, at: 'inside' })
  }

  #happened(kind: string, reader: string): void {
    const place = this.#places.get(reader)
    if (place === undefined) return
    if (kind === 'removed') {
      delete place.card
      place.willBePulled = false
      this.#plan(reader)
    }
    const card = place.card === undefined ? undefined : this.#cards.get(place.card)
    if (kind === 'inserted') this.#plan(reader)
    if (kind === 'powerLost' && card !== undefined) card.powerWillFail = false
    this.#changed()
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
