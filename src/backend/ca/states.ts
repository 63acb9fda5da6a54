/** States of a certificate, and the one function that moves them (rule 3). */
import { REASON, type ReasonName } from '../../pki/reason.ts'
import { record } from '../audit/record.ts'
import type { Actor } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { post } from '../store/outbox.ts'
import type { Queries, Reads, Row } from '../store/store.ts'
import type { CertificateKind } from './kinds.ts'

export type CertState = 'reserved' | 'signed' | 'active' | 'held' | 'revoked' | 'void'

/** To each state, the states it may be entered from. A hold is lifted for phones alone (decision 0061). */
export const ENTERED_FROM: Readonly<Record<CertState, readonly CertState[]>> = {
  reserved: [],
  signed: ['reserved'],
  active: ['signed', 'held'],
  held: ['active'],
  revoked: ['active', 'held'],
  void: ['reserved', 'signed'],
}

/** Reasons the authority's practice statement names (facts 5.6). */
export type Reason = Exclude<ReasonName, 'removeFromCRL' | 'privilegeWithdrawn' | 'aACompromise'>

export interface CertRow extends Row {
  readonly id: string
  readonly issuer: string
  readonly idx: number
  readonly serial: number
  readonly kind: CertificateKind
  readonly holder: string
  readonly card: string
  readonly shard: string
  readonly key_hash: Uint8Array
  readonly state: CertState
  /** Sealed; `bytesOf` opens them. */
  readonly tbs: Uint8Array
  readonly der: Uint8Array | null
  readonly sealed: number
  readonly challenge: Uint8Array
  readonly not_after: number
  readonly reserved_at: number
  readonly deadline_at: number
  readonly active_at: number | null
  readonly ended_at: number | null
  readonly reason: number | null
}

/** What of a certificate is needed to move it. */
export type Movable = Pick<CertRow, 'id' | 'issuer' | 'serial' | 'holder' | 'ended_at'>

export const certById = (store: Reads, id: string): Promise<CertRow | undefined> =>
  store.get<CertRow>('SELECT * FROM cert WHERE id = ?', id)

/** Throws `unknownCertificate`. */
export async function certBySerial(store: Reads, issuer: string, serial: number): Promise<CertRow> {
  const cert = await store.get<CertRow>('SELECT * FROM cert WHERE issuer = ? AND serial = ?', issuer, serial)
  if (cert === undefined) throw new Refusal('unknownCertificate', `${issuer} ${serial}`)
  return cert
}

export interface Move {
  readonly cert: Movable
  readonly from: CertState
  readonly to: CertState
  readonly by: Actor
  readonly at: number
  readonly reason?: Reason
  /** Columns that are set with the state; `der` sealed. */
  readonly set?: { readonly der?: Uint8Array; readonly evidence?: Uint8Array }
}

/** The outbox message `certificate`: what may have been answered about this one is not so any more. */
export interface StatusChange {
  readonly issuer: string
  readonly serial: number
}

/**
 * Moves a certificate by compare-and-set, with its audit line and, where it had an answer before, its outbox message. False: it is not in `from` any more,
 * somebody else moved it; nothing was written. A move the table does not know is a bug and throws.
 */
export async function move(tx: Queries, { cert, from, to, by, at, reason, set = {} }: Move): Promise<boolean> {
  if (!ENTERED_FROM[to].includes(from)) throw new Error(`states: no way from ${from} to ${to}`)
  const ended = to === 'held' || to === 'revoked' || to === 'void'
  const touched = await tx.run(
    `UPDATE cert SET state = ?, der = COALESCE(?, der), evidence = COALESCE(?, evidence),
       active_at = CASE WHEN ? = 'active' AND active_at IS NULL THEN ? ELSE active_at END, ended_at = ?, reason = ?
     WHERE id = ? AND state = ?`,
    to,
    set.der ?? null,
    set.evidence ?? null,
    to,
    at,
    // A hold that becomes a revocation keeps the time from which the certificate was not good.
    ended ? (from === 'held' ? cert.ended_at : at) : null,
    ended ? REASON[reason ?? 'unspecified'] : null,
    cert.id,
    from,
  )
  if (touched === 0) return false
  await record(
    tx,
    {
      terminal: by.terminal,
      operator: by.operator,
      procedure: `certificate.${to}`,
      holder: cert.holder,
      object: `certificate ${cert.issuer} ${cert.serial}`,
      result: reason ?? 'done',
    },
    at,
  )
  const change: StatusChange = { issuer: cert.issuer, serial: cert.serial }
  if (ended || from === 'held') await post(tx, 'certificate', change, at)
  return true
}

/** A move inside the transaction that read the certificate: there nobody can have been faster. */
export async function mustMove(tx: Queries, wanted: Move): Promise<void> {
  if (!(await move(tx, wanted))) throw new Error('states: a certificate moved inside the transaction that read it')
}
