/** Is a point on P-384? Curve and numbers of SP 800-186, 3.2.1.4; the check is its D.1.1.1, complete because the curve's cofactor is 1. */

const P = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n
const B = 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn

const OCTETS = 48
/** SEC 1, 2.3.3: 04 ‖ x ‖ y. */
const UNCOMPRESSED = 4

/** An uncompressed point of 97 octets whose coordinates are below p and fulfil y² = x³ − 3x + b. Not for secrets: its time depends on them. */
export function isP384Point(bits: Uint8Array): boolean {
  if (bits.length !== 1 + 2 * OCTETS || bits[0] !== UNCOMPRESSED) return false
  const [x, y] = [numberOf(bits.subarray(1, 1 + OCTETS)), numberOf(bits.subarray(1 + OCTETS))]
  return x < P && y < P && (y * y - (x * x - 3n) * x - B) % P === 0n
}

function numberOf(octets: Uint8Array): bigint {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  let number = 0n
  for (let at = 0; at < octets.length; at += 8) number = (number << 64n) | view.getBigUint64(at)
  return number
}
