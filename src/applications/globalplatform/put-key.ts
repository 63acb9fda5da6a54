/** PUT KEY (GPCS 2.3.1, 11.8; AES keys: SCP03 7.2). */
import { concat, EMPTY, equal, uint } from '../../base/bytes.ts'
import { tlv } from '../../base/tlv.ts'
import { BLOCK, encryptCbc } from './aes.ts'
import { berLv, lv } from './aid.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'
import { type KeySet, kcv } from './key-set.ts'

const PUT_KEY = {
  name: 'PUT KEY',
  section: 'GPCS 11.8',
  ins: 0xd8,
  meanings: [
    [
      0x6a80,
      'the key data is not accepted',
      'Check the key length the domain takes, and that the DEK is the current set’s.',
    ],
    [0x6a88, 'the set to replace is not there', '`info` lists the key versions of the card.'],
    [0x6a84, 'no room for another key set', 'Replace a set instead of adding one.'],
    [0x6982, 'not allowed', 'Open the channel with the domain’s own keys.'],
  ],
} as const

/** Versions that say what a key is for (GPCS 11.8.2.3, E.1; tables 11-68 ff.). */
export const KEY_VERSION = { TOKEN: 0x70, RECEIPT: 0x71, DAP: 0x73, FACTORY: 0xff } as const

const MORE_THAN_ONE = 0x80
const AES = 0x88

/** Key data, encrypted with the static DEK of the session's set, CBC and an ICV of zeros; padded to a block if need be. */
function aesComponent(dek: Uint8Array, key: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(key.length / BLOCK) * BLOCK)
  padded.set(key)
  const data = concat(uint(key.length, 1), encryptCbc(dek, new Uint8Array(BLOCK), padded))
  return concat(Uint8Array.of(AES), lv(data), lv(kcv(key)))
}

/**
 * Puts ENC, MAC and DEK in one command. `replaces`: the version of a set that goes away; 00 adds a set (which
 * replaces the factory set FF all the same). Parses to true when the card echoes the version and all check values.
 */
export function putKeySet(dek: Uint8Array, keys: KeySet, replaces: number): GpCommand<boolean> {
  const values = [keys.enc, keys.mac, keys.dek]
  const data = concat(uint(keys.version, 1), ...values.map((key) => aesComponent(dek, key)))
  const echo = concat(uint(keys.version, 1), ...values.map(kcv))
  return gpCommand(PUT_KEY, replaces, MORE_THAN_ONE | 0x01, { data, ne: 0x100 }, (answer) => equal(answer.data, echo))
}

/** One AES key: for receipts, or to check DAP signatures. */
export function putAesKey(dek: Uint8Array, version: number, key: Uint8Array, replaces = 0): GpCommand<boolean> {
  const data = concat(uint(version, 1), aesComponent(dek, key))
  const echo = concat(uint(version, 1), kcv(key))
  return gpCommand(PUT_KEY, replaces, 0x01, { data, ne: 0x100 }, (answer) => equal(answer.data, echo))
}

export type PublicKey =
  | { readonly kind: 'RSA'; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  /** Uncompressed point 04 ‖ x ‖ y on P-256. */
  | { readonly kind: 'P-256'; readonly point: Uint8Array }

/** A public key for tokens (`KEY_VERSION.TOKEN`) or DAP; not encrypted and without check value. */
export function putPublicKey(version: number, key: PublicKey, replaces = 0): GpCommand<boolean> {
  const components =
    key.kind === 'RSA'
      ? concat(Uint8Array.of(0xa1), berLv(key.modulus), Uint8Array.of(0xa0), berLv(key.exponent))
      : concat(tlv(0xb0, key.point), tlv(0xf0, uint(0, 1)))
  const data = concat(uint(version, 1), components, lv(EMPTY))
  return gpCommand(PUT_KEY, replaces, 0x01, { data, ne: 0x100 }, (answer) => answer.data[0] === version)
}
