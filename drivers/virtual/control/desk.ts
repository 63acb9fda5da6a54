/** What the control API does to the bay, in the bay's words; refusals are `ControlError`. */
import { randomUUID } from 'node:crypto'
import { hex } from '../../../src/base/hex.ts'
import type { ChipInterface } from '../../../src/card/ports.ts'
import type { CardSharing } from '../reader/card-sharing.ts'
import type { TraceEntry } from '../reader/command-trace.ts'
import type { Fault } from '../reader/faults.ts'
import type { ReaderBay } from '../reader/reader-bay.ts'
import type { CardSupply, SuppliedCard } from './card-supply.ts'
import { ControlError } from './control-error.ts'
import { Keypad } from './keypad.ts'

/** What a snapshot is kept for: only the card it was taken from can go back to it. */
interface Kept {
  readonly supplied: SuppliedCard
  readonly state: unknown
}

const MOST_SNAPSHOTS = 1000

export class ControlDesk {
  readonly bay: ReaderBay
  readonly #supply: CardSupply
  readonly #cards = new Map<string, SuppliedCard>()
  readonly #keypads = new Map<string, Keypad>()
  readonly #snapshots = new Map<string, Kept>()

  constructor(bay: ReaderBay, supply: CardSupply) {
    this.bay = bay
    this.#supply = supply
  }

  list(): readonly object[] {
    return this.bay.slots.map((slot) => this.#describe(slot))
  }

  plug(name: string, motor: boolean, withKeypad: boolean): object {
    const keypad = withKeypad ? new Keypad() : undefined
    conflict(() => this.bay.plug(name, { motor, ...(keypad === undefined ? {} : { pinPad: keypad.pinPad }) }))
    if (keypad !== undefined) this.#keypads.set(name, keypad)
    return this.#describe(this.#slot(name))
  }

  async unplug(name: string): Promise<void> {
    this.#slot(name)
    this.bay.unplug(name)
    this.#keypads.delete(name)
    await this.#save(name)
  }

  async insert(name: string, source: string, via: ChipInterface): Promise<object> {
    if (this.#slot(name).reader.card !== undefined)
      throw new ControlError(409, `the reader "${name}" already holds a card`)
    return this.lay(name, await this.#load(source), via)
  }

  /** A card that is there already. */
  lay(name: string, supplied: SuppliedCard, via: ChipInterface): object {
    const slot = this.#slot(name)
    conflict(() => slot.reader.insert(supplied.card, via))
    this.#cards.set(name, supplied)
    return this.#describe(slot)
  }

  async tap(name: string, source: string, holdMs: number | undefined): Promise<object> {
    const laid = await this.insert(name, source, 'contactless')
    const supplied = this.#cards.get(name)
    if (holdMs !== undefined)
      setTimeout(() => {
        if (this.#cards.get(name) === supplied) void this.remove(name).catch(() => {})
      }, holdMs)
    return laid
  }

  async remove(name: string): Promise<void> {
    if (this.#slot(name).reader.remove() === undefined)
      throw new ControlError(409, `there is no card in the reader "${name}"`)
    await this.#save(name)
  }

  cutPower(name: string): void {
    if (!this.#slot(name).reader.cutPower())
      throw new ControlError(409, `there is no powered card in the reader "${name}"`)
  }

  faults(name: string): readonly Fault[] {
    return this.#slot(name).reader.faults.list()
  }

  addFault(name: string, fault: Fault): void {
    const { reader } = this.#slot(name)
    conflict(() => reader.addFault(fault))
  }

  clearFaults(name: string): void {
    this.#slot(name).reader.faults.clear()
  }

  snapshot(name: string): { readonly snapshot: string } {
    const supplied = this.#cardIn(name)
    if (supplied.card.snapshot === undefined) throw new ControlError(409, `the card in "${name}" has no snapshots`)
    const id = randomUUID()
    this.#snapshots.set(id, { supplied, state: supplied.card.snapshot() })
    const [oldest] = this.#snapshots.keys()
    if (this.#snapshots.size > MOST_SNAPSHOTS && oldest !== undefined) this.#snapshots.delete(oldest)
    return { snapshot: id }
  }

  /** The card starts cold, as if it had been taken out and another one put in. */
  restore(name: string, id: string): void {
    const supplied = this.#cardIn(name)
    const kept = this.#snapshots.get(id)
    if (kept === undefined) throw new ControlError(404, `there is no snapshot "${id}"`)
    if (kept.supplied !== supplied) throw new ControlError(409, `the snapshot was not taken from the card in "${name}"`)
    supplied.card.restore?.(kept.state)
    this.#slot(name).reader.cutPower()
  }

  type(name: string, digits: string | undefined): void {
    this.#slot(name)
    const keypad = this.#keypads.get(name)
    if (keypad === undefined) throw new ControlError(409, `the reader "${name}" has no keypad`)
    const entry = digits === undefined ? 'cancelled' : new TextEncoder().encode(digits)
    if (!keypad.enter(entry)) throw new ControlError(409, `the reader "${name}" does not ask for an entry`)
  }

  trace(name: string | undefined, from: number): readonly TraceEntry[] {
    if (!Number.isSafeInteger(from) || from < 0) throw new ControlError(400, 'from: not a number of a command')
    return this.bay.trace.list(name, from)
  }

  /** Saves every card that has a file, wherever it lies. */
  async saveAll(): Promise<void> {
    for (const name of [...this.#cards.keys()]) await this.#save(name)
  }

  async #load(source: string): Promise<SuppliedCard> {
    try {
      return await this.#supply.load(source)
    } catch (error) {
      throw new ControlError(400, error instanceof Error ? error.message : String(error))
    }
  }

  async #save(name: string): Promise<void> {
    const supplied = this.#cards.get(name)
    this.#cards.delete(name)
    await supplied?.save()
  }

  #slot(name: string): CardSharing {
    const slot = this.bay.slot(name)
    if (slot === undefined) throw new ControlError(404, `there is no reader "${name}"`)
    return slot
  }

  #cardIn(name: string): SuppliedCard {
    const { reader } = this.#slot(name)
    const supplied = this.#cards.get(name)
    if (supplied === undefined || reader.card !== supplied.card)
      throw new ControlError(409, `there is no card in the reader "${name}"`)
    return supplied
  }

  #describe(slot: CardSharing): object {
    const { reader } = slot
    const prompt = this.#keypads.get(reader.name)?.prompt
    return {
      name: reader.name,
      card: reader.card === undefined ? 'absent' : reader.atr === undefined ? 'mute' : 'present',
      ...(reader.card?.label === undefined ? {} : { label: reader.card.label }),
      ...(reader.card === undefined ? {} : { via: reader.via }),
      ...(reader.atr === undefined ? {} : { atr: hex(reader.atr) }),
      powered: reader.powered,
      connections: slot.sharing,
      events: reader.eventCounter,
      ...(prompt === undefined ? {} : { keypadPrompt: prompt.purpose }),
    }
  }
}

/** What the bay refuses with a RangeError is a conflict with its present state. */
function conflict<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) throw new ControlError(409, error.message)
    throw error
  }
}
