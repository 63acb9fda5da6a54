/** Where things are on the card that scripts write: AIDs and EF identifiers (facts 2.3, 2.5, 2.6). */
import { fromHex } from '../../base/hex.ts'
import { type Command, command } from '../../card/command.ts'
import type { PinPlace, ScriptPin } from '../../wire/card-script.ts'

export const JPKI = fromHex('D392F000260100000001')
const TEXT = fromHex('D3921000310001010408')
const JUKI = fromHex('D3921000310001010401')
const COMMON = fromHex('D3921000310001010100')
const VISUAL = fromHex('D3921000310001010402')

export const CERTIFICATE_FILES = {
  sign: { certificate: 0x01, authority: 0x02, key: 0x1a },
  auth: { certificate: 0x0a, authority: 0x0b, key: 0x17 },
} as const
/** CK_TOKEN_INFO (facts 2.6.1). */
export const TOKEN = 0x06
export const TOKEN_SIZE = 160
/** Which certificates are there: one byte each for sign and auth, and one of unknown meaning. */
export const AVAILABILITY = 0x08
export const PRESENT = 0x8f

export interface PinFile {
  readonly place: PinPlace
  readonly aid: Uint8Array
  readonly fid: number
}

/** PINs that holders choose. */
export const PIN_FILES: Readonly<Record<ScriptPin, readonly [PinFile, ...PinFile[]]>> = {
  auth: [{ place: 'jpki', aid: JPKI, fid: 0x18 }],
  sign: [{ place: 'jpki', aid: JPKI, fid: 0x1b }],
  text: [{ place: 'text', aid: TEXT, fid: 0x11 }],
  juki: [
    { place: 'juki', aid: JUKI, fid: 0x1c },
    { place: 'common', aid: COMMON, fid: 0x1c },
  ],
}

/** 照合番号B: two references with counters of their own (facts 3.1). */
export const CODE_B_FILES: readonly Omit<PinFile, 'place'>[] = [
  { aid: VISUAL, fid: 0x12 },
  { aid: TEXT, fid: 0x15 },
]

/** Without a response. */
export const selectApplication = (aid: Uint8Array): Command => command(0x00, 0xa4, 0x04, 0x0c, { data: aid })
export const selectFile = (fid: number): Command => command(0x00, 0xa4, 0x02, 0x0c, { data: Uint8Array.of(0x00, fid) })
