/** Keys of simulated cards: from a pool made beforehand, so that a card need not wait for RSA; the same serial gets the same keys. */
import { createHash, createPrivateKey, createPublicKey, sign as nodeSign } from 'node:crypto'
import { readPublicKey } from '../../src/pki/algorithm.ts'
import { DerCursor } from '../../src/pki/der-reader.ts'
import cardKeys from './keys/card-keys.json' with { type: 'json' }

/** What each key of a card is for (facts 2.2–2.6). */
export const KEY_PURPOSES = ['sign', 'auth', 'common', 'visual', 'text', 'session'] as const
export type KeyPurpose = (typeof KEY_PURPOSES)[number]

export interface FactoryKey {
  /** PKCS #8, DER: what the image holds. */
  readonly pkcs8: Uint8Array
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array
  /** 256 octets, and the exponent without leading zeros. */
  readonly modulus: Uint8Array
  readonly exponent: Uint8Array
  /** SHA-1 of the public key's bits. */
  readonly keyId: Uint8Array
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

/** Where a card gets its keys. Called once for each purpose. */
export type FactoryKeySource = (purpose: KeyPurpose, cardSerial: string) => FactoryKey

/** An RSA-2048 key from its PKCS #8 DER. */
export function factoryKey(pkcs8: Uint8Array): FactoryKey {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const spki = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }))
  const { bits } = readPublicKey(new DerCursor(spki), 'factory key')
  const [modulus, exponent] = new DerCursor(bits).sequence('RSA public key', (inner) => [
    inner.integerContent('modulus').slice(1),
    inner.integerContent('exponent').slice(),
  ])
  return {
    pkcs8,
    spki,
    modulus,
    exponent,
    keyId: new Uint8Array(createHash('sha1').update(bits).digest()),
    sign: (bytes) => new Uint8Array(nodeSign('sha256', bytes, key)),
  }
}

/** Keys by number out of base64 texts; each is parsed when it is first needed. */
export function keyPool(texts: readonly string[]): (index: number) => FactoryKey {
  const keys: FactoryKey[] = []
  return (index) => {
    const text = texts[index]
    if (text === undefined) throw new RangeError(`key pool: there is no key ${index}`)
    keys[index] ??= factoryKey(new Uint8Array(Buffer.from(text, 'base64')))
    return keys[index]
  }
}

const pool = keyPool(cardKeys.keys)

/** The pool of this repository: neighbouring keys from a place that the serial chooses, so that no card has one key twice. */
export const pooledKeys: FactoryKeySource = (purpose, cardSerial) => {
  const start = createHash('sha256').update(cardSerial).digest().readUInt32BE(0)
  return pool((start + KEY_PURPOSES.indexOf(purpose)) % cardKeys.keys.length)
}
