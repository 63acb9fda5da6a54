/**
 * Who uses how much of the card's memory (GPCS 2.3.1, 9.7; requirement F27). Nothing is estimated: a command makes its writes inside a
 * transaction and then asks whether the result still fits; when not, it is refused with 6A84 and the transaction is undone.
 */
import { equal, toUint } from '../../src/base/bytes.ts'
import { hex } from '../../src/base/hex.ts'
import { SW } from '../../src/card/status-word.ts'
import type { PersistentMemory } from '../os/memory.ts'
import { CELL } from './cells.ts'
import type { Entry } from './entry.ts'
import { has, PRIVILEGE } from './privileges.ts'
import { require } from './refusal.ts'
import type { Registry } from './registry.ts'

/** Bytes of memory of each kind. */
export interface Bytes {
  readonly nonVolatile: number
  readonly volatile: number
}

/** Written by INITIALIZE UPDATE, which asks nobody: part of what the domain's line costs, so that no quota is passed by counting. */
const HOUSEKEEPING = /^(counter\.|velocity$)/

/** Lasting memory that a load will use, and the domain it is for. */
export interface Coming {
  readonly domain: Uint8Array
  readonly nonVolatile: number
}

/** What a line of the registry costs beside its content. */
export const PACKAGE_OVERHEAD = 32
export const INSTANCE_OVERHEAD = 64
/** Transient memory of an instance that reserved none. */
export const INSTANCE_VOLATILE = 32

const DEFAULT: Bytes = { nonVolatile: 0x18000, volatile: 0x1000 }

const sum = (parts: readonly Bytes[]): Bytes => ({
  nonVolatile: parts.reduce((total, part) => total + part.nonVolatile, 0),
  volatile: parts.reduce((total, part) => total + part.volatile, 0),
})

export class MemoryAccount {
  readonly #memory: PersistentMemory
  readonly #registry: Registry

  constructor(memory: PersistentMemory, registry: Registry) {
    this.#memory = memory
    this.#registry = registry
  }

  /** Memory that loaded content may use. */
  get total(): Bytes {
    const cell = this.#memory.read(CELL.MEMORY)
    if (cell?.length !== 8) return DEFAULT
    return { nonVolatile: toUint(cell.subarray(0, 4)), volatile: toUint(cell.subarray(4)) }
  }

  /** Used or reserved by one domain and everything under it. */
  used(domain: Uint8Array): Bytes {
    return this.#measure().charge(domain)
  }

  free(): Bytes {
    const used = this.used(this.#registry.isdAid)
    const { nonVolatile, volatile } = this.total
    return { nonVolatile: nonVolatile - used.nonVolatile, volatile: volatile - used.volatile }
  }

  /**
   * Throws Refusal 6A84 when the card or somebody's quota has been passed. Call it at the end of a transaction, or before one with
   * what is about to come.
   */
  verify(coming?: Coming): void {
    const { charge, entries } = this.#measure(coming)
    const fits = (used: Bytes, most: { readonly nonVolatile?: number; readonly volatile?: number }) =>
      used.nonVolatile <= (most.nonVolatile ?? Number.POSITIVE_INFINITY) &&
      used.volatile <= (most.volatile ?? Number.POSITIVE_INFINITY)
    require(fits(charge(this.#registry.isdAid), this.total), SW.NO_MEMORY)
    for (const entry of entries) {
      if (entry.kind !== 'instance') continue
      const { nonVolatileQuota, volatileQuota } = entry.limits
      if (nonVolatileQuota === undefined && volatileQuota === undefined) continue
      const quota = {
        ...(nonVolatileQuota !== undefined && { nonVolatile: nonVolatileQuota }),
        ...(volatileQuota !== undefined && { volatile: volatileQuota }),
      }
      require(fits(charge(entry.aid), quota), SW.NO_MEMORY)
    }
  }

  /** One pass over the cells, then sums along the hierarchy. */
  #measure(coming?: Coming): { readonly charge: (aid: Uint8Array) => Bytes; readonly entries: readonly Entry[] } {
    const content = new Map<string, number>()
    for (const key of this.#memory.keys('gp/')) {
      const dot = key.indexOf('.')
      if (dot < 0 || HOUSEKEEPING.test(key.slice(dot + 1))) continue
      const aid = key.slice(3, dot)
      content.set(aid, (content.get(aid) ?? 0) + (this.#memory.read(key)?.length ?? 0))
    }
    const entries = this.#registry.entries()
    const own = (entry: Entry): Bytes => {
      if (entry.builtIn) return { nonVolatile: 0, volatile: 0 }
      const nonVolatile = content.get(hex(entry.aid)) ?? 0
      if (entry.kind === 'package') return { nonVolatile: nonVolatile + PACKAGE_OVERHEAD, volatile: 0 }
      return { nonVolatile: nonVolatile + INSTANCE_OVERHEAD, volatile: INSTANCE_VOLATILE }
    }
    const chargeOf = (entry: Entry): Bytes => {
      const isDomain = entry.kind === 'instance' && has(entry.privileges, PRIVILEGE.SECURITY_DOMAIN)
      const below = isDomain
        ? entries.filter((other) => equal(other.domain, entry.aid) && !equal(other.aid, entry.aid)).map(chargeOf)
        : []
      const more =
        coming !== undefined && equal(entry.aid, coming.domain)
          ? [{ nonVolatile: coming.nonVolatile, volatile: 0 }]
          : []
      const used = sum([own(entry), ...more, ...below])
      const { nonVolatileReserved = 0, volatileReserved = 0 } = entry.kind === 'instance' ? entry.limits : {}
      return {
        nonVolatile: Math.max(used.nonVolatile, nonVolatileReserved),
        volatile: Math.max(used.volatile, volatileReserved),
      }
    }
    const charge = (aid: Uint8Array) => {
      const entry = entries.find((candidate) => equal(candidate.aid, aid))
      return entry === undefined ? { nonVolatile: 0, volatile: 0 } : chargeOf(entry)
    }
    return { charge, entries }
  }
}
