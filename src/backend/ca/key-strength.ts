/** What a public key must be to be certified: of a known algorithm, really on its curve, without small factors. */
import { createPublicKey } from 'node:crypto'
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { readPublicKey } from '../../pki/algorithm.ts'
import { decode, unsignedValue } from '../../pki/der-reader.ts'

/** Product of the odd primes below 752, as other authorities test for careless key makers. */
const SMALL_PRIMES = smallPrimes(752).reduce((product, prime) => product * BigInt(prime), 1n)

function smallPrimes(below: number): number[] {
  const primes: number[] = []
  for (let n = 3; n < below; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))

/** 2048 bits and no small factor. */
export const isStrongModulus = (modulus: bigint): boolean =>
  modulus >> 2047n === 1n && (modulus & 1n) === 1n && gcd(SMALL_PRIMES, modulus % SMALL_PRIMES) === 1n

/** Modulus and exponent from the content of an RSA key's subjectPublicKey. */
export function rsaNumbers(bits: Uint8Array): { readonly modulus: bigint; readonly exponent: bigint } | undefined {
  const numbers = decode(bits, (cursor) =>
    cursor.sequence('RSA key', (inner) => ({
      modulus: unsignedValue(inner.integerContent('modulus')),
      exponent: unsignedValue(inner.integerContent('exponent')),
    })),
  )
  return numbers.ok ? numbers.value : undefined
}

/** Algorithm of a SubjectPublicKeyInfo, or undefined when it is no key we certify. */
export function usableKey(spki: Uint8Array): AlgorithmName | undefined {
  const key = decode(spki, (cursor) => readPublicKey(cursor, 'public key'))
  if (!key.ok) return undefined
  try {
    createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
  return key.value.algorithm
}
