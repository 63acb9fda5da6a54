/** Where the control API gets its cards from; the app that starts it knows files and profiles, this room does not. */
import type { VirtualCard } from '../reader/virtual-card.ts'

export interface SuppliedCard {
  readonly card: VirtualCard
  /** Writes the card's present state where it came from; does nothing for a card that is thrown away. */
  save(): Promise<void>
}

export interface CardSupply {
  /** `source` as a person writes it: an image file or a profile. Rejects with one clear sentence. */
  load(source: string): Promise<SuppliedCard>
}
