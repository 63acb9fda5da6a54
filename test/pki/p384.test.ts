/** A point off its curve is refused where a key is read, as OpenSSL refuses it – in a certification request too. */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { ALGORITHMS, readPublicKey } from '../../src/pki/algorithm.ts'
import { assembleSigned } from '../../src/pki/certificate-build.ts'
import { buildTbsRequest, parseCsr } from '../../src/pki/csr.ts'
import { der, sequence, TAG } from '../../src/pki/der.ts'
import { decode } from '../../src/pki/der-reader.ts'
import { authSubject } from '../../src/pki/jpki-names.ts'
import { isP384Point } from '../../src/pki/p384.ts'
import { keyPair, signerOf } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

const P = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n
const pointOf = (spki: Uint8Array) => spki.slice(-97)
const spkiOf = (point: Uint8Array) =>
  sequence(ALGORITHMS['p384-sha384'].key, der(TAG.BIT_STRING, Uint8Array.of(0), point))
const octets = (number: bigint) => Uint8Array.from(Buffer.from(number.toString(16).padStart(96, '0'), 'hex'))
const at = (x: bigint, y: bigint) => Uint8Array.of(4, ...octets(x), ...octets(y))
const halves = (point: Uint8Array) =>
  [point.slice(1, 49), point.slice(49)].map((half) => BigInt(`0x${Buffer.from(half).toString('hex')}`)) as [
    bigint,
    bigint,
  ]

function openSslTakes(point: Uint8Array): boolean {
  try {
    createPublicKey({ key: Buffer.from(spkiOf(point)), format: 'der', type: 'spki' })
    return true
  } catch {
    return false
  }
}
const weTake = (point: Uint8Array) => decode(spkiOf(point), (cursor) => readPublicKey(cursor, 'public key')).ok

function power(base: bigint, exponent: bigint): bigint {
  let [out, square] = [1n, base % P]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) out = (out * square) % P
    square = (square * square) % P
  }
  return out
}

test('keys of OpenSSL lie on the curve, and so do their opposites; one changed bit does not, nor what is out of range', () => {
  const [x, y] = halves(pointOf(keyPair('p384-sha384').spki))
  for (const point of [at(x, y), at(x, P - y)]) assert.deepEqual([openSslTakes(point), weTake(point)], [true, true])
  // A small x that is on the curve: p + x still fits into 48 octets, is the same modulo p, and is no coordinate.
  const b = 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn
  let small = 0n
  let root = 0n
  do {
    small++
    root = power(small ** 3n - 3n * small + b, (P + 1n) / 4n)
  } while ((root * root - (small ** 3n - 3n * small + b)) % P !== 0n)
  assert.deepEqual([openSslTakes(at(small, root)), weTake(at(small, root))], [true, true])
  const top = 2n ** 384n - 1n
  for (const point of [at(small + P, root), at(0n, 0n), at(P, P), at(top, top), at(x, x), at(y, x)])
    assert.deepEqual([openSslTakes(point), weTake(point)], [false, false])
})

test('whatever is changed in a point, ours is OpenSSL’s verdict', () => {
  const points = [1, 2, 3].map(() => pointOf(keyPair('p384-sha384').spki))
  const change = fc.record({ point: fc.constantFrom(...points), at: fc.nat(96), by: fc.nat(255) })
  fc.assert(
    fc.property(change, ({ point, at: place, by }) => {
      const changed = point.slice()
      changed[place] = (changed[place] as number) ^ by
      // Compressed and hybrid forms OpenSSL takes; a JPKI key has one form.
      fc.pre(changed[0] === 4)
      assert.equal(weTake(changed), openSslTakes(changed))
      assert.equal(isP384Point(changed), by === 0)
    }),
    { numRuns: 200 },
  )
  for (const length of [0, 1, 49, 96, 98]) assert.ok(!isP384Point(new Uint8Array(length).fill(4)))
})

test('a certification request with such a key is none, and OpenSSL finds no key in it either', async () => {
  const keys = keyPair('p384-sha384')
  const request = async (spki: Uint8Array) => {
    const tbs = buildTbsRequest(authSubject('0123456789ABCD', '13221'), spki)
    return assembleSigned(tbs, 'p384-sha384', await signerOf(keys, 'p384-sha384')(tbs))
  }
  const verified = (csr: Uint8Array) =>
    withFiles({ 'r.der': csr }, (path) => {
      const { out, err } = openssl(['req', '-inform', 'DER', '-in', path('r.der'), '-noout', '-verify'])
      return /verify OK/.test(out + err)
    })
  const good = await request(keys.spki)
  assert.ok(parseCsr(good).ok)
  assert.ok(await verified(good))
  const off = keys.spki.slice()
  off[off.length - 1] = (off[off.length - 1] as number) ^ 1
  const bad = await request(off)
  const read = parseCsr(bad)
  assert.ok(!read.ok)
  assert.equal(read.error.what, 'public key')
  assert.match(read.error.message, /is not an uncompressed point on P-384/)
  assert.ok(!(await verified(bad)))
})
