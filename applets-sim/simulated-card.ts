/** One simulated card: memory, applications and operating system joined, as a reader sees it. */

import { EMPTY } from '../src/base/bytes.ts'
import { type Clock, type RandomSource, systemClock } from '../src/base/clock.ts'
import { fromHex, hex } from '../src/base/hex.ts'
import type { ChipInterface, ChipPort } from '../src/card/ports.ts'
import { cardManager, STANDARD_APPLICATIONS } from './applications/standard-applications.ts'
import { APPLET_CLASSES } from './globalplatform/applets/applet-classes.ts'
import { GlobalPlatformDirectory } from './globalplatform/directory.ts'
import type { CardImage } from './image.ts'
import type { ApplicationDirectory, ChipServices, KeySource } from './os/application.ts'
import { Chip } from './os/chip.ts'
import { type MemorySnapshot, PersistentMemory } from './os/memory.ts'
import { systemKeys, systemRandom } from './os/system-ports.ts'

/** What a card takes from outside: random numbers, time, new keys. Inject seeded ones for a run that repeats byte for byte. */
export interface CardPorts {
  readonly random?: RandomSource
  readonly clock?: Clock
  readonly keys?: KeySource
}

/** What is the same for a card and all its forks. */
interface Mould {
  readonly profile: string
  readonly services: Omit<ChipServices, 'memory' | 'via'>
  readonly directory: (memory: PersistentMemory) => ApplicationDirectory
}

/** A card's lasting content at one moment. What is volatile – security status, session keys – is no part of it. */
export interface CardSnapshot {
  readonly memory: MemorySnapshot
}

export class SimulatedCard implements ChipPort {
  readonly memory: PersistentMemory
  readonly #mould: Mould
  readonly #chip: Chip

  private constructor(mould: Mould, memory: PersistentMemory) {
    this.memory = memory
    this.#mould = mould
    this.#chip = new Chip({ ...mould.services, memory }, mould.directory(memory))
  }

  /** A card as the image describes it, without power. Every call makes a card of its own. */
  static fromImage(image: CardImage, ports: CardPorts = {}): SimulatedCard {
    const cells = Object.entries(image.cells).flatMap(([application, group]) =>
      Object.entries(group).map(([cell, content]) => [`${application}/${cell}`, fromHex(content)] as const),
    )
    const services = {
      random: ports.random ?? systemRandom,
      clock: ports.clock ?? systemClock,
      keys: ports.keys ?? systemKeys,
      behaviour: image.chip,
    }
    const builtIn = STANDARD_APPLICATIONS.filter(({ layout }) => layout.name in image.cells)
    const directory = (memory: PersistentMemory) =>
      new GlobalPlatformDirectory({ memory, cardManager, builtIn, classes: APPLET_CLASSES })
    return new SimulatedCard({ profile: image.profile, services, directory }, PersistentMemory.of(cells))
  }

  powerOn(via: ChipInterface): Uint8Array {
    return this.#chip.powerOn(via)
  }

  warmReset(): Uint8Array {
    return this.#chip.warmReset()
  }

  powerOff(): void {
    this.#chip.powerOff()
  }

  transmit(command: Uint8Array): Uint8Array {
    return this.#chip.transmit(command)
  }

  /** Taken between two commands. The card goes on undisturbed. */
  snapshot(): CardSnapshot {
    return { memory: this.memory.snapshot() }
  }

  /** Takes the card's power and puts its lasting content back. */
  restore(snapshot: CardSnapshot): void {
    this.powerOff()
    this.memory.restore(snapshot.memory)
  }

  /** Another card with this one's lasting content, without power. Costs little until it is written to. */
  fork(): SimulatedCard {
    return new SimulatedCard(this.#mould, new PersistentMemory(this.memory.snapshot()))
  }

  /** The card's lasting content as an image. */
  toImage(): CardImage {
    const cells: Record<string, Record<string, string>> = {}
    for (const key of this.memory.keys()) {
      const at = key.indexOf('/')
      const application = key.slice(0, at)
      cells[application] = { ...cells[application], [key.slice(at + 1)]: hex(this.memory.read(key) ?? EMPTY) }
    }
    const { profile, services } = this.#mould
    return { format: 'madoguchi-card', version: 1, simulated: true, profile, chip: services.behaviour, cells }
  }
}
