/** Sets of static AES keys of a security domain (SCP03 6.1), and how a card's own set is made from a master key. */
import { ascii, concat, copyOf, equal } from '../../base/bytes.ts'
import { BLOCK, encryptBlock, wipeKey } from './aes.ts'
import { kdf } from './scp03-derivation.ts'

/** Key-ENC, Key-MAC and Key-DEK of one version; three keys of one length. */
export interface KeySet {
  /** 01–7F, or FF for the set a card is delivered with; 00 lets the card choose its default. */
  readonly version: number
  readonly enc: Uint8Array
  readonly mac: Uint8Array
  readonly dek: Uint8Array
}

/** A key set that prints and serialises as nothing but its version. Throws RangeError on lengths that are no AES set. */
export function keySet(version: number, enc: Uint8Array, mac: Uint8Array = enc, dek: Uint8Array = enc): KeySet {
  if (![16, 24, 32].includes(enc.length)) throw new RangeError(`keySet: ${enc.length} bytes are no AES key`)
  if (mac.length !== enc.length || dek.length !== enc.length)
    throw new RangeError('keySet: the three keys differ in length (SCP03 6.1)')
  const set = { version } as KeySet
  for (const [name, value] of Object.entries({ enc, mac, dek }))
    Object.defineProperty(set, name, { value: copyOf(value), enumerable: false })
  return set
}

/** Overwrites the keys. */
export function forget(keys: KeySet): void {
  for (const key of [keys.enc, keys.mac, keys.dek]) wipeKey(key)
}

/** Key check value: the first three bytes of sixteen bytes 01 encrypted with the key (SCP03 6.2.8). */
export const kcv = (key: Uint8Array): Uint8Array => encryptBlock(key, new Uint8Array(BLOCK).fill(1)).subarray(0, 3)

/** Do all three check values, in the order ENC, MAC, DEK, belong to this set? */
export const matchesKcvs = (keys: KeySet, kcvs: Uint8Array): boolean =>
  equal(kcvs, concat(kcv(keys.enc), kcv(keys.mac), kcv(keys.dek)))

const PURPOSE = { enc: 0x01, mac: 0x02, dek: 0x03 } as const

/**
 * A card's own keys from a master key and the ten bytes by which the card names itself in INITIALIZE UPDATE.
 * Label `MADOGUCHI-K` ‖ purpose, context = identification, same length as the master key (docs/decisions/0050).
 */
export function diversify(master: Uint8Array, version: number, identification: Uint8Array): KeySet {
  const one = (purpose: number) =>
    kdf(master, concat(ascii('MADOGUCHI-K'), Uint8Array.of(purpose)), identification, master.length)
  return keySet(version, one(PURPOSE.enc), one(PURPOSE.mac), one(PURPOSE.dek))
}
