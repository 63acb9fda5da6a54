/** Cards for a desk that has no town behind it: one of each profile. */
import { makeCardImage, type ProfileName } from '../../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../../applets-sim/simulated-card.ts'
import type { DeskState } from './desk-api.ts'

/** By name; made when first laid, for keys and certificates take a moment. */
export type CardsOfDesk = ReadonlyMap<
  string,
  { readonly words: DeskState['cards'][number]['words']; readonly make: () => Promise<SimulatedCard> }
>

const WORDS: Readonly<Record<ProfileName, DeskState['cards'][number]['words']>> = {
  resident: { ja: ['番号 花子', '大人。すべて有効'], en: ['番号 花子 (Hanako)', 'An adult, everything valid'] },
  child: { ja: ['番号 太郎', '8歳くらい。署名用がない'], en: ['番号 太郎 (Taro)', 'About eight, no sign certificate'] },
  blocked: { ja: ['ロック', '4つの暗証番号がすべてロック'], en: ['Blocked', 'All four PINs are blocked'] },
  expired: { ja: ['期限切れ', 'カードも証明書も期限切れ'], en: ['Expired', 'Card and certificates have expired'] },
  factory: { ja: ['交付前', '証明書も暗証番号もまだない'], en: ['Not yet issued', 'No certificates, no PINs'] },
}

export const profileCards: CardsOfDesk = new Map(
  (Object.keys(WORDS) as ProfileName[]).map((profile) => [
    profile,
    { words: WORDS[profile], make: async () => SimulatedCard.fromImage(await makeCardImage(profile)) },
  ]),
)
