/**
 * The issuer's side of a new card: initial keys, the two areas for later applications, and the identification that issuers
 * diversify keys by. The keys are the ones that test cards of this industry have (404142…): nobody's secret.
 */
import { concat } from '../../../src/base/bytes.ts'
import { fromHex } from '../../../src/base/hex.ts'
import { tlv } from '../../../src/base/tlv.ts'
import { aesKeySet, globalPlatformCells } from '../../globalplatform/card-cells.ts'
import { FREE_AREA, freeAreas, ORDINANCE_AREA } from '../../globalplatform/free-areas.ts'
import type { CardPlan, Cells } from '../card-plan.ts'

const ISD = fromHex('A000000151000000')
const TEST_KEY = fromHex('404142434445464748494A4B4C4D4E4F')
const INITIAL = 0xff
/** First version number of the areas' own keys. */
const AREA_KEYS = 0x30

const KEYS = aesKeySet(TEST_KEY, TEST_KEY, TEST_KEY)

let cells: Cells | undefined

/** The same on every new card. */
export function gpCells(): Cells {
  cells ??= globalPlatformCells({
    isd: ISD,
    keys: [
      { domain: ISD, version: INITIAL, keys: KEYS },
      { domain: FREE_AREA, version: AREA_KEYS, keys: KEYS },
      { domain: ORDINANCE_AREA, version: AREA_KEYS, keys: KEYS },
    ],
    entries: freeAreas(ISD),
  })
  return cells
}

/** CF: key derivation data, ten bytes, and 9F7F: production life cycle with the chip's serial number at byte 13 (GPCS 2.3.1, H.4). */
export function identificationCells({ serial }: CardPlan): Cells {
  const packed = fromHex(serial.replace(/\D/g, '').padStart(20, '0').slice(-20))
  const production = concat(new Uint8Array(12), packed.subarray(-4), new Uint8Array(26))
  return { '00CF': tlv(0xcf, packed), '9F7F': tlv(0x9f7f, production) }
}
