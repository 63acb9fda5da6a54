/**
 * The failure catalogue: everything that can go wrong and that a person is told of. A code is stable; words are by language
 * (english.ts, japanese.ts). docs/failures.md is made from it, and a test keeps all of them together.
 */

/** Is the card safe? */
export type CardSafety =
  /** It was not touched, or only read. */
  | 'untouched'
  /** It works, and one try of a PIN is spent. */
  | 'trySpent'
  /** It works; one PIN of it does not until it is set again. */
  | 'pinBlocked'
  /** What the last command did is not known: the card is read before anything else is done with it. */
  | 'unknown'
  /** It is changed in one place and not in another; the procedure goes on from there. */
  | 'halfDone'
  /** The failure is not about a card. */
  | 'noCard'

/** Whom to call when what the person can do does not help. */
export type Helper = 'nobody' | 'staff' | 'terminalKeeper' | 'municipality'

export interface Failure {
  readonly card: CardSafety
  readonly call: Helper
  /** May the same thing, asked again, succeed without anything else being changed? */
  readonly retriable: boolean
}

const failure = (card: CardSafety, call: Helper, retriable: boolean): Failure => ({ card, call, retriable })

export const FAILURES = {
  // Readers
  serviceDown: failure('noCard', 'terminalKeeper', true),
  protocolMismatch: failure('noCard', 'terminalKeeper', false),
  noRights: failure('noCard', 'terminalKeeper', false),
  noReader: failure('noCard', 'terminalKeeper', true),
  readerGone: failure('unknown', 'terminalKeeper', true),
  inUse: failure('untouched', 'staff', true),
  onlyReading: failure('untouched', 'terminalKeeper', false),
  noCard: failure('untouched', 'nobody', true),
  cardGone: failure('unknown', 'staff', true),
  mute: failure('untouched', 'municipality', true),
  cardReset: failure('unknown', 'staff', true),
  communication: failure('unknown', 'staff', true),
  deadline: failure('unknown', 'staff', true),
  cancelled: failure('untouched', 'nobody', true),
  idle: failure('untouched', 'nobody', true),
  unexpected: failure('unknown', 'terminalKeeper', true),
  // What a card is and answers
  refused: failure('untouched', 'staff', false),
  malformed: failure('untouched', 'staff', false),
  applicationMissing: failure('untouched', 'municipality', false),
  applicationLocked: failure('untouched', 'municipality', false),
  unknownCard: failure('untouched', 'nobody', false),
  foreignCard: failure('untouched', 'nobody', false),
  predecessorCard: failure('untouched', 'municipality', false),
  phoneNotTaken: failure('untouched', 'nobody', false),
  cardForged: failure('untouched', 'staff', false),
  cardIssuerUnknown: failure('untouched', 'staff', false),
  // PINs
  wrongPin: failure('trySpent', 'nobody', true),
  pinBlocked: failure('pinBlocked', 'municipality', false),
  lastTry: failure('untouched', 'nobody', true),
  pinNotAllowed: failure('untouched', 'nobody', true),
  pinExpired: failure('untouched', 'nobody', true),
  pinMissing: failure('untouched', 'municipality', false),
  pinNeeded: failure('untouched', 'nobody', true),
  pinHalfChanged: failure('halfDone', 'municipality', true),
  // Certificates
  certificateMissing: failure('untouched', 'municipality', false),
  certificateExpired: failure('untouched', 'municipality', false),
  certificateUnreadable: failure('untouched', 'municipality', false),
  // Between screen, host and backend
  busy: failure('untouched', 'nobody', true),
  stalePrompt: failure('untouched', 'nobody', true),
  badInput: failure('untouched', 'terminalKeeper', false),
  unknownName: failure('untouched', 'terminalKeeper', false),
  channelClosed: failure('unknown', 'terminalKeeper', true),
  backendUnreachable: failure('unknown', 'terminalKeeper', true),
  backendRefused: failure('untouched', 'staff', false),
  // Counter: staff, persons, and what the backend refuses
  backendBusy: failure('untouched', 'terminalKeeper', true),
  signingUnavailable: failure('untouched', 'terminalKeeper', true),
  terminalNotAllowed: failure('noCard', 'terminalKeeper', false),
  staffUnknown: failure('noCard', 'terminalKeeper', false),
  sameOperator: failure('noCard', 'nobody', true),
  staffCardEnded: failure('noCard', 'terminalKeeper', false),
  signInRefused: failure('noCard', 'terminalKeeper', true),
  staffSignedOut: failure('untouched', 'nobody', true),
  notOffered: failure('untouched', 'nobody', false),
  wrongPerson: failure('untouched', 'staff', false),
  personNotFound: failure('untouched', 'staff', false),
  personMismatch: failure('untouched', 'nobody', true),
  cardNotRegistered: failure('untouched', 'staff', false),
  cardNotInState: failure('untouched', 'staff', false),
  cardOutdated: failure('untouched', 'nobody', false),
  cardExpired: failure('untouched', 'municipality', false),
  otherCardInUse: failure('untouched', 'nobody', false),
  otherCard: failure('untouched', 'staff', false),
  notEntitled: failure('untouched', 'nobody', false),
  certificateNotProven: failure('halfDone', 'staff', true),
  identityNotChecked: failure('untouched', 'nobody', true),
  identityRefused: failure('untouched', 'staff', false),
  selfTestFailed: failure('untouched', 'staff', true),
  scriptStopped: failure('unknown', 'staff', true),
  townDown: failure('untouched', 'nobody', true),
  // Kiosk and phone app: a PIN reset with a reservation (F21–F24, F22b)
  noReservation: failure('untouched', 'nobody', false),
  kioskClosed: failure('untouched', 'nobody', true),
  otherPinBlocked: failure('untouched', 'municipality', false),
  resetCertificateHeld: failure('untouched', 'municipality', false),
  resetCertificateRevoked: failure('untouched', 'municipality', false),
  resetCertificateExpired: failure('untouched', 'municipality', false),
  resetAttributesChanged: failure('untouched', 'municipality', false),
  resetCardNotDelivered: failure('untouched', 'municipality', false),
  resetFaceAuthCard: failure('untouched', 'municipality', false),
  resetNoCertificate: failure('untouched', 'municipality', false),
  codeBBlocked: failure('pinBlocked', 'municipality', false),
  faceNotMatched: failure('untouched', 'municipality', true),
  simulatedFaceRefused: failure('untouched', 'terminalKeeper', false),
  faceCheckAway: failure('untouched', 'terminalKeeper', true),
  internal: failure('unknown', 'terminalKeeper', false),
} as const satisfies Record<string, Failure>

export type FailureCode = keyof typeof FAILURES

export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(FAILURES, code)

/** Under which key a screen finds the words in its own texts. */
export const failureTextKey = (code: FailureCode): `failure.${FailureCode}` => `failure.${code}`

/** The words of one language. */
export interface FailureWords {
  /** By code: what happened, and what the person can do. */
  readonly failures: Readonly<Record<FailureCode, readonly [happened: string, toDo: string]>>
  readonly card: Readonly<Record<CardSafety, string>>
  readonly call: Readonly<Record<Helper, string>>
}

/** One failure in one language, whole. */
export interface ToldFailure {
  readonly happened: string
  readonly cardIsSafe: string
  readonly toDo: string
  readonly call: string
}

export function tellFailure(code: FailureCode, words: FailureWords): ToldFailure {
  const { card, call } = FAILURES[code]
  const [happened, toDo] = words.failures[code]
  return { happened, cardIsSafe: words.card[card], toDo, call: words.call[call] }
}
