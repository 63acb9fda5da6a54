/** A card as a test asks for it. */
import type { CardOverrides } from '../../applets-sim/factory/overrides.ts'
import { makeCardImage, type ProfileName } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { VirtualCard } from '../../drivers/virtual/reader/virtual-card.ts'
import { asVirtualCard } from './as-virtual-card.ts'

/** A profile, a profile with overrides, an image, or a card that exists already. */
export type CardChoice =
  | ProfileName
  | { readonly profile: ProfileName; readonly with: CardOverrides }
  | CardImage
  | SimulatedCard

async function cardOf(choice: CardChoice): Promise<SimulatedCard> {
  if (choice instanceof SimulatedCard) return choice
  if (typeof choice === 'string') return SimulatedCard.fromImage(await makeCardImage(choice))
  if ('with' in choice) return SimulatedCard.fromImage(await makeCardImage(choice.profile, choice.with))
  return SimulatedCard.fromImage(choice)
}

export async function makeTestCard(choice: CardChoice): Promise<{ card: SimulatedCard; virtual: VirtualCard }> {
  const card = await cardOf(choice)
  return { card, virtual: asVirtualCard(card, typeof choice === 'string' ? choice : 'a card of the test') }
}
