/**
 * Which registered card lies on the reader (P6: every step names a card by its serial, never by its holder). A chip that was under a
 * script before is known by its identification; others by their certificate, and a card fresh from the factory by its free record.
 */
import { type CardSigns, readCardSigns } from '../../applications/identify/card-signs.ts'
import { certificateContents, isIssuedBy } from '../../applications/jpki/certificate-contents.ts'
import { fromBase64 } from '../../base/base64.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Answered, BackendLine } from '../backend-line.ts'
import type { HolderCard } from '../holder-card.ts'
import { failureOfAnswer } from './refusal.ts'

export interface FoundCard {
  readonly serial: string
  readonly state: 'applied' | 'dispatched' | 'setUp' | 'delivered' | 'suspended' | 'abolished'
  /** At counters. */
  readonly holder?: string | undefined
}

/** Refused with `unknownCard` when no sign of it is registered. */
export async function findCard(backend: BackendLine, signs: CardSigns): Promise<Answered<FoundCard>> {
  let last: Answered<FoundCard> = { kind: 'refused', code: 'unknownCard' }
  if (signs.chip !== undefined) {
    last = await backend.call('findCard', { body: { chip: signs.chip } })
    if (!isUnknown(last)) return last
  }
  if (signs.certificate !== undefined) {
    last = await findByCertificate(backend, signs.certificate)
    if (!isUnknown(last)) return last
  }
  if (signs.recorded === undefined) return last
  return await backend.call('findCard', { body: { recorded: signs.recorded } })
}

const isUnknown = (answer: Answered<FoundCard>): boolean => answer.kind === 'refused' && answer.code === 'unknownCard'

async function findByCertificate(backend: BackendLine, certificate: Uint8Array): Promise<Answered<FoundCard>> {
  const name = await nameOf(backend, certificate)
  if (name.kind !== 'ok') return name.kind === 'away' ? name : { kind: 'refused', code: 'unknownCard' }
  return await backend.call('findCard', { body: name.value })
}

/** What the backend calls a certificate (DER): its authority's id and its serial. */
export async function nameOf(
  backend: BackendLine,
  certificate: Uint8Array,
): Promise<Answered<{ readonly issuer: string; readonly serial: number }>> {
  const serial = Number.parseInt(certificateContents(certificate)?.serial ?? '', 16)
  if (!(serial <= LARGEST_SERIAL)) return { kind: 'refused', code: 'unknownCertificate' }
  const authorities = await backend.call('authorities', {})
  if (authorities.kind !== 'ok') return authorities
  const issuer = authorities.value.find((one) => isIssuedBy(certificate, fromBase64(one.certificate)))
  if (issuer === undefined) return { kind: 'refused', code: 'unknownCertificate' }
  return { kind: 'ok', value: { issuer: issuer.id, serial } }
}

/** JPKI serials have four bytes and are positive (facts 5.2). */
const LARGEST_SERIAL = 0x7fffffff

/** The card on the reader, or why it cannot be told which one it is. */
export async function knownCard(
  backend: BackendLine,
  card: HolderCard,
): Promise<FoundCard | { readonly failure: FailureCode }> {
  const signs = await card.transaction(readCardSigns)
  if (signs.kind !== 'ok') return { failure: signs.kind }
  const found = await findCard(backend, signs.value)
  return found.kind === 'ok' ? found.value : { failure: failureOfAnswer(found) }
}
