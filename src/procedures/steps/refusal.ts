/** What a person is told when the backend said no, or nothing: every refusal has its failure, the compiler finds a missing one. */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { BackendErrorCode } from '../../wire/backend-errors.ts'
import type { Answered } from '../backend-line.ts'
import { type Ending, failed } from '../terminal.ts'

const REFUSALS: Readonly<Record<BackendErrorCode, FailureCode>> = {
  // The program asked in a way it should not have, or is too old or too new.
  badInput: 'backendRefused',
  tooLarge: 'backendRefused',
  unknownPath: 'backendRefused',
  keyReused: 'backendRefused',
  unknownSnapshot: 'backendRefused',
  unknownIssuer: 'backendRefused',
  unknownMunicipality: 'backendRefused',
  unknownSession: 'scriptStopped',
  staleReport: 'scriptStopped',
  badReport: 'scriptStopped',
  unknownWrite: 'backendRefused',
  writeOrder: 'backendRefused',
  unknownApplication: 'backendRefused',
  applicationExists: 'backendRefused',
  unknownProvider: 'backendRefused',
  packageNotSigned: 'backendRefused',
  cardExists: 'backendRefused',
  internal: 'backendRefused',
  // It cannot now.
  tooManyRequests: 'backendBusy',
  overloaded: 'backendBusy',
  inProgress: 'backendBusy',
  storeUnavailable: 'backendBusy',
  registerChanged: 'backendBusy',
  signingUnavailable: 'signingUnavailable',
  issuingStopped: 'signingUnavailable',
  townDown: 'townDown',
  townNotOpen: 'townDown',
  // Who asks.
  unknownTerminal: 'terminalNotAllowed',
  terminalTaken: 'terminalNotAllowed',
  notAllowed: 'terminalNotAllowed',
  unknownOperator: 'staffUnknown',
  operatorElsewhere: 'staffUnknown',
  operatorTaken: 'staffUnknown',
  operatorSignedOut: 'staffSignedOut',
  signInRefused: 'signInRefused',
  staffCardEnded: 'staffCardEnded',
  // About whom.
  unknownHolder: 'personNotFound',
  searchTooWeak: 'personMismatch',
  pickMismatch: 'personMismatch',
  secondLookNeeded: 'personMismatch',
  identityNotChecked: 'identityNotChecked',
  identityRefused: 'identityRefused',
  notEntitled: 'notEntitled',
  // About which card.
  unknownCard: 'cardNotRegistered',
  cardState: 'cardNotInState',
  cardOutdated: 'cardOutdated',
  cardElsewhere: 'cardOutdated',
  faceAuthCard: 'cardNotInState',
  expiredCard: 'cardExpired',
  otherCardDelivered: 'otherCardInUse',
  otherCard: 'otherCard',
  cardUntrusted: 'cardForged',
  cardRefused: 'scriptStopped',
  scriptStopped: 'scriptStopped',
  selfTestFailed: 'selfTestFailed',
  // Certificates.
  unknownCertificate: 'certificateNotProven',
  noIssuer: 'signingUnavailable',
  badKey: 'certificateNotProven',
  keyBlocked: 'certificateNotProven',
  keyUsed: 'certificateNotProven',
  lintFailed: 'signingUnavailable',
  badEvidence: 'certificateNotProven',
  wrongState: 'certificateNotProven',
  certificateVoid: 'certificateNotProven',
  // Kiosk and phone app; they say more themselves.
  resetAtCounter: 'backendRefused',
  noReservation: 'backendRefused',
  kioskClosed: 'backendRefused',
  faceNotMatched: 'backendRefused',
  faceUnclear: 'backendRefused',
  simulatedFaceRefused: 'backendRefused',
}

export const failureOfRefusal = (code: BackendErrorCode): FailureCode => REFUSALS[code]

/** The failure of an answer that is no yes. */
export const failureOfAnswer = (answer: Exclude<Answered<unknown>, { kind: 'ok' }>): FailureCode =>
  answer.kind === 'away' ? 'backendUnreachable' : REFUSALS[answer.code]

export const failedBy = (answer: Exclude<Answered<unknown>, { kind: 'ok' }>): Ending => failed(failureOfAnswer(answer))
