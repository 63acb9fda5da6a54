/** What a public key must be to be certified: of a known algorithm, really on its curve, without small factors. */
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { readPublicKey } from '../../pki/algorithm.ts'
import { decode } from '../../pki/der-reader.ts'

/**
 * The odd primes below 752, as other authorities test for careless key makers, multiplied to numbers of at most 60 bits: one division
 * of the modulus for each of these, the rest is done in two halves that are small integers.
 */
const PRIME_GROUPS: readonly { readonly product: bigint; readonly primes: readonly number[] }[] = primeGroups(752)

function primeGroups(below: number): { product: bigint; primes: number[] }[] {
  const primes: number[] = []
  for (let n = 3; n < below; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const groups: { product: bigint; primes: number[] }[] = []
  for (const prime of primes) {
    const last = groups.at(-1)
    if (last !== undefined && last.product * BigInt(prime) < 1n << 60n) {
      last.product *= BigInt(prime)
      last.primes.push(prime)
    } else groups.push({ product: BigInt(prime), primes: [prime] })
  }
  return groups
}

const HALF = 2 ** 30

/** 2048 bits and no small factor. */
export function isStrongModulus(modulus: bigint): boolean {
  if (modulus >> 2047n !== 1n || (modulus & 1n) === 0n) return false
  return PRIME_GROUPS.every(({ product, primes }) => {
    const rest = modulus % product
    const high = Number(rest >> 30n)
    const low = Number(rest & 0x3fffffffn)
    for (const prime of primes) if (((high % prime) * (HALF % prime) + (low % prime)) % prime === 0) return false
    return true
  })
}

/** Modulus (octets of the INTEGER) and exponent from the content of an RSA key's subjectPublicKey. */
export function rsaNumbers(bits: Uint8Array): { readonly modulus: Uint8Array; readonly exponent: number } | undefined {
  const numbers = decode(bits, (cursor) =>
    cursor.sequence('RSA key', (inner) => ({
      modulus: inner.integerContent('modulus'),
      exponent: inner.small('exponent'),
    })),
  )
  return numbers.ok ? numbers.value : undefined
}

/** Algorithm of a SubjectPublicKeyInfo, or undefined when it is no key we certify. */
export function usableKey(spki: Uint8Array): AlgorithmName | undefined {
  const key = decode(spki, (cursor) => readPublicKey(cursor, 'public key'))
  return key.ok ? key.value.algorithm : undefined
}
