/**
 * The public key of a terminal that claims 特定機関認証 (facts 3.9): its card-verifiable certificate (facts 2.7) arrives in two
 * parts, first the certified body, then the signature. What is not public of it is decided in docs/decisions/0005.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { copyOf, equal } from '../../src/base/bytes.ts'
import { findTlv, parseTlvs, readTlv } from '../../src/base/tlv.ts'

const KEY_ID = 16
const MODULUS = 256

export interface TerminalKey {
  /** Content of the certified body 5F4E: certifier key id ‖ subject key id ‖ public key. */
  readonly body: Uint8Array
  readonly publicKey: KeyObject
  /** The signature over the body has been checked. */
  readonly certified: boolean
}

/** `7F21` header and the whole object `5F4E` of a card-verifiable certificate; undefined when it is anything else. */
export function parseBody(block: Uint8Array): TerminalKey | undefined {
  if (block[0] !== 0x7f || block[1] !== 0x21 || block[2] !== 0x82) return undefined
  const object = readTlv(block, 5)
  if (object?.tag !== 0x5f4e || object.end !== block.length) return undefined
  const publicKey = cvPublicKey(object.value.subarray(2 * KEY_ID))
  return publicKey && { body: copyOf(object.value), publicKey, certified: false }
}

/** Does the certificate's signature `5F37` hold under the certifier's key, kept as key id ‖ public key? */
export function certifiedBy(certifier: Uint8Array, { body }: TerminalKey, block: Uint8Array): boolean {
  const object = readTlv(block)
  const key = cvPublicKey(certifier.subarray(KEY_ID))
  if (object?.tag !== 0x5f37 || key === undefined) return false
  if (!equal(certifier.subarray(0, KEY_ID), body.subarray(0, KEY_ID))) return false
  return verify('sha256', body, key, object.value)
}

/** `90 03 exponent ‖ 91 82 0100 modulus` as a key. */
function cvPublicKey(bytes: Uint8Array): KeyObject | undefined {
  const objects = parseTlvs(bytes)
  const e = findTlv(objects, 0x90)
  const n = findTlv(objects, 0x91)
  if (e === undefined || n?.length !== MODULUS) return undefined
  const base64url = (value: Uint8Array) => Buffer.from(value).toString('base64url')
  try {
    return createPublicKey({ key: { kty: 'RSA', e: base64url(e), n: base64url(n) }, format: 'jwk' })
  } catch {
    return undefined
  }
}
