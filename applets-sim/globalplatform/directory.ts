/** The registry as the operating system's directory: who is current after power-up, and whom SELECT by name finds. */
import { equal, startsWith } from '../../src/base/bytes.ts'
import { SW } from '../../src/card/status-word.ts'
import type { ApplicationDirectory, ApplicationSession, CardApplication, ChipServices } from '../os/application.ts'
import type { FileApplication } from '../os/file-application.ts'
import type { PersistentMemory } from '../os/memory.ts'
import type { AppletClass } from './applet.ts'
import { AppletSession, UNKNOWN_SESSION } from './applet-session.ts'
import { CardContent } from './card-content.ts'
import type { InstanceEntry } from './entry.ts'
import { CARD, isSelectable } from './life-cycle.ts'
import { has, PRIVILEGE } from './privileges.ts'
import { SecurityDomainSession } from './security-domain.ts'

export interface DirectoryParts {
  readonly memory: PersistentMemory
  /** What answers at card-manager level beside the GlobalPlatform commands. */
  readonly cardManager: CardApplication
  /** The file-system applications, in the order in which SELECT meets them. */
  readonly builtIn: readonly FileApplication[]
  readonly classes: readonly AppletClass[]
}

export class GlobalPlatformDirectory implements ApplicationDirectory {
  readonly content: CardContent
  readonly #parts: DirectoryParts

  constructor(parts: DirectoryParts) {
    this.#parts = parts
    this.content = new CardContent(parts.memory, parts.builtIn, parts.classes)
  }

  /** The card manager: no application of this card may be given the Card Reset privilege. */
  get initial(): CardApplication {
    return this.#application(this.content.registry.isd)
  }

  /** GPCS 2.3.1, 6.4.2.1.2: applications that are not selectable are passed over; an empty name means the card manager. */
  find(name: Uint8Array, after?: CardApplication): CardApplication | undefined {
    const { registry } = this.content
    const instances = registry.instances()
    const from = after === undefined ? 0 : instances.findIndex(({ aid }) => equal(aid, after.aid)) + 1
    const found = instances.slice(from).find((entry) => {
      return startsWith(entry.aid, name) && (entry.builtIn || isSelectable(entry.life))
    })
    if (found === undefined) return undefined
    const open = registry.card !== CARD.LOCKED && registry.card !== CARD.TERMINATED
    if (open || equal(found.aid, registry.isdAid)) return this.#application(found)
    return { aid: found.aid, open: () => SW.FUNCTION_NOT_SUPPORTED }
  }

  #application(entry: InstanceEntry): CardApplication {
    const { aid } = entry
    return this.content.builtIn(aid) ?? { aid, open: (services) => this.#open(entry, services) }
  }

  #open(entry: InstanceEntry, services: ChipServices): ApplicationSession | number {
    const { content } = this
    if (has(entry.privileges, PRIVILEGE.SECURITY_DOMAIN)) {
      if (!equal(entry.aid, content.registry.isdAid)) return new SecurityDomainSession(services, content, entry.aid)
      const manager = this.#parts.cardManager.open(services)
      if (typeof manager === 'number') return manager
      return new SecurityDomainSession(services, content, entry.aid, manager)
    }
    const implementation = content.implementation(entry)
    return implementation === undefined
      ? UNKNOWN_SESSION
      : new AppletSession(services, content, entry.aid, implementation)
  }
}
