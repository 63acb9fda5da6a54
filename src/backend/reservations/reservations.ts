/**
 * Reservations for resetting a PIN at a kiosk (F21, F22): made in a phone app with the other PIN and a live face, bound to the serial
 * of the certificate that proved it, good for 24 hours and for one use. No PIN comes here: the card's signature says it was right.
 */
import { parseCertificate } from '../../pki/certificate.ts'
import type { FaceComparison } from '../../wire/backend-resets.ts'
import { record } from '../audit/record.ts'
import { bytesOf } from '../ca/certificate-bytes.ts'
import { type CertRow, certBySerial } from '../ca/states.ts'
import type { Actor, Context } from '../context.ts'
import { isSignedBy } from '../keys/verify.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import { newId } from '../store/ids.ts'
import type { Queries, Reads, Row } from '../store/store.ts'
import { type ResetPin, refusalFor } from './reset-reasons.ts'

export const RESERVATION_CRASH_POINTS = ['reservation.start', 'reservation.committed'] as const

/** asked → open → used; an open one gives way to a newer one. */
export type ReservationState = 'asked' | 'open' | 'used' | 'replaced'

interface ReservationRow extends Row {
  readonly id: string
  readonly pin: ResetPin
  readonly cert: string
  readonly card: string
  readonly state: ReservationState
  readonly challenge: string
  readonly expires_at: number
}

const ASKED_MS = 10 * 60_000
export const RESERVATION_MS = 24 * 3_600_000

export interface Asked {
  readonly reservation: string
  /** What the card signs with the key whose PIN is still known. */
  readonly challenge: Uint8Array
}

export interface ResetAsk {
  readonly pin: ResetPin
  /** The certificate whose key will prove the person. */
  readonly issuer: string
  readonly serial: number
}

/** First step in the app. Throws the reason why a kiosk cannot help (F22b). */
export async function askReset(context: Context, ask: ResetAsk, by: Actor): Promise<Asked> {
  const { store, clock, random } = context
  const now = clock.now()
  const cert = await certBySerial(store, ask.issuer, ask.serial)
  const refusal = await refusalFor(store, cert, ask.pin, now)
  const id = newId(now)
  await store.transaction((tx) => noted(tx, cert, by, `reset.${ask.pin}.asked`, refusal?.message ?? id, now))
  if (refusal !== undefined) throw refusal
  const challenge = challengeText('reserve', id, random)
  await store.transaction((tx) =>
    tx.run(
      "INSERT INTO reservation (id, pin, cert, card, state, challenge, at, expires_at) VALUES (?, ?, ?, ?, 'asked', ?, ?, ?)",
      id,
      ask.pin,
      cert.id,
      cert.card,
      challenge,
      now,
      now + ASKED_MS,
    ),
  )
  return { reservation: id, challenge: Buffer.from(challenge) }
}

export interface ResetProof {
  readonly reservation: string
  readonly signature: Uint8Array
  readonly by: Actor
  readonly named: Request
}

/**
 * Second step in the app: the signature proves the PIN, the app the face. From then on the reservation is open. `simulation`: this
 * backend says of itself that nobody is real; elsewhere a simulated comparison is refused (`simulatedFaceRefused`).
 * A visual check is the decision of whoever is signed in at the app's terminal, and of nobody else (`operatorSignedOut`).
 */
export async function openReset(
  context: Context,
  proof: ResetProof & { readonly face: FaceComparison; readonly simulation: boolean },
): Promise<{ readonly reservation: string; readonly expiresAt: number }> {
  const { method, matched, unclear, decidedBy } = proof.face
  if (method === 'simulatedEngine' && !proof.simulation) throw new Refusal('simulatedFaceRefused')
  const mustHaveLooked = () => {
    const { operator } = proof.by
    if (method === 'visualCheck' && (operator === undefined || operator !== decidedBy))
      throw new Refusal('operatorSignedOut')
  }
  const outcome = unclear ? 'unclear' : matched ? 'matched' : 'not matched'
  const decision = `${outcome} by ${method}${decidedBy === undefined ? '' : ` ${decidedBy}`}`
  if (outcome !== 'matched') {
    mustHaveLooked()
    await noteFace(context, proof, decision)
    throw new Refusal(unclear ? 'faceUnclear' : 'faceNotMatched')
  }
  return advance(context, proof, 'asked', async (tx, row, now, cert) => {
    // Asked again after they left, what was opened stays open (rule 7).
    mustHaveLooked()
    await noted(tx, cert, proof.by, `reset.${row.pin}.face`, decision, now)
    const replace = "UPDATE reservation SET state = 'replaced' WHERE card = ? AND pin = ? AND state = 'open'"
    await tx.run(replace, row.card, row.pin)
    const expiresAt = now + RESERVATION_MS
    await settle(tx, row, 'open', expiresAt, row.challenge)
    return { reservation: row.id, expiresAt }
  })
}

/** A face that did not match, or of which it could not be told, is on record too. */
async function noteFace({ store, clock }: Context, { reservation, by }: ResetProof, decision: string): Promise<void> {
  await store.transaction(async (tx) => {
    const row = await rowOf(tx, reservation)
    await noted(tx, await certOf(tx, row), by, `reset.${row.pin}.face`, decision, clock.now())
  })
}

export interface ResetStatus {
  readonly reservation: string
  readonly pin: ResetPin
  readonly state: ReservationState | 'expired'
  readonly expiresAt: number
}

/** What became of a reservation. Throws `noReservation`. */
export async function resetStatus({ store, clock }: Context, id: string): Promise<ResetStatus> {
  const { pin, state, expires_at } = await rowOf(store, id)
  const waiting = state === 'asked' || state === 'open'
  const over = waiting && expires_at <= clock.now()
  return { reservation: id, pin, state: over ? 'expired' : state, expiresAt: expires_at }
}

/** At the kiosk: the open reservation of the card on the reader, with what its other key is to sign now. */
export async function findReset(context: Context, ask: ResetAsk, by: Actor): Promise<Asked> {
  const { store, clock, random } = context
  const now = clock.now()
  mustBeOpen(context, now)
  const cert = await certBySerial(store, ask.issuer, ask.serial)
  return store.transaction(async (tx) => {
    const refusal = await refusalFor(tx, cert, ask.pin, now)
    if (refusal !== undefined) throw refusal
    const open = "SELECT * FROM reservation WHERE cert = ? AND pin = ? AND state = 'open' AND expires_at > ?"
    const row = await tx.get<ReservationRow>(open, cert.id, ask.pin, now)
    if (row === undefined) throw new Refusal('noReservation')
    const challenge = challengeText('reset', row.id, random)
    await settle(tx, row, 'open', row.expires_at, challenge)
    await noted(tx, cert, by, `reset.${ask.pin}.found`, row.id, now)
    return { reservation: row.id, challenge: Buffer.from(challenge) }
  })
}

/** At the kiosk, after the other PIN: uses the reservation up. The one answer that allows the reset script for this card. */
export const useReset = (
  context: Context,
  proof: ResetProof,
): Promise<{ readonly card: string; readonly pin: ResetPin }> =>
  advance(context, proof, 'open', async (tx, row, now) => {
    mustBeOpen(context, now)
    await settle(tx, row, 'used', row.expires_at, row.challenge)
    return { card: row.card, pin: row.pin }
  })

async function advance<T>(
  context: Context,
  { reservation, signature, by, named }: ResetProof,
  from: ReservationState,
  work: (tx: Queries, row: ReservationRow, now: number, cert: CertRow) => Promise<T>,
): Promise<T> {
  const { store, clock, crash } = context
  crash('reservation.start')
  const now = clock.now()
  const answer = await store.transaction((tx) =>
    idempotent(tx, named, now, async () => {
      const row = await rowOf(tx, reservation)
      if (row.state !== from || row.expires_at <= now) throw new Refusal('noReservation')
      const cert = await certOf(tx, row)
      const refusal = await refusalFor(tx, cert, row.pin, now)
      if (refusal !== undefined) throw refusal
      if (!signedBy(context, cert, row.challenge, signature)) throw new Refusal('badEvidence', 'signature')
      const result = await work(tx, row, now, cert)
      await noted(tx, cert, by, `reset.${row.pin}.${from === 'asked' ? 'reserved' : 'used'}`, row.id, now)
      return result
    }),
  )
  crash('reservation.committed')
  return answer
}

/** By compare-and-set on state and challenge: a challenge that was replaced proves nothing any more. */
async function settle(
  tx: Queries,
  row: ReservationRow,
  to: ReservationState,
  expiresAt: number,
  challenge: string,
): Promise<void> {
  const touched = await tx.run(
    'UPDATE reservation SET state = ?, expires_at = ?, challenge = ? WHERE id = ? AND state = ? AND challenge = ?',
    to,
    expiresAt,
    challenge,
    row.id,
    row.state,
    row.challenge,
  )
  if (touched === 0) throw new Error('reservations: one moved inside the transaction that read it')
}

/** Throws `noReservation`. */
async function rowOf(store: Reads, id: string): Promise<ReservationRow> {
  const row = await store.get<ReservationRow>('SELECT * FROM reservation WHERE id = ?', id)
  if (row === undefined) throw new Refusal('noReservation')
  return row
}

const certOf = async (store: Reads, { cert }: ReservationRow): Promise<CertRow> =>
  (await store.get<CertRow>('SELECT * FROM cert WHERE id = ?', cert)) as CertRow

/** 6:30 to 23:00 in Japan (F22b). Throws `kioskClosed`. */
function mustBeOpen({ kiosksRest }: Context, now: number): void {
  const minutes = Math.floor(now / 60_000 + 9 * 60) % (24 * 60)
  if (kiosksRest && (minutes < 6 * 60 + 30 || minutes >= 23 * 60)) throw new Refusal('kioskClosed')
}

const challengeText = (purpose: string, id: string, random: Context['random']): string =>
  `Madoguchi: ${purpose} PIN reset ${id}\n${Buffer.from(random.bytes(32)).toString('hex')}`

function signedBy(context: Context, cert: CertRow, challenge: string, signature: Uint8Array): boolean {
  const parsed = parseCertificate(bytesOf(context, cert, 'der') ?? new Uint8Array(0))
  if (!parsed.ok) throw parsed.error
  const { spki, algorithm } = parsed.value.publicKey
  return isSignedBy(algorithm, spki, Buffer.from(challenge), signature)
}

const noted = (
  tx: Queries,
  cert: CertRow,
  by: Actor,
  procedure: string,
  result: string,
  now: number,
): Promise<number> => record(tx, { ...by, procedure, holder: cert.holder, object: `card ${cert.card}`, result }, now)
