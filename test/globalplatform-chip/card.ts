/** A simulated card with a GlobalPlatform side, for these tests. All keys are test keys. */

import { aesKeySet, globalPlatformCells } from '../../applets-sim/globalplatform/card-cells.ts'
import type { Entry } from '../../applets-sim/globalplatform/entry.ts'
import type { CardKey } from '../../applets-sim/globalplatform/key-set.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'

export const ISD = fromHex('A000000151000000')

/** Bytes from, from + 1, … */
export const sequence = (length: number, from = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i)

const inHex = (cells: Readonly<Record<string, Uint8Array>>) =>
  Object.fromEntries(Object.entries(cells).map(([name, content]) => [name, hex(content)]))

export interface CardOptions {
  readonly keyLength?: 16 | 24 | 32
  readonly i?: number
  readonly card?: number
  readonly channels?: boolean
  readonly entries?: readonly Entry[]
  readonly keys?: readonly {
    readonly domain: Uint8Array
    readonly version: number
    readonly keys: readonly CardKey[]
  }[]
  readonly memory?: { readonly nonVolatile: number; readonly volatile: number }
}

/** Key set FF = 40 41 … three times, diversification data 00 … 09: the card of the facts page's vectors. */
export function cardImage(options: CardOptions = {}): CardImage {
  const { keyLength = 16, i = 0x70, card, memory, entries, keys = [], channels = false } = options
  const key = sequence(keyLength, 0x40)
  return {
    format: 'madoguchi-card',
    version: 1,
    simulated: true,
    profile: 'globalplatform-test',
    chip: {
      generation: 'E0',
      contactlessAtr: '000005E0B381A1',
      firstCommandFails: false,
      getResponse: false,
      logicalChannels: channels,
    },
    cells: {
      isd: { '00CF': hex(concat(fromHex('CF0A'), sequence(10))), '0042': '420401020304', '0045': '450405060708' },
      gp: inHex(
        globalPlatformCells({
          isd: ISD,
          keys: [{ domain: ISD, version: 0xff, keys: aesKeySet(key, key, key) }, ...keys],
          scp: i,
          ...(card !== undefined && { card }),
          ...(memory !== undefined && { memory }),
          ...(entries !== undefined && { entries }),
        }),
      ),
      jpki: {},
    },
  }
}

export function poweredCard(options: CardOptions = {}): SimulatedCard {
  const card = SimulatedCard.fromImage(cardImage(options), { random: seededRandom('globalplatform') })
  card.powerOn('contact')
  return card
}

/** Hexadecimal in, hexadecimal out. */
export const exchange = (card: SimulatedCard, command: string): string => hex(sendWiped(card, fromHex(command)))

/** As a Node Buffer, wiped at once: whatever the chip keeps of a command must be a copy. */
export function sendWiped(card: Pick<SimulatedCard, 'transmit'>, command: Uint8Array): Uint8Array {
  const bytes = Buffer.from(command)
  try {
    return card.transmit(bytes)
  } finally {
    bytes.fill(0)
  }
}
