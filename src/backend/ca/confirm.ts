/** The proof that a card holds its new certificate, and the swap of old for new in one transaction (rules 4, 5). */
import { equal } from '../../base/bytes.ts'
import { publicKeyOf } from '../../pki/certificate.ts'
import type { Actor, Context } from '../context.ts'
import { isSignedBy } from '../keys/verify.ts'
import { Refusal } from '../refusal.ts'
import { idempotent } from '../store/idempotency.ts'
import type { Queries, Reads } from '../store/store.ts'
import { bytesOf } from './certificate-bytes.ts'
import { KINDS } from './kinds.ts'
import { type CertRow, type Movable, mustMove } from './states.ts'

export const CONFIRM_CRASH_POINTS = ['confirm.start', 'confirm.evidence checked', 'confirm.active'] as const

export interface ConfirmRequest {
  readonly issuer: string
  readonly serial: number
  /** Signature by the new key over the challenge of `issue`: octets for RSA, DER for ECDSA. */
  readonly signature: Uint8Array
  /** The certificate as read back from the card. */
  readonly readBack: Uint8Array
  readonly by: Actor
  readonly key: string
  readonly body: string
}

export interface Confirmed {
  readonly issuer: string
  readonly serial: number
  readonly state: 'active'
  /** The certificates it took the place of, revoked as superseded in the same moment. */
  readonly replaced: readonly { readonly issuer: string; readonly serial: number }[]
}

/** Throws `badEvidence`, `certificateVoid`, `wrongState`, `unknownCertificate`. Nothing changes then. */
export async function confirm(context: Context, request: ConfirmRequest): Promise<Confirmed> {
  const { store, clock, crash } = context
  crash('confirm.start')
  const cert = await unproven(store, request.issuer, request.serial)
  checkEvidence(context, cert, request)
  crash('confirm.evidence checked')
  const at = clock.now()
  const named = { actor: request.by.terminal, key: request.key, body: request.body }
  const confirmed = await store.transaction((tx) =>
    idempotent(tx, named, at, async (): Promise<Confirmed> => {
      const { issuer, serial } = cert
      const { state } = (await tx.get<Pick<CertRow, 'state'>>('SELECT state FROM cert WHERE id = ?', cert.id)) ?? cert
      if (state === 'active') return { issuer, serial, state, replaced: [] }
      if (state === 'void') throw new Refusal('certificateVoid')
      if (state !== 'signed') throw new Refusal('wrongState', state)
      const replaced = await supersede(tx, cert, request.by, at)
      const evidence = request.signature
      await mustMove(tx, { cert, from: 'signed', to: 'active', by: request.by, at, set: { evidence } })
      return {
        issuer,
        serial,
        state: 'active',
        replaced: replaced.map((old) => ({ issuer: old.issuer, serial: old.serial })),
      }
    }),
  )
  crash('confirm.active')
  return confirmed
}

type Unproven = Movable & Pick<CertRow, 'kind' | 'card' | 'state' | 'der' | 'sealed' | 'challenge' | 'reserved_at'>

/** Throws `unknownCertificate`. */
async function unproven(store: Reads, issuer: string, serial: number): Promise<Unproven> {
  const columns = 'id, issuer, serial, kind, holder, card, state, der, sealed, challenge, reserved_at, ended_at'
  const cert = await store.get<Unproven>(
    `SELECT ${columns} FROM cert WHERE issuer = ? AND serial = ?`,
    ...[issuer, serial],
  )
  if (cert === undefined) throw new Refusal('unknownCertificate', `${issuer} ${serial}`)
  return cert
}

function checkEvidence(context: Context, cert: Unproven, { signature, readBack }: ConfirmRequest): void {
  if (cert.state === 'void') throw new Refusal('certificateVoid')
  const certificate = bytesOf(context, cert, 'der')
  if (certificate === undefined) throw new Refusal('wrongState', cert.state)
  if (!equal(readBack, certificate)) throw new Refusal('badEvidence', 'readBack')
  const key = publicKeyOf(certificate)
  if (!key.ok) throw key.error
  const { spki, algorithm } = key.value
  if (!isSignedBy(algorithm, spki, cert.challenge, signature)) throw new Refusal('badEvidence', 'signature')
}

type Live = Movable & Pick<CertRow, 'state' | 'card' | 'reserved_at'>

/**
 * Revokes what this certificate replaces and links old to new. The index on active certificates backs this up. Earlier orders for the same
 * key of the same card that were never proven never will be: their key has been made anew.
 */
async function supersede(tx: Queries, cert: Unproven, by: Actor, at: number): Promise<readonly Live[]> {
  const { holder, kind } = cert
  const columns = 'id, issuer, serial, holder, card, state, reserved_at, ended_at'
  const live = `SELECT ${columns} FROM cert WHERE holder = ? AND kind = ? AND state IN ('active', 'held', 'reserved', 'signed')`
  const isValid = ({ state }: Live) => state === 'active' || state === 'held'
  const rows = await tx.all<Live>(live, holder, kind)
  const old = rows.filter(isValid)
  for (const row of old) {
    await mustMove(tx, { cert: row, from: row.state, to: 'revoked', by, at, reason: 'superseded' })
    await tx.run('INSERT INTO cert_link (old_cert, new_cert, at) VALUES (?, ?, ?)', row.id, cert.id, at)
  }
  const isOvertaken = (row: Live) => !isValid(row) && row.card === cert.card && row.reserved_at < cert.reserved_at
  for (const row of rows.filter(isOvertaken))
    await mustMove(tx, { cert: row, from: row.state, to: 'void', by, at, reason: 'unspecified' })
  // The phone's certificate was made from the card's and falls with it (facts 6.3, decision 0061).
  const phone = KINDS[kind].phone
  for (const row of phone === undefined || old.length === 0
    ? []
    : (await tx.all<Live>(live, holder, phone)).filter(isValid))
    await mustMove(tx, { cert: row, from: row.state, to: 'revoked', by, at, reason: 'cessationOfOperation' })
  return old
}
