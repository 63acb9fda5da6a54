/** Cards as files of a folder: what is written to a card is on the disk a moment later, old or new, never between. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { writeWhole } from '../terminal/write-whole.ts'

/** By name. */
export type Cards = ReadonlyMap<string, SimulatedCard>

export class KeptCards {
  readonly #folder: string
  /** How often each card had been written to when it was kept. */
  readonly #kept = new Map<string, number>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Throws `StoreRefused` when there is none of this name, `CardImageError` when it is spoilt. */
  async load(name: string): Promise<SimulatedCard> {
    const path = this.#pathOf(name)
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new StoreRefused(`${path} is missing: this town was made by another version.`)
      throw error
    })
    const card = SimulatedCard.fromImage(parseCardImage(text))
    this.#kept.set(name, card.memory.writes)
    return card
  }

  /** Keeps what was written to the cards since the last time. */
  async save(cards: Cards): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const [name, card] of cards) {
      const { writes } = card.memory
      if (this.#kept.get(name) === writes) continue
      await writeWhole(this.#pathOf(name), formatCardImage(card.toImage()))
      this.#kept.set(name, writes)
    }
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.card.json`)
  }
}
