/**
 * The keys of a security domain. A key set is one cell, so it is the old or the new one after a power cut:
 * per key `id ‖ number of components`, per component `type ‖ length (2) ‖ value`.
 */
import { concat, toUint, uint } from '../../src/base/bytes.ts'
import type { PersistentMemory } from '../os/memory.ts'
import { AesKey } from './aes.ts'
import { cellsOf, hexByte } from './cells.ts'

/** Key type coding (GPCS 2.3.1, 11.1.8). */
export const KEY_TYPE = {
  AES: 0x88,
  RSA_EXPONENT: 0xa0,
  RSA_MODULUS: 0xa1,
  EC_PUBLIC: 0xb0,
  EC_PARAMETERS: 0xf0,
} as const

/** Key version numbers with a purpose of their own (UICC configuration 1.0.1, 7.2 and common use). */
export const KVN = { TOKEN: 0x70, RECEIPT: 0x71, DAP: 0x73, INITIAL: 0xff } as const

export interface KeyComponent {
  readonly type: number
  readonly value: Uint8Array
}

export interface CardKey {
  readonly id: number
  readonly components: readonly KeyComponent[]
}

export interface ChannelKeys {
  readonly version: number
  readonly enc: AesKey
  readonly mac: AesKey
  readonly dek: AesKey
}

export function encodeKeySet(keys: readonly CardKey[]): Uint8Array {
  const component = ({ type, value }: KeyComponent) => concat(Uint8Array.of(type), uint(value.length, 2), value)
  return concat(
    ...[...keys]
      .sort((a, b) => a.id - b.id)
      .map(({ id, components }) => concat(Uint8Array.of(id, components.length), ...components.map(component))),
  )
}

/** The keys of a cell. Throws Error for bytes that are no key set. */
export function decodeKeySet(cell: Uint8Array): readonly CardKey[] {
  const keys: CardKey[] = []
  for (let at = 0; at < cell.length; ) {
    const id = cell[at++] ?? 0
    const components: KeyComponent[] = []
    for (let n = cell[at++] ?? 0; n > 0; n--) {
      const end = at + 3 + toUint(cell.subarray(at + 1, at + 3))
      if (at + 3 > cell.length || end > cell.length) throw new Error('globalplatform: a key set is damaged')
      components.push({ type: cell[at] ?? 0, value: cell.subarray(at + 3, end) })
      at = end
    }
    keys.push({ id, components })
  }
  return keys
}

/** Decoded sets and expanded keys by their cell's bytes, which never change: forks of one card share them. */
const decoded = new WeakMap<Uint8Array, readonly CardKey[]>()
const expanded = new WeakMap<Uint8Array, Omit<ChannelKeys, 'version'> | undefined>()

/** Keys 1, 2, 3 as AES keys of one length (GPC_SPE_014, 6.1), or undefined when the set is not that. */
function channelKeys(cell: Uint8Array, keys: readonly CardKey[]): Omit<ChannelKeys, 'version'> | undefined {
  if (expanded.has(cell)) return expanded.get(cell)
  const values = [1, 2, 3].map((id) => keys.find((key) => key.id === id)?.components[0])
  const length = values[0]?.value.length
  const usable = values.every((key) => key?.type === KEY_TYPE.AES && key.value.length === length)
  const [enc, mac, dek] = usable ? values.map((key) => new AesKey(key?.value ?? new Uint8Array())) : []
  const result = enc && mac && dek ? { enc, mac, dek } : undefined
  expanded.set(cell, result)
  return result
}

/** The key sets of the security domain with this AID. */
export class KeyRing {
  readonly #memory: PersistentMemory
  readonly #prefix: string

  constructor(memory: PersistentMemory, aid: Uint8Array) {
    this.#memory = memory
    this.#prefix = cellsOf(aid)
  }

  /** Key version numbers in ascending order. */
  versions(): readonly number[] {
    const prefix = `${this.#prefix}keys.`
    return this.#memory.keys(prefix).map((key) => Number.parseInt(key.slice(prefix.length), 16))
  }

  keys(version: number): readonly CardKey[] | undefined {
    const cell = this.#cell(version)
    if (cell === undefined) return undefined
    let keys = decoded.get(cell)
    if (keys === undefined) {
      keys = decodeKeySet(cell)
      decoded.set(cell, keys)
    }
    return keys
  }

  key(version: number, id: number): CardKey | undefined {
    return this.keys(version)?.find((key) => key.id === id)
  }

  /** The set for a secure channel; version 00 means the first one that can serve (GPCS 2.3.1, 11.1.9). */
  forChannel(version: number): ChannelKeys | undefined {
    if (version === 0) {
      for (const candidate of this.versions()) {
        const keys = this.forChannel(candidate)
        if (keys !== undefined) return keys
      }
      return undefined
    }
    const cell = this.#cell(version)
    const keys = cell && channelKeys(cell, this.keys(version) ?? [])
    return keys && { version, ...keys }
  }

  /** Replaces or makes the whole set; a new set counts from zero. Undefined erases it. Call it inside a transaction. */
  store(version: number, keys: readonly CardKey[] | undefined): void {
    const name = hexByte(version)
    this.#memory.write(`${this.#prefix}keys.${name}`, keys && encodeKeySet(keys))
    if (this.counter(version) > 0) this.#memory.write(`${this.#prefix}counter.${name}`, undefined)
  }

  /** Sequence counter of a set: the last value used. */
  counter(version: number): number {
    return toUint(this.#memory.read(`${this.#prefix}counter.${hexByte(version)}`) ?? new Uint8Array())
  }

  setCounter(version: number, value: number): void {
    this.#memory.write(`${this.#prefix}counter.${hexByte(version)}`, uint(value, 3))
  }

  #cell(version: number): Uint8Array | undefined {
    return this.#memory.read(`${this.#prefix}keys.${hexByte(version)}`)
  }
}
