/** What the backend gave to be signed, signed by the card: PKCS #1 v1.5 with SHA-256, as every card of this family does (facts 3.5). */
import type { JpkiSession } from '../../applications/jpki/jpki-session.ts'
import { digestInfo } from '../../applications/signature.ts'

/** Undefined: the card has no such key, or wants its PIN first. */
export async function signChallenge(
  jpki: JpkiSession,
  key: 'sign' | 'auth',
  challenge: Uint8Array,
): Promise<Uint8Array | undefined> {
  // WebCrypto's types want an array of its own.
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(challenge))
  const signed = await jpki.sign(key, 'pkcs1', digestInfo('SHA-256', new Uint8Array(hash)))
  return signed.kind === 'signed' ? signed.signature : undefined
}
