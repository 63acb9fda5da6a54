/** The simulated chip as the other witness: a resident's card with known issuer keys, of any key length and option i. */
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { aesKeySet, globalPlatformCells } from '../../applets-sim/globalplatform/card-cells.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { type KeySet, keySet } from '../../src/applications/globalplatform/key-set.ts'
import type { RandomSource } from '../../src/base/clock.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import type { Transmit } from '../../src/card/layers/layer.ts'

export const ISD = fromHex('A000000151000000')

/** The publicly known test keys, 40 41 42 …, for all three purposes. */
export const testKeys = (length: 16 | 24 | 32 = 16): KeySet =>
  keySet(
    0x00,
    Uint8Array.from({ length }, (_, i) => 0x40 + i),
  )

/** Repeats byte for byte. */
export function seededRandom(seed: number): RandomSource {
  let state = seed + 1
  return {
    bytes: (length) =>
      Uint8Array.from({ length }, () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        return state >>> 16
      }),
  }
}

export interface ChipCard {
  readonly card: SimulatedCard
  readonly transmit: Transmit
  readonly reset: () => void
}

const images = new Map<string, CardImage>()

interface CardChoice {
  readonly keyLength?: 16 | 24 | 32
  readonly i?: number
  /** The My Number card refuses them (facts 1.9); a plain GlobalPlatform card has them. */
  readonly logicalChannels?: boolean
}

export async function chipImage({
  keyLength = 16,
  i = 0x70,
  logicalChannels = false,
}: CardChoice = {}): Promise<CardImage> {
  const resident = images.get('resident') ?? (await makeCardImage('resident'))
  images.set('resident', resident)
  const { enc, mac, dek } = testKeys(keyLength)
  const keys = [{ domain: ISD, version: 0xff, keys: aesKeySet(enc, mac, dek) }]
  const chosen = Object.entries(globalPlatformCells({ isd: ISD, keys, scp: i }))
  const gp = { ...resident.cells['gp'], ...Object.fromEntries(chosen.map(([cell, bytes]) => [cell, hex(bytes)])) }
  return { ...resident, chip: { ...resident.chip, logicalChannels }, cells: { ...resident.cells, gp } }
}

/** A card of its own, under power. */
export async function chipCard(choice: CardChoice = {}): Promise<ChipCard> {
  const card = SimulatedCard.fromImage(await chipImage(choice), { random: seededRandom(7) })
  card.powerOn('contact')
  return { card, transmit: async (apdu) => card.transmit(apdu), reset: () => void card.warmReset() }
}
