/** What a staff card does at a sign-in: it shows its 利用者証明用 certificate and, after its PIN, signs the backend's challenge (P12). */

import { JpkiSession } from '../../applications/jpki/jpki-session.ts'
import type { LastTry, PinEntry, Verified } from '../../applications/pin/verify-pin.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import { CardFault } from '../../card/card-failure.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { signChallenge } from '../../procedures/steps/sign-challenge.ts'

export type StaffCardSeen =
  | {
      readonly kind: 'seen'
      /** DER. */
      readonly certificate: Uint8Array
      readonly triesLeft: number
      /** The reader has a keypad of its own: the PIN is typed there and never comes to this computer. */
      readonly keypad: boolean
    }
  | { readonly kind: 'unusable'; readonly failure: FailureCode }

/** Spends no try. */
export async function lookAtStaffCard(tx: Transaction): Promise<StaffCardSeen> {
  const jpki = await JpkiSession.open(tx)
  const certificate = await jpki.certificate('auth')
  if (certificate.kind !== 'read') return { kind: 'unusable', failure: 'certificateMissing' }
  const status = await jpki.pinStatus('auth')
  if (status.kind === 'blocked') return { kind: 'unusable', failure: 'pinBlocked' }
  if (status.kind === 'missing') return { kind: 'unusable', failure: 'pinMissing' }
  const triesLeft = status.kind === 'open' ? status.triesLeft : 15
  return { kind: 'seen', certificate: certificate.bytes, triesLeft, keypad: await tx.hasPinPad() }
}

export type SignedByStaff =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | Exclude<Verified, { kind: 'verified' }>

/** Spends at most one try. */
export async function signAsStaff(
  tx: Transaction,
  challenge: Uint8Array,
  entry: PinEntry,
  lastTry: LastTry,
): Promise<SignedByStaff> {
  const jpki = await JpkiSession.open(tx)
  const verified = await jpki.verifyPin('auth', entry, lastTry)
  if (verified.kind !== 'verified') return verified
  const signature = await signChallenge(jpki, 'auth', challenge)
  if (signature === undefined) throw new CardFault({ kind: 'malformed', label: 'jpki: sign with auth key' })
  return { kind: 'signed', signature }
}
