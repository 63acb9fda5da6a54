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

/** Where the power is to fail: before write number `write` reaches the log, or while it is being written. */
export interface PowerCut {
  readonly write: number
  readonly at: 'before' | 'inside'
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

type LogRecord =
  | { readonly kind: 'cell'; readonly key: string; readonly value: Uint8Array | undefined; readonly whole: boolean }
  | { readonly kind: 'commit'; readonly whole: boolean }

/** Beyond this many layers they are merged, so that a read stays short. */
const MAX_DEPTH = 4

export class PersistentMemory {
  #base: Layer
  /** Committed cells above the base. Allocated at the first write: a card nobody writes to costs nothing. */
  #cells: Map<string, Uint8Array | undefined> | undefined
  /** Records of the open transaction, in order; `undefined` outside one. */
  #open: LogRecord[] | undefined
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

  /** The cell's bytes as this chip sees them now, open transaction included. A view: never write into it. */
  read(key: string): Uint8Array | undefined {
    if (this.#open !== undefined)
      for (let i = this.#open.length - 1; i >= 0; i--) {
        const record = this.#open[i]
        if (record?.kind === 'cell' && record.key === key) return record.value
      }
    if (this.#cells?.has(key)) return this.#cells.get(key)
    for (let layer: Layer | undefined = this.#base; layer !== undefined; layer = layer.below)
      if (layer.cells.has(key)) return layer.cells.get(key)
    return undefined
  }

  /** Keys of the existing cells that begin with `prefix`, sorted. */
  keys(prefix = ''): readonly string[] {
    const state = new Map(this.#merged())
    for (const record of this.#open ?? []) if (record.kind === 'cell') state.set(record.key, record.value)
    return [...state].flatMap(([key, value]) => (value !== undefined && key.startsWith(prefix) ? [key] : [])).sort()
  }

  /** One numbered write of one cell; `undefined` erases it. Atomic by itself, or part of the open transaction. */
  write(key: string, value: Uint8Array | undefined): void {
    const record = this.#append({ kind: 'cell', key, value: value?.slice(), whole: true })
    if (this.#open === undefined) this.#fold([record])
  }

  /** All writes made by `work`, or – after an exception or a power cut – none of them. A nested call joins the outer one. */
  transaction<T>(work: () => T): T {
    if (this.#open !== undefined) return work()
    this.#open = []
    let result: T
    try {
      result = work()
      if (this.#open.length > 0) this.#open.push(this.#append({ kind: 'commit', whole: true }))
    } catch (error) {
      if (this.#powered) this.#open = undefined
      throw error
    }
    this.#fold(this.#open)
    this.#open = undefined
    return result
  }

  /** Plans the next power cut; `undefined` calls it off. */
  planCut(cut: PowerCut | undefined): void {
    this.#cut = cut
  }

  /** Power is gone: until `recover`, every write fails. */
  powerOff(): void {
    this.#powered = false
  }

  /** Power-up: an unfinished transaction is rolled back. */
  recover(): void {
    this.#powered = true
    const log = this.#open
    this.#open = undefined
    if (log !== undefined && log.at(-1)?.kind === 'commit' && log.every((record) => record.whole)) this.#fold(log)
  }

  /** The committed content. Costs one layer object; this memory goes on above it. */
  snapshot(): MemorySnapshot {
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
    this.#open = undefined
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
  #append(record: LogRecord): LogRecord {
    if (!this.#powered) throw new PowerLost('write without power')
    const number = this.#writes + 1
    if (this.#cut?.write === number) {
      const { at } = this.#cut
      this.#cut = undefined
      this.#powered = false
      if (at === 'inside') {
        this.#writes = number
        this.#open?.push({ ...record, whole: false })
      }
      throw new PowerLost(`power cut ${at} write ${number}`)
    }
    this.#writes = number
    if (record.kind === 'cell') this.#open?.push(record)
    return record
  }

  #fold(log: readonly LogRecord[]): void {
    if (log.length === 0) return
    this.#cells ??= new Map()
    for (const record of log) if (record.kind === 'cell') this.#cells.set(record.key, record.value)
  }
}
