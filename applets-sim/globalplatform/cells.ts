/**
 * Names of the memory cells of GlobalPlatform. `gp/registry` holds every loaded file and installed instance in one cell, so that
 * a change of the registry is one write. What belongs to one AID lies in cells `gp/<AID>.…` and goes with it.
 *   gp/isd              AID of the issuer security domain
 *   gp/card             card life-cycle state (1 byte)
 *   gp/scp              SCP03 parameter i (1 byte)
 *   gp/memory           non-volatile ‖ volatile memory for loaded content (4 + 4 bytes)
 *   gp/confirmations    counter of receipts (2 bytes)
 *   gp/<AID>.keys.<KVN> a key set; `.counter.<KVN>` its sequence counter (3 bytes); `.velocity` failed authentications
 *   gp/<AID>.data.<tag> a data object of a supplementary security domain; the issuer's are `isd/<tag>`
 *   gp/<AID>.code       a load file data block
 *   gp/<AID>.object.<n> a persistent object of an instance
 */
import { hex } from '../../src/base/hex.ts'

export const CELL = {
  REGISTRY: 'gp/registry',
  ISD: 'gp/isd',
  CARD: 'gp/card',
  SCP: 'gp/scp',
  MEMORY: 'gp/memory',
  CONFIRMATIONS: 'gp/confirmations',
} as const

/** Beginning of every cell that belongs to this AID. */
export const cellsOf = (aid: Uint8Array): string => `gp/${hex(aid)}.`

export const hexByte = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0')
