/** Answer to reset of each chip generation, and the strings a reader makes up for the contactless interface (facts 1.3). */
import { concat } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import type { ChipInterface } from '../../src/card/ports.ts'
import type { ChipBehaviour, ChipGeneration } from '../image.ts'

const CONTACT: Readonly<Record<ChipGeneration, Uint8Array>> = {
  E0: fromHex('3BE000FF8131FE4514'),
  DA: fromHex('3BDA13FF8131FB468012392F31C173C601C03B'),
  C5: fromHex('3BC5FF8131FB458073C6010000'),
}

/** PC/SC part 3, 3.1.3.2.3.2: `3B 88 80 01`, seven bytes of ATQB, MBLI in the high nibble of the eighth, TCK. */
function contactless(attributes: Uint8Array): Uint8Array {
  const body = concat(Uint8Array.of(0x88, 0x80, 0x01), attributes, Uint8Array.of(0x00))
  const tck = body.reduce((sum, byte) => sum ^ byte, 0)
  return concat(Uint8Array.of(0x3b), body, Uint8Array.of(tck))
}

export const contactAtr = (generation: ChipGeneration): Uint8Array => CONTACT[generation].slice()

export function atrOf(behaviour: ChipBehaviour, via: ChipInterface): Uint8Array {
  return via === 'contact' ? contactAtr(behaviour.generation) : contactless(fromHex(behaviour.contactlessAtr))
}
