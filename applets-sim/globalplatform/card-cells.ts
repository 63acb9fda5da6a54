/** The `gp` cells of a new card image, from a description. */
import { concat, uint } from '../../src/base/bytes.ts'
import { cellsOf, hexByte } from './cells.ts'
import { type Entry, encodeEntry } from './entry.ts'
import { type CardKey, encodeKeySet, KEY_TYPE } from './key-set.ts'

export interface CardCells {
  /** AID of the issuer security domain; the real card's A0000001510000 when left out. */
  readonly isd?: Uint8Array
  /** Key sets by the AID of their domain. */
  readonly keys: readonly { readonly domain: Uint8Array; readonly version: number; readonly keys: readonly CardKey[] }[]
  /** SCP03 parameter i; 70 when left out. */
  readonly scp?: number
  /** Card life-cycle state; SECURED when left out. */
  readonly card?: number
  /** Bytes for loaded content. */
  readonly memory?: { readonly nonVolatile: number; readonly volatile: number }
  readonly entries?: readonly Entry[]
}

/** Three AES keys of one length as a key set for a secure channel. */
export const aesKeySet = (enc: Uint8Array, mac: Uint8Array, dek: Uint8Array): readonly CardKey[] =>
  [enc, mac, dek].map((value, i) => ({ id: i + 1, components: [{ type: KEY_TYPE.AES, value }] }))

/** Cell name without its group → content. */
export function globalPlatformCells(card: CardCells): Readonly<Record<string, Uint8Array>> {
  const { isd, keys, scp, memory, entries } = card
  return {
    ...(isd !== undefined && { isd }),
    ...(scp !== undefined && { scp: uint(scp, 1) }),
    ...(card.card !== undefined && { card: uint(card.card, 1) }),
    ...(memory !== undefined && { memory: concat(uint(memory.nonVolatile, 4), uint(memory.volatile, 4)) }),
    ...(entries !== undefined && { registry: concat(...entries.map(encodeEntry)) }),
    ...Object.fromEntries(
      keys.map(({ domain, version, keys: set }) => [
        `${cellsOf(domain).slice('gp/'.length)}keys.${hexByte(version)}`,
        encodeKeySet(set),
      ]),
    ),
  }
}
