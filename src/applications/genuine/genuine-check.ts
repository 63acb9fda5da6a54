/**
 * 偽造カード判定 as relying parties do it (facts 3.8): a known authority certified the issuer's key, the issuer signed the
 * record with the card's key in it, and the card signs a fresh challenge with that key.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { RandomSource } from '../../base/clock.ts'
import { CardFault } from '../../card/card-failure.ts'
import type { Channel } from '../../card/transaction-hold.ts'
import { type FileContent, readFile } from '../file/read-file.ts'
import type { FileRef } from '../file/select-file.ts'
import { computeSignature, DEFAULT_KEY, digestInfo } from '../signature.ts'
import type { CardKey } from './card-key.ts'
import { type CvCertificate, type CvRoot, isCertifiedBy, isSigned, parseCvCertificate } from './cv-certificate.ts'

export type Genuineness = { readonly kind: 'genuine'; readonly issuer: string } | Refusal

export type Refusal =
  /** Nobody here knows the authority; the card may be good. */
  | { readonly kind: 'unknownIssuer'; readonly certifier: string }
  | { readonly kind: 'forged'; readonly step: 'certificate' | 'record' | 'challenge' }
  | Exclude<FileContent, { kind: 'read' }>

/** A record that carries the card's key, parsed: the key, and whether this issuer signed the record. */
export interface SignedRecord {
  readonly key: CardKey
  readonly isSignedBy: (issuer: CardKey) => boolean
}

export interface GenuineCheck {
  readonly application: string
  readonly cvCertificate: FileRef
  readonly record: FileRef
  readonly tag: number
  readonly parse: (file: Uint8Array) => SignedRecord | undefined
}

export interface GenuineOptions {
  /** Authorities the relying party knows. */
  readonly roots: readonly CvRoot[]
  /** Where the challenge comes from: a server's nonce in a real setting. */
  readonly random: RandomSource
}

export async function checkGenuine(
  channel: Channel,
  check: GenuineCheck,
  { roots, random }: GenuineOptions,
): Promise<Genuineness> {
  const file = await readFile(channel, check.cvCertificate, { tag: 0x7f21 })
  if (file.kind !== 'read') return file
  const certificate = parseCvCertificate(file.bytes)
  if (certificate === undefined) return { kind: 'forged', step: 'certificate' }
  const certified = issuerOf(certificate, roots)
  if (certified !== undefined) return certified
  const content = await readFile(channel, check.record, { tag: check.tag })
  if (content.kind !== 'read') return content
  const record = check.parse(content.bytes)
  if (record?.isSignedBy(certificate.key) !== true) return { kind: 'forged', step: 'record' }
  const answered = await answersChallenge(channel, check.application, record.key, random.bytes(32))
  return answered ? { kind: 'genuine', issuer: certificate.subject } : { kind: 'forged', step: 'challenge' }
}

/** Undefined when a known authority certified it. */
export function issuerOf(certificate: CvCertificate, roots: readonly CvRoot[]): Refusal | undefined {
  const known = roots.filter(({ reference }) => reference === certificate.certifier)
  if (known.length === 0) return { kind: 'unknownIssuer', certifier: certificate.certifier }
  return known.some((root) => isCertifiedBy(certificate, root)) ? undefined : { kind: 'forged', step: 'certificate' }
}

async function answersChallenge(
  channel: Channel,
  application: string,
  key: CardKey,
  challenge: Uint8Array,
): Promise<boolean> {
  const payload = digestInfo('SHA-256', sha256(challenge))
  try {
    const signed = await computeSignature(channel, `${application}: sign challenge`, DEFAULT_KEY, 'pkcs1', payload)
    return signed.kind === 'signed' && isSigned(key, challenge, signed.signature)
  } catch (error) {
    // A copy without the key refuses in a way of its own: that is an answer too.
    if (error instanceof CardFault) return false
    throw error
  }
}

/**
 * "Everything before the signature" may or may not include the template's own tag and length; sources do not say which
 * (decision 0042). Nothing but the record's content can vary, so either is accepted.
 */
export const isSignedWithOrWithoutHeader = (
  issuer: CardKey,
  header: Uint8Array,
  content: Uint8Array,
  signature: Uint8Array,
): boolean => isSigned(issuer, content, signature) || isSigned(issuer, joined(header, content), signature)

function joined(header: Uint8Array, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(header.length + content.length)
  out.set(header)
  out.set(content, header.length)
  return out
}
