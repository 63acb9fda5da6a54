/** What a public key must be to be certified: of a known algorithm, really on its curve, without small factors. */
import { createPublicKey } from 'node:crypto'
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { readPublicKey } from '../../pki/algorithm.ts'
import { decode, unsignedValue } from '../../pki/der-reader.ts'

/** The odd primes below 752, as other authorities test for careless key makers, multiplied to numbers of at most 64 bits. */
const PRIME_GROUPS: readonly { readonly product: bigint; readonly primes: readonly bigint[] }[] = primeGroups(752)

function primeGroups(below: number): { product: bigint; primes: bigint[] }[] {
  const primes: number[] = []
  for (let n = 3; n < below; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const groups: { product: bigint; primes: bigint[] }[] = []
  for (const prime of primes.map(BigInt)) {
    const last = groups.at(-1)
    if (last !== undefined && last.product * prime < 1n << 64n) {
      last.product *= prime
      last.primes.push(prime)
    } else groups.push({ product: prime, primes: [prime] })
  }
  return groups
}

/** 2048 bits and no small factor. */
export function isStrongModulus(modulus: bigint): boolean {
  if (modulus >> 2047n !== 1n || (modulus & 1n) === 0n) return false
  return PRIME_GROUPS.every(({ product, primes }) => {
    const rest = modulus % product
    return primes.every((prime) => rest % prime !== 0n)
  })
}

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
