/**
 * The GlobalPlatform registry (GPCS 2.3.1, 6.5): what is on the card, and under whose security domain. The issuer security
 * domain, its package and the card's own file-system applications are built in; the rest is one memory cell.
 */
import { concat, EMPTY, equal } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { lifeCycleOf } from '../os/access.ts'
import type { PersistentMemory } from '../os/memory.ts'
import { CELL } from './cells.ts'
import { decodeEntries, type Entry, encodeEntry, type InstanceEntry, type PackageEntry, sameAid } from './entry.ts'
import { CARD, LOCKED, PERSONALIZED, SELECTABLE } from './life-cycle.ts'
import { has, ISSUER_PRIVILEGES, PRIVILEGE } from './privileges.ts'

/** The real card's (facts 1.1). An image may say `A000000151000000` instead, which the shorter name selects as well. */
const DEFAULT_ISD = fromHex('A0000001510000')

/** Package and module of security domains, in the AIDs that clients know (GPCS 2.3.1, appendix H and common use). */
export const DOMAIN_PACKAGE = fromHex('A0000001515350')
export const DOMAIN_MODULE = fromHex('A000000151535041')

/** A file-system application: its AID, and the cell of its life-cycle state. */
export interface BuiltInApplication {
  readonly aid: Uint8Array
  readonly lifeCell: string
}

const stored = new WeakMap<Uint8Array, readonly Entry[]>()

export class Registry {
  readonly #memory: PersistentMemory
  readonly #builtIn: readonly BuiltInApplication[]

  constructor(memory: PersistentMemory, builtIn: readonly BuiltInApplication[]) {
    this.#memory = memory
    this.#builtIn = builtIn
  }

  get isdAid(): Uint8Array {
    return this.#memory.read(CELL.ISD) ?? DEFAULT_ISD
  }

  /** Life-cycle state of the card. */
  get card(): number {
    return this.#memory.read(CELL.CARD)?.[0] ?? CARD.SECURED
  }

  setCard(state: number): void {
    this.#memory.write(CELL.CARD, Uint8Array.of(state))
  }

  get isd(): InstanceEntry {
    const aid = this.isdAid
    return {
      kind: 'instance',
      aid,
      domain: aid,
      package: DOMAIN_PACKAGE,
      module: DOMAIN_MODULE,
      life: this.card,
      privileges: ISSUER_PRIVILEGES,
      limits: {},
      builtIn: true,
    }
  }

  /** Everything, in the order in which it came onto the card, the issuer security domain first. */
  entries(): readonly Entry[] {
    const { isd } = this
    const domains: PackageEntry = {
      kind: 'package',
      aid: DOMAIN_PACKAGE,
      domain: isd.aid,
      version: { major: 1, minor: 0 },
      modules: [DOMAIN_MODULE],
      imports: [],
      builtIn: true,
    }
    const files = this.#builtIn.map(
      ({ aid, lifeCell }): InstanceEntry => ({
        kind: 'instance',
        aid,
        domain: isd.aid,
        // They have no load file.
        package: EMPTY,
        module: EMPTY,
        life: builtInLife(this.#memory.read(lifeCell)?.[0]),
        privileges: 0,
        limits: {},
        builtIn: true,
      }),
    )
    return [isd, domains, ...files, ...this.#stored()]
  }

  packages(): readonly PackageEntry[] {
    return this.entries().filter((entry) => entry.kind === 'package')
  }

  instances(): readonly InstanceEntry[] {
    return this.entries().filter((entry) => entry.kind === 'instance')
  }

  find(aid: Uint8Array): Entry | undefined {
    return this.entries().find(sameAid(aid))
  }

  instance(aid: Uint8Array): InstanceEntry | undefined {
    return this.instances().find(sameAid(aid))
  }

  domain(aid: Uint8Array): InstanceEntry | undefined {
    const found = this.instance(aid)
    return found !== undefined && has(found.privileges, PRIVILEGE.SECURITY_DOMAIN) ? found : undefined
  }

  /** The security domains above an AID, nearest first, the issuer's last. */
  above(aid: Uint8Array): readonly InstanceEntry[] {
    const chain: InstanceEntry[] = []
    for (let entry = this.find(aid); entry !== undefined && !equal(entry.aid, entry.domain); ) {
      const domain = this.domain(entry.domain)
      if (domain === undefined || chain.some(sameAid(domain.aid))) break
      chain.push(domain)
      entry = domain
    }
    return chain
  }

  /** Is `aid` this domain itself or in its hierarchy? */
  within(domain: Uint8Array, aid: Uint8Array): boolean {
    return equal(domain, aid) || this.above(aid).some(sameAid(domain))
  }

  add(entry: Entry): void {
    this.#store([...this.#stored(), entry])
  }

  /** One more state, privilege or domain for an instance that is there. */
  update(entry: InstanceEntry | PackageEntry): void {
    const file = this.#builtIn.find(sameAid(entry.aid))
    if (file !== undefined && entry.kind === 'instance') this.#memory.write(file.lifeCell, Uint8Array.of(entry.life))
    else this.#store(this.#stored().map((old) => (equal(old.aid, entry.aid) ? entry : old)))
  }

  remove(aids: readonly Uint8Array[]): void {
    this.#store(this.#stored().filter((entry) => !aids.some((aid) => equal(entry.aid, aid))))
  }

  #stored(): readonly Entry[] {
    const cell = this.#memory.read(CELL.REGISTRY)
    if (cell === undefined) return []
    let entries = stored.get(cell)
    if (entries === undefined) {
      entries = decodeEntries(cell)
      stored.set(cell, entries)
    }
    return entries
  }

  #store(entries: readonly Entry[]): void {
    this.#memory.write(CELL.REGISTRY, entries.length === 0 ? EMPTY : concat(...entries.map(encodeEntry)))
  }
}

/** The cell's byte in the registry's terms; unlocking must find the state that was there before. */
function builtInLife(state: number | undefined): number {
  if (state === undefined) return PERSONALIZED
  return lifeCycleOf(state) === 'locked' ? state | LOCKED : lifeCycleOf(state) === 'selectable' ? SELECTABLE : state
}
