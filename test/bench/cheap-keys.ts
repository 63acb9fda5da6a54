/** RSA keys of cards, a thousand in a few seconds: each of two primes of which others are made too. Good for measuring alone. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { CardKey } from '../backend/fixture.ts'

const E = 65537n
const number = (text = '') => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
const octets = (value: bigint, length: number) =>
  Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex').toString('base64url')

export function cheapKeys(count: number): readonly CardKey[] {
  const made = Array.from({ length: Math.ceil(Math.sqrt(count)) }, () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  )
  return made
    .flatMap((one) => made.map((other) => [number(one.p), number(other.q)] as const))
    .slice(0, count)
    .map(([p, q]) => keyOf(p, q))
}

function keyOf(p: bigint, q: bigint): CardKey {
  const d = inverse(E, (p - 1n) * (q - 1n))
  const halves = { dp: octets(d % (p - 1n), 128), dq: octets(d % (q - 1n), 128), qi: octets(inverse(q, p), 128) }
  const key = { kty: 'RSA', e: 'AQAB', n: octets(p * q, 256), d: octets(d, 256), p: octets(p, 128), q: octets(q, 128) }
  const privateKey = createPrivateKey({ key: { ...key, ...halves }, format: 'jwk' })
  return {
    publicKey: Uint8Array.from(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })),
    sign: (bytes) => Uint8Array.from(sign('sha256', bytes, privateKey)),
  }
}

/** Of `value` modulo `modulus`, by Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, other] = [modulus, value % modulus, 0n, 1n]
  while (next > 0n) {
    const times = rest / next
    ;[rest, next] = [next, rest - times * next]
    ;[factor, other] = [other, factor - times * other]
  }
  return ((factor % modulus) + modulus) % modulus
}
