/** Every refusal of the backend: a stable code, the HTTP status, one sentence, and whether the same request may succeed later. */

interface BackendErrorEntry {
  readonly status: number
  readonly sentence: string
  readonly retriable: boolean
}

const refused = (status: number, sentence: string): BackendErrorEntry => ({ status, sentence, retriable: false })
const later = (status: number, sentence: string): BackendErrorEntry => ({ status, sentence, retriable: true })

export const BACKEND_ERRORS = {
  badInput: refused(400, 'A field is missing, unknown or malformed; the detail names it.'),
  tooLarge: refused(413, 'The body is larger than this endpoint takes.'),
  unknownPath: refused(404, 'There is no such endpoint.'),
  tooManyRequests: later(429, 'Too many requests from this terminal; wait and try again.'),
  overloaded: later(503, 'The backend sheds new work now; wait and try again.'),
  keyReused: refused(409, 'This idempotency key belongs to another request.'),
  inProgress: later(409, 'The same order is being worked on; ask again in a moment.'),
  unknownTerminal: refused(401, 'This terminal is not enrolled, or its certificate is not the enrolled one.'),
  terminalTaken: refused(409, 'This client certificate is enrolled for another terminal.'),
  notAllowed: refused(403, 'The role of this terminal does not include this procedure.'),
  unknownOperator: refused(404, 'No enrolled member of staff has this key, or they are shut out.'),
  operatorElsewhere: refused(403, 'This member of staff works in another town than this terminal.'),
  operatorTaken: refused(409, 'This key is enrolled for another member of staff.'),
  operatorSignedOut: refused(
    401,
    'Nobody is signed in at this terminal, or the session has ended; sign in with the staff card.',
  ),
  signInRefused: refused(
    401,
    'The challenge is used, too old or of another terminal, or the signature is not by its key.',
  ),
  staffCardEnded: refused(403, 'The certificate of this staff card is suspended, revoked or has expired.'),
  storeUnavailable: later(
    503,
    'The database does not answer; nothing was changed for certain, ask again with the same key.',
  ),
  signingUnavailable: later(503, 'The signing keys do not answer; the key on the card stays pending, try again later.'),
  issuingStopped: later(503, 'Issuing is stopped because the clock stepped back or a key failed its self-test.'),
  internal: refused(500, 'A fault of the backend; nothing was changed for certain.'),

  unknownHolder: refused(404, 'No such person in the registry.'),
  unknownCard: refused(404, 'No card with this serial.'),
  unknownCertificate: refused(404, 'No certificate with this issuer and serial.'),
  unknownIssuer: refused(404, 'No certification authority with this id.'),
  unknownSnapshot: refused(404, 'This snapshot is not kept any more; take the whole newest one.'),
  unknownMunicipality: refused(404, 'No municipality or ward has this code.'),
  registerChanged: later(409, 'The register changed while the certificate was being made; order it again.'),
  noIssuer: refused(409, 'No authority issues certificates of this kind for keys of this algorithm.'),
  badKey: refused(400, 'The public key is not of a known algorithm, or is weak.'),
  keyBlocked: refused(409, 'This key is blocked as compromised; generate another one.'),
  keyUsed: refused(409, 'A certificate was already issued for this key; generate another one.'),
  lintFailed: refused(500, 'The certificate would break its profile; nothing was signed.'),
  notEntitled: refused(409, 'This person or card may not have a certificate of this kind.'),
  expiredCard: refused(409, 'The card has expired; no certificate can be valid on it.'),
  badEvidence: refused(400, 'The signature or the read-back does not prove that the card holds this certificate.'),
  wrongState: refused(409, 'The certificate is not in a state that allows this.'),
  certificateVoid: refused(409, 'The certificate was voided before it was proven; issue a new one.'),

  searchTooWeak: refused(400, 'Reading and date of birth alone do not find a person; give sex, address or name too.'),
  pickMismatch: refused(409, 'Name, date of birth, sex and address are not all those of the register.'),
  secondLookNeeded: refused(
    409,
    'Two people share this reading and date of birth; a second operator must compare too.',
  ),
  cardExists: refused(409, 'A card with this serial is already registered.'),
  cardState: refused(409, 'The card is not in a state that allows this.'),
  cardOutdated: refused(409, 'The register changed since the card was set up; set it up again before hand-over.'),
  cardElsewhere: refused(
    409,
    'The card was set up in another municipality than its holder lives in now; set it up again.',
  ),
  selfTestFailed: refused(409, 'The chip did not pass its self-test; it must not be handed over.'),
  otherCardDelivered: refused(409, 'Another card of this person is in use; abolish it first.'),

  identityRefused: refused(409, 'The person is not the one of the photo: that is on record, and no check is.'),
  identityNotChecked: refused(
    409,
    'This operator has recorded no identity check for this card and purpose in the last 30 minutes.',
  ),
  faceAuthCard: refused(409, 'A face-authentication card has no PINs; make it an ordinary card first.'),
  unknownWrite: refused(404, 'No such write was announced for this card; announce it before it is done.'),
  writeOrder: refused(
    409,
    'This write is past that stage, or is another one; read the card and the open writes again.',
  ),

  unknownSession: refused(404, 'No such script session of this terminal, or it is too old; open another one.'),
  staleReport: refused(409, 'The report is not about the script that is out.'),
  badReport: refused(400, 'The report does not fit the script; the detail says where.'),
  scriptStopped: refused(409, 'A step at the terminal was not done; the session has ended.'),
  cardUntrusted: refused(409, 'The card does not hold the keys it should, or its answers were changed on the way.'),
  cardRefused: refused(409, 'The card did not do what the script asked, also when tried again.'),
  otherCard: refused(409, 'The card on the reader is not the one that was named.'),
  unknownApplication: refused(404, 'No application with this id.'),
  unknownProvider: refused(404, 'No provider with this id.'),
  packageNotSigned: refused(
    403,
    'The application is not signed by an enrolled provider, or is not what was signed; the detail names which.',
  ),
  applicationExists: refused(409, 'An application with this id is registered already.'),

  townDown: later(503, 'The systems of this town do not answer now; other towns are served.'),
  townNotOpen: refused(409, 'This town has not passed its check sheet; it cannot be chosen at a kiosk.'),

  resetAtCounter: refused(
    409,
    'A kiosk cannot reset this PIN; the detail is the reason by name. The counter of the town can.',
  ),
  noReservation: refused(409, 'There is no open reservation for this card: not made, used, or older than 24 hours.'),
  kioskClosed: later(409, 'Kiosks serve from 6:30 to 23:00.'),
  faceNotMatched: refused(409, 'The live face did not match the photo on the chip.'),
  faceUnclear: refused(409, 'Whether the faces are of one person could not be told; nobody was refused.'),
  simulatedFaceRefused: refused(403, 'A simulated comparison of faces counts in a simulation only.'),
} as const satisfies Record<string, BackendErrorEntry>

export type BackendErrorCode = keyof typeof BACKEND_ERRORS
