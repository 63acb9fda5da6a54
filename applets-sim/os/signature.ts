/** The six schemes of COMPUTE DIGITAL SIGNATURE (facts 3.5): RFC 8017, 8.1.1 and 8.2.1, with SHA-256. */
import { constants, createHash, privateEncrypt } from 'node:crypto'
import { concat } from '../../src/base/bytes.ts'
import type { RandomSource } from '../../src/base/clock.ts'
import { fromHex } from '../../src/base/hex.ts'
import type { PrivateKey } from './private-key.ts'

const DIGEST_INFO_SHA256 = fromHex('3031300D060960864801650304020105000420')
const HASH = 32
const EMPTY_PREFIX = new Uint8Array(8)

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const pkcs1 = ({ key }: PrivateKey, payload: Uint8Array): Uint8Array =>
  privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, payload)

/** RFC 8017, B.2.1. */
function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(length / HASH) * HASH)
  for (let i = 0; i * HASH < length; i++) out.set(sha256(seed, Uint8Array.of(0, 0, 0, i)), i * HASH)
  return out.subarray(0, length)
}

/** RFC 8017, 9.1.1, with a salt as long as the hash. The salt comes from the card's random source. */
function pss({ key, size }: PrivateKey, hash: Uint8Array, random: RandomSource): Uint8Array {
  const salt = random.bytes(HASH)
  const h = sha256(EMPTY_PREFIX, hash, salt)
  const block = new Uint8Array(size - HASH - 1)
  block[block.length - HASH - 1] = 0x01
  block.set(salt, block.length - HASH)
  const mask = mgf1(h, block.length)
  for (let i = 0; i < block.length; i++) block[i] = (block[i] as number) ^ (mask[i] as number)
  block[0] = (block[0] as number) & 0x7f
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, concat(block, h, Uint8Array.of(0xbc)))
}

export interface Scheme {
  readonly minLength: number
  readonly maxLength: number
  sign(key: PrivateKey, input: Uint8Array, random: RandomSource): Uint8Array
}

/** PKCS #1 v1.5 over SHA-256 of the input, hashed by the card: scheme 3, and INTERNAL AUTHENTICATE (facts 3.6). */
export const signSha256 = (key: PrivateKey, input: Uint8Array): Uint8Array =>
  pkcs1(key, concat(DIGEST_INFO_SHA256, sha256(input)))

/** By P1 of the command. */
export const SCHEMES: readonly Scheme[] = [
  { minLength: 1, maxLength: 245, sign: pkcs1 },
  { minLength: 1, maxLength: 255, sign: (key, input) => pkcs1(key, sha256(input)) },
  { minLength: HASH, maxLength: HASH, sign: (key, input) => pkcs1(key, concat(DIGEST_INFO_SHA256, input)) },
  { minLength: 1, maxLength: 255, sign: signSha256 },
  { minLength: HASH, maxLength: HASH, sign: pss },
  { minLength: 1, maxLength: 255, sign: (key, input, random) => pss(key, sha256(input), random) },
]
