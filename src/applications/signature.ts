/** COMPUTE DIGITAL SIGNATURE `80 2A` and INTERNAL AUTHENTICATE `00 88` (facts 3.5, 3.6). */
import { concat } from '../base/bytes.ts'
import { fromHex } from '../base/hex.ts'
import { CardFault } from '../card/card-failure.ts'
import { command } from '../card/command.ts'
import { SW } from '../card/status-word.ts'
import type { Channel } from '../card/transaction-hold.ts'

/** Scheme → P1, and how many bytes it takes. */
export const SCHEMES = {
  /** PKCS #1 v1.5 over the payload as given, normally a DigestInfo. */
  pkcs1: { p1: 0x00, min: 1, max: 245 },
  /** PKCS #1 v1.5 over the bare SHA-256 of the message, without AlgorithmIdentifier. */
  pkcs1BareHash: { p1: 0x01, min: 1, max: 255 },
  /** PKCS #1 v1.5; the card wraps the SHA-256 value given. */
  pkcs1OfHash: { p1: 0x02, min: 32, max: 32 },
  /** PKCS #1 v1.5; the card hashes and wraps. */
  pkcs1OfMessage: { p1: 0x03, min: 1, max: 255 },
  /** RSASSA-PSS over the SHA-256 value given, salt of 32 bytes. */
  pssOfHash: { p1: 0x04, min: 32, max: 32 },
  /** RSASSA-PSS; the card hashes. */
  pssOfMessage: { p1: 0x05, min: 1, max: 255 },
} as const
export type Scheme = keyof typeof SCHEMES

/** DigestInfo without the hash itself (RFC 8017, 9.2, note 1). */
const DIGEST_INFO = {
  'SHA-1': fromHex('3021300906052B0E03021A05000414'),
  'SHA-256': fromHex('3031300D060960864801650304020105000420'),
  'SHA-384': fromHex('3041300D060960864801650304020205000430'),
  'SHA-512': fromHex('3051300D060960864801650304020305000440'),
} as const
export type DigestName = keyof typeof DIGEST_INFO

/** The payload of scheme `pkcs1` for a hash. Throws RangeError when the hash is not as long as its name says. */
export function digestInfo(algorithm: DigestName, hash: Uint8Array): Uint8Array {
  const prefix = DIGEST_INFO[algorithm]
  if (hash.length !== prefix[prefix.length - 1]) throw new RangeError(`digestInfo: not a hash of ${algorithm}`)
  return concat(prefix, hash)
}

export type Signed =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | { readonly kind: 'pinNeeded' }
  /** There is no such key. */
  | { readonly kind: 'absent' }

export const CURRENT_KEY = 0x80
/** The key for genuine-card checks, which needs no PIN, in the two 券面 applications. */
export const DEFAULT_KEY = 0x00

/** `key` is P2. Throws RangeError for an input the scheme does not take. */
export async function computeSignature(
  channel: Channel,
  label: string,
  key: number,
  scheme: Scheme,
  input: Uint8Array,
): Promise<Signed> {
  const { p1, min, max } = SCHEMES[scheme]
  if (input.length < min || input.length > max)
    throw new RangeError(`computeSignature: ${scheme} takes ${min} to ${max} bytes, not ${input.length}`)
  return signed(label, await channel.send(label, command(0x80, 0x2a, p1, key, { data: input, ne: 0x100 })))
}

/** Throws RangeError for a challenge that is empty or longer than 255 bytes. */
export async function internalAuthenticate(
  channel: Channel,
  label: string,
  sfi: number,
  challenge: Uint8Array,
): Promise<Signed> {
  if (challenge.length === 0 || challenge.length > 255)
    throw new RangeError(`internalAuthenticate: a challenge has 1 to 255 bytes, not ${challenge.length}`)
  return signed(label, await channel.send(label, command(0x00, 0x88, 0x00, 0x80 | sfi, { data: challenge, ne: 0x100 })))
}

function signed(label: string, { data, sw }: { readonly data: Uint8Array; readonly sw: number }): Signed {
  if (sw === SW.OK && data.length > 0) return { kind: 'signed', signature: data }
  if (sw === SW.SECURITY_STATUS) return { kind: 'pinNeeded' }
  if (sw === SW.REFERENCE_NOT_FOUND || sw === SW.NOT_FOUND) return { kind: 'absent' }
  throw new CardFault(sw === SW.OK ? { kind: 'malformed', label } : { kind: 'refused', label, sw })
}
