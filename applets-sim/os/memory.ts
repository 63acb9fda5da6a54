/**
 * The chip's persistent memory: a log of numbered writes over an immutable base.
 *
 * Every write – of one cell, or the commit that ends a transaction – appends one record to the log and has a number.
 * A record cut in the middle fails its checksum, a transaction without its commit record never happened: at power-up
 * `recover` folds what is whole and committed into the cells and drops the rest. So a cell is old or new, never between.
 *
 * Layers are shared: a fork or snapshot costs one object, whatever the card holds.
 */
import { PowerLost } from '../../src/card/ports.ts'

/** Where the power is to fail: before write number `write` reaches the log, while it is being written, or right after. */
export interface PowerCut {
  readonly write: number
  readonly at: 'before' | 'inside' | 'after'
}

/** `undefined` marks an erased cell. */
type Cells = ReadonlyMap<string, Uint8Array | undefined>

interface Layer {
  readonly cells: Cells
  readonly below: Layer | undefined
  readonly depth: number
}

/** The whole content of a memory at one moment; immutable, so it can be shared by any number of cards. */
export interface MemorySnapshot {
  readonly layer: Layer
  readonly writes: number
}

/** `whole`: the record's checksum holds. A cell written outside a transaction is committed by itself. */
type LogRecord = { readonly whole: boolean } & (
  | { readonly kind: 'cell'; readonly key: string; readonly value: Uint8Array | undefined; readonly alone: boolean }
  | { readonly kind: 'commit' }
)

/** Beyond this many layers they are merged, so that a read stays short. */
const MAX_DEPTH = 4

export class PersistentMemory {
  #base: Layer
  /** Committed cells above the base. Allocated at the first write: a card nobody writes to costs nothing. */
  #cells: Map<string, Uint8Array | undefined> | undefined
  /** Records that are not yet folded into the cells: of the open transaction, or of the write the power failed in. */
  #log: LogRecord[] = []
  #inTransaction = false
  #writes: number
  #cut: PowerCut | undefined
  #powered = true

  constructor(snapshot: MemorySnapshot) {
    this.#base = snapshot.layer
    this.#writes = snapshot.writes
  }

  static of(cells: Iterable<readonly [string, Uint8Array]>): PersistentMemory {
    return new PersistentMemory({ layer: { cells: new Map(cells), below: undefined, depth: 1 }, writes: 0 })
  }

  /** Number of the last write since the card was made. */
  get writes(): number {
    return this.#writes
  }

  /** The cell's bytes as this chip sees them now, open transaction included; without power, as it will find them. A view: never write into it. */
  read(key: string): Uint8Array | undefined {
    if (!this.#powered) this.#settle()
    for (let i = this.#log.length - 1; i >= 0; i--) {
      const record = this.#log[i]
      if (record?.kind === 'cell' && record.key === key) return record.value
    }
    if (this.#cells?.has(key)) return this.#cells.get(key)
    for (let layer: Layer | undefined = this.#base; layer !== undefined; layer = layer.below)
      if (layer.cells.has(key)) return layer.cells.get(key)
    return undefined
  }

  /** Keys of the existing cells that begin with `prefix`, sorted. */
  keys(prefix = ''): readonly string[] {
    if (!this.#powered) this.#settle()
    const state = new Map(this.#merged())
    for (const record of this.#log) if (record.kind === 'cell') state.set(record.key, record.value)
    return [...state].flatMap(([key, value]) => (value !== undefined && key.startsWith(prefix) ? [key] : [])).sort()
  }

  /** One numbered write of one cell; `undefined` erases it. Atomic by itself, or part of the open transaction. */
  write(key: string, value: Uint8Array | undefined): void {
    const alone = !this.#inTransaction
    this.#append({ kind: 'cell', key, value: value && new Uint8Array(value), alone, whole: true })
    if (alone) this.#fold()
  }

  /** All writes made by `work`, or – after an exception or a power cut – none of them. A nested call joins the outer one. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work()
    this.#inTransaction = true
    try {
      const result = work()
      if (this.#log.length > 0) this.#append({ kind: 'commit', whole: true })
      this.#fold()
      return result
    } catch (error) {
      if (this.#powered) this.#log = []
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  /** Plans the next power cut; `undefined` calls it off. */
  planCut(cut: PowerCut | undefined): void {
    this.#cut = cut
  }

  /** The one that has not come yet. */
  get plannedCut(): PowerCut | undefined {
    return this.#cut
  }

  /** Power is gone: until `recover`, every write fails. */
  powerOff(): void {
    this.#powered = false
  }

  /** Power-up: what the log holds is either whole and committed, or never happened. */
  recover(): void {
    this.#settle()
    this.#powered = true
  }

  /** The committed content. Costs one layer object; this memory goes on above it. */
  snapshot(): MemorySnapshot {
    if (!this.#powered) this.#settle()
    if (this.#cells !== undefined) {
      const deep = this.#base.depth >= MAX_DEPTH
      this.#base = deep
        ? { cells: this.#merged(), below: undefined, depth: 1 }
        : { cells: this.#cells, below: this.#base, depth: this.#base.depth + 1 }
      this.#cells = undefined
    }
    return { layer: this.#base, writes: this.#writes }
  }

  restore(snapshot: MemorySnapshot): void {
    this.#base = snapshot.layer
    this.#cells = undefined
    this.#log = []
    this.#writes = snapshot.writes
    this.#cut = undefined
  }

  #merged(): Cells {
    const layers: Cells[] = this.#cells === undefined ? [] : [this.#cells]
    for (let layer: Layer | undefined = this.#base; layer !== undefined; layer = layer.below) layers.push(layer.cells)
    const merged = new Map<string, Uint8Array | undefined>()
    for (const cells of layers.reverse()) for (const [key, value] of cells) merged.set(key, value)
    for (const [key, value] of merged) if (value === undefined) merged.delete(key)
    return merged
  }

  /** The one place where a write happens, gets its number, and may be cut. */
  #append(record: LogRecord): void {
    if (!this.#powered) throw new PowerLost('write without power')
    const number = this.#writes + 1
    const at = this.#cut?.write === number ? this.#cut.at : undefined
    if (at !== undefined) {
      this.#cut = undefined
      this.#powered = false
    }
    if (at === 'before') throw new PowerLost(`power cut before write ${number}`)
    this.#writes = number
    this.#log.push(at === 'inside' ? { ...record, whole: false } : record)
    if (at !== undefined) throw new PowerLost(`power cut ${at} write ${number}`)
  }

  #settle(): void {
    const last = this.#log.at(-1)
    if (last?.whole === true && (last.kind === 'commit' || last.alone)) this.#fold()
    this.#log = []
  }

  #fold(): void {
    if (this.#log.length === 0) return
    this.#cells ??= new Map()
    for (const record of this.#log) if (record.kind === 'cell') this.#cells.set(record.key, record.value)
    this.#log = []
  }
}
