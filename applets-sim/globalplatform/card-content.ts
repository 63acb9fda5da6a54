/** The administrative content of one card: its registry, its memory account, its applet classes, its channel's parameter. */
import { equal } from '../../src/base/bytes.ts'
import type { FileApplication } from '../os/file-application.ts'
import type { PersistentMemory } from '../os/memory.ts'
import type { AppletClass } from './applet.ts'
import { CELL } from './cells.ts'
import { KeyRing } from './key-set.ts'
import { MemoryAccount } from './memory-account.ts'
import { Registry } from './registry.ts'
import { type Scp03Parameter, scp03Parameter } from './scp03-parameter.ts'

/** Pseudo-random challenges, R-MAC and R-ENC: what the clients know best. */
const DEFAULT_I = 0x70

export class CardContent {
  readonly memory: PersistentMemory
  readonly registry: Registry
  readonly account: MemoryAccount
  readonly classes: readonly AppletClass[]
  readonly #builtIn: readonly FileApplication[]

  constructor(memory: PersistentMemory, builtIn: readonly FileApplication[], classes: readonly AppletClass[]) {
    this.memory = memory
    this.#builtIn = builtIn
    this.registry = new Registry(
      memory,
      builtIn.map(({ aid, compiled }) => ({ aid, lifeCell: compiled.lifeCell })),
    )
    this.account = new MemoryAccount(memory, this.registry)
    this.classes = classes
  }

  get scp(): Scp03Parameter {
    return scp03Parameter(this.memory.read(CELL.SCP)?.[0] ?? DEFAULT_I)
  }

  /** The file-system application with this AID. */
  builtIn(aid: Uint8Array): FileApplication | undefined {
    return this.#builtIn.find((application) => equal(application.aid, aid))
  }

  /** The class an instance was made from, when this chip knows it. */
  implementation(instance: { readonly package: Uint8Array; readonly module: Uint8Array }): AppletClass | undefined {
    return this.classes.find((known) => equal(known.package, instance.package) && equal(known.module, instance.module))
  }

  ring(domain: Uint8Array): KeyRing {
    return new KeyRing(this.memory, domain)
  }

  /**
   * The domain whose keys open a channel for this application or domain: itself, or – while a new domain has no keys yet – the
   * nearest above it that has (decision 0080).
   */
  channelDomain(aid: Uint8Array): Uint8Array {
    const candidates = [aid, ...this.registry.above(aid).map((domain) => domain.aid)]
    return candidates.find((candidate) => this.ring(candidate).forChannel(0) !== undefined) ?? aid
  }
}
