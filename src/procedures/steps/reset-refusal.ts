/** Why a kiosk or the app cannot reset a PIN (F22b), as the person is told. */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { BackendErrorCode } from '../../wire/backend-errors.ts'
import { type ResetReason, resetReason } from '../../wire/backend-resets.ts'
import type { Answered } from '../backend-line.ts'
import { failureOfAnswer } from './refusal.ts'

const REASONS: Readonly<Record<ResetReason, FailureCode>> = {
  otherCertificateNeeded: 'resetNoCertificate',
  certificateHeld: 'resetCertificateHeld',
  certificateRevoked: 'resetCertificateRevoked',
  certificateExpired: 'resetCertificateExpired',
  attributesChanged: 'resetAttributesChanged',
  cardNotDelivered: 'resetCardNotDelivered',
  faceAuthCard: 'resetFaceAuthCard',
  noCertificateToReset: 'resetNoCertificate',
}

const OWN: Readonly<Partial<Record<BackendErrorCode, FailureCode>>> = {
  noReservation: 'noReservation',
  kioskClosed: 'kioskClosed',
  faceNotMatched: 'faceNotMatched',
  faceUnclear: 'faceCheckAway',
  simulatedFaceRefused: 'simulatedFaceRefused',
  // Whoever looked has gone: somebody else will look.
  operatorSignedOut: 'faceCheckAway',
}

export function failureOfReset(answer: Exclude<Answered<unknown>, { kind: 'ok' }>): FailureCode {
  if (answer.kind === 'away') return 'backendUnreachable'
  const reason = answer.code === 'resetAtCounter' ? resetReason.safeParse(answer.detail) : undefined
  if (reason?.success === true) return REASONS[reason.data]
  return OWN[answer.code] ?? failureOfAnswer(answer)
}
