/** Cards as files of a folder: what is written to a card is on the disk a moment later, old or new, never between. */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { CardImage } from '../../applets-sim/image.ts'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'

export interface KeptCards {
  /** The card's image as it was kept; undefined when there is none. Throws `CardImageError`. */
  load(name: string): Promise<CardImage | undefined>
  /** Keeps what was written to the cards since the last time. */
  save(cards: ReadonlyMap<string, { readonly card: SimulatedCard }>): Promise<void>
}

/** Cards that are gone when the program ends. */
export const forgottenCards: KeptCards = { load: async () => undefined, save: async () => {} }

export async function keptCards(folder: string): Promise<KeptCards> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kept = new Map<string, number>()
  const pathOf = (name: string) => join(folder, `${name}.card.json`)

  async function replace(name: string, text: string): Promise<void> {
    const half = `${pathOf(name)}.new`
    const file = await open(half, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(half, pathOf(name))
  }

  return {
    async load(name) {
      const text = await readFile(pathOf(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (text === undefined) return undefined
      kept.set(name, 0)
      return parseCardImage(text)
    },
    async save(cards) {
      for (const [name, { card }] of cards) {
        const { writes } = card.memory
        if (kept.get(name) === writes) continue
        await replace(name, formatCardImage(card.toImage()))
        kept.set(name, writes)
      }
    },
  }
}
