/** Checking signatures with the runtime's own `crypto.subtle`. */
import { ALGORITHMS, type Verify } from './algorithm.ts'
import { type Decoded, decode } from './der-reader.ts'

/** False for a wrong signature, a key of another kind, or bytes that are no signature at all. */
export const webVerify: Verify = async (name, publicKey, bytes, signature) => {
  const { importParams, verifyParams, signatureForm } = ALGORITHMS[name]
  const octets = signatureForm === 'octets' ? signature : ecdsaOctets(signature, signatureForm.ecdsaHalf)
  if (octets === undefined) return false
  try {
    const key = await crypto.subtle.importKey('spki', own(publicKey), importParams, false, ['verify'])
    return await crypto.subtle.verify(verifyParams, key, own(octets), own(bytes))
  } catch {
    return false
  }
}

/** Bytes on a shared buffer are refused by WebCrypto itself; the type cannot tell. */
const own = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>

/** `r ‖ s` of fixed width from an ECDSA-Sig-Value (RFC 3279, 2.2.3), as WebCrypto wants it. */
function ecdsaOctets(signature: Uint8Array, half: number): Uint8Array | undefined {
  const numbers: Decoded<readonly Uint8Array[]> = decode(signature, (cursor) =>
    cursor.sequence('ECDSA signature', (inner) => [inner.integerContent('r'), inner.integerContent('s')]),
  )
  if (!numbers.ok) return undefined
  const out = new Uint8Array(2 * half)
  for (const [i, content] of numbers.value.entries()) {
    if ((content[0] as number) >= 0x80) return undefined
    const digits = content[0] === 0 ? content.subarray(1) : content
    if (digits.length > half) return undefined
    out.set(digits, (i + 1) * half - digits.length)
  }
  return out
}
