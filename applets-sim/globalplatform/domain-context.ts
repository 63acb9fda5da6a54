/** What the commands of a security domain work with, and what one command may leave for the next of its kind. */
import type { ChipServices } from '../os/application.ts'
import type { CardContent } from './card-content.ts'
import type { InstanceEntry } from './entry.ts'
import type { KeyRing } from './key-set.ts'
import type { SecureChannel } from './secure-channel.ts'

/** A LOAD, a listing, a command in pieces that goes on in the next command. Any other instruction drops it. */
export type Progress =
  | { readonly ins: typeof INS.LOAD; readonly request: LoadRequest; readonly blocks: readonly Uint8Array[] }
  | { readonly ins: typeof INS.GET_STATUS; readonly scope: number; readonly rest: readonly Uint8Array[] }
  | {
      readonly ins: typeof INS.INSTALL | typeof INS.DELETE | typeof INS.PUT_KEY
      readonly p1: number
      readonly p2: number
      readonly data: Uint8Array
    }
  | { readonly ins: typeof INS.STORE_DATA; readonly next: number }

/** What INSTALL [for load] announced. */
export interface LoadRequest {
  readonly aid: Uint8Array
  readonly domain: Uint8Array
  readonly hash: Uint8Array
  /** The command carried a token; the answer to the last LOAD carries a receipt. */
  readonly delegated: boolean
}

export interface DomainContext {
  readonly services: ChipServices
  readonly content: CardContent
  /** This domain's line of the registry as it is now. */
  readonly self: InstanceEntry
  readonly ring: KeyRing
  readonly channel: SecureChannel
  progress: Progress | undefined
  /** AID of the application that INSTALL [for personalization] named, until the last STORE DATA. */
  target: Uint8Array | undefined
}

/** Instruction bytes of a security domain (GPCS 2.3.1, table 11-2), and of the issuer's channel (decision 0081). */
export const INS = {
  PUT_KEY: 0xd8,
  STORE_DATA: 0xe2,
  DELETE: 0xe4,
  INSTALL: 0xe6,
  LOAD: 0xe8,
  SET_STATUS: 0xf0,
  GET_STATUS: 0xf2,
  GET_DATA: 0xca,
  GENERATE_KEY_PAIR: 0x47,
  RESET_RETRY_COUNTER: 0x2c,
} as const
