/** An order becomes a signed certificate: reserve, sign, store – each durable before the next begins (rules 1, 2, 7). */
import { assembleSigned } from '../../pki/certificate-build.ts'
import type { Actor, Context } from '../context.ts'
import { SigningUnavailable } from '../keys/key-store.ts'
import { isSignedBy } from '../keys/verify.ts'
import { Refusal } from '../refusal.ts'
import { bodyHash, KeyReused } from '../store/idempotency.ts'
import type { Queries } from '../store/store.ts'
import { bytesOf, sealedBytes } from './certificate-bytes.ts'
import type { IssuingGuard } from './guard.ts'
import type { IssuingAuthority } from './issuers.ts'
import type { Order } from './order.ts'
import { type Draft, draft, issuerFor, reserve } from './reserve.ts'
import { type CertRow, certById, type Movable, move, mustMove } from './states.ts'

export const ISSUE_CRASH_POINTS = [
  'issue.start',
  'issue.serial taken',
  'issue.reserved',
  'issue.signature made',
  'issue.signed',
] as const

export interface IssueRequest {
  readonly order: Order
  readonly by: Actor
  /** Idempotency key and the whole request as text. */
  readonly key: string
  readonly body: string
  /** Asked in the transaction that reserves: throws a `Refusal` when what the order says is not so any more. */
  readonly mustStillHold?: (tx: Queries) => Promise<void>
}

export interface Issued {
  readonly issuer: string
  readonly serial: number
  /** The certificate, DER: to be written to the card, not good for anyone until proven (rule 6). */
  readonly certificate: Uint8Array
  /** The authority's own certificate, DER. */
  readonly authority: Uint8Array
  /** What the new key signs as evidence for `confirm`. */
  readonly challenge: Uint8Array
}

export interface IssueParts extends Context {
  readonly guard: IssuingGuard
  /** All authorities, newest first. */
  readonly issuers: readonly IssuingAuthority[]
  readonly nextIndex: (issuer: string, firstSerial: number) => Promise<number>
}

/** A reserved row younger than this belongs to somebody who is still at it. */
const IN_PROGRESS_MS = 10_000

/**
 * Issues the certificate of an order, or gives the one already issued under the same idempotency key. Throws `Refusal`;
 * after `signingUnavailable` or a crash the serial is burnt and the same key starts again with another one (P15).
 */
export async function issue(parts: IssueParts, request: IssueRequest): Promise<Issued> {
  const { store, crash, guard } = parts
  crash('issue.start')
  const now = guard.now()
  const issuer = issuerFor(parts.issuers, request.order)
  const known = await orderedBefore(parts, request, now)
  if (known !== undefined) return asIssued(parts, known, issuer.certificate)

  const index = await parts.nextIndex(issuer.id, issuer.firstSerial)
  crash('issue.serial taken')
  const made = await draft(parts, request.order, issuer, index, now)
  await store.transaction(async (tx) => {
    const again = await clearTheWay(tx, request, now)
    await request.mustStillHold?.(tx)
    await reserve(parts, tx, request.order, made, request.by, now)
    await nameOrder(tx, request, made.id, again, now)
  })
  const { id, serial, challenge } = made
  const cert: Movable = { id, issuer: issuer.id, serial, holder: request.order.holder, ended_at: null }
  crash('issue.reserved')

  const der = await sign(parts, made, cert, request.by)
  crash('issue.signature made')
  const set = { der: sealedBytes(parts, id, 'der', der) }
  const stored = await store.transaction((tx) =>
    move(tx, { cert, from: 'reserved', to: 'signed', by: request.by, at: parts.clock.now(), set }),
  )
  // Somebody voided it meanwhile (a retry of this very order, or the sweeper): its serial is burnt.
  if (!stored) throw new Refusal('inProgress')
  crash('issue.signed')
  return { issuer: issuer.id, serial, certificate: der, authority: issuer.certificate, challenge }
}

const asIssued = (context: Context, cert: CertRow, authority: Uint8Array): Issued => {
  const certificate = bytesOf(context, cert, 'der')
  if (certificate === undefined) throw new Error('issue: a signed certificate has no bytes')
  return { issuer: cert.issuer, serial: cert.serial, certificate, authority, challenge: cert.challenge }
}

/** The signed certificate of the same request, if there is one. Throws `KeyReused`, `inProgress`, `certificateVoid`. */
async function orderedBefore({ store }: Context, request: IssueRequest, now: number): Promise<CertRow | undefined> {
  const cert = await certOfOrder(store, request)
  if (cert === undefined) return undefined
  if (cert.state === 'reserved' && now - cert.reserved_at < IN_PROGRESS_MS) throw new Refusal('inProgress')
  if (cert.state === 'reserved' || (cert.state === 'void' && cert.der === null)) return undefined
  if (cert.state === 'void') throw new Refusal('certificateVoid')
  return cert
}

async function certOfOrder(tx: Pick<Queries, 'get' | 'all'>, request: IssueRequest): Promise<CertRow | undefined> {
  const row = await tx.get<{ body_hash: Uint8Array; cert: string }>(
    'SELECT body_hash, cert FROM issue_order WHERE actor = ? AND key = ?',
    request.by.terminal,
    request.key,
  )
  if (row === undefined) return undefined
  const asked = bodyHash({ actor: request.by.terminal, key: request.key, body: request.body })
  if (Buffer.compare(row.body_hash, asked) !== 0) throw new KeyReused('this idempotency key belongs to another request')
  return certById(tx, row.cert)
}

/** Voids what an earlier, dead attempt of this order reserved; was there one? */
async function clearTheWay(tx: Queries, request: IssueRequest, now: number): Promise<boolean> {
  const earlier = await certOfOrder(tx, request)
  if (earlier === undefined) return false
  if (earlier.state === 'reserved' && now - earlier.reserved_at < IN_PROGRESS_MS) throw new Refusal('inProgress')
  if (earlier.state === 'reserved')
    await mustMove(tx, { cert: earlier, from: 'reserved', to: 'void', by: request.by, at: now })
  else if (earlier.state !== 'void') throw new Refusal('inProgress')
  return true
}

async function nameOrder(tx: Queries, request: IssueRequest, cert: string, again: boolean, now: number): Promise<void> {
  const { key, body } = request
  const actor = request.by.terminal
  if (again) await tx.run('UPDATE issue_order SET cert = ? WHERE actor = ? AND key = ?', cert, actor, key)
  else
    await tx.run(
      'INSERT INTO issue_order (actor, key, body_hash, cert, at) VALUES (?, ?, ?, ?, ?)',
      ...[actor, key, bodyHash({ actor, key, body }), cert, now],
    )
}

/** Signs the reserved bytes and checks the signature. On any error the serial is burnt before the error is told (rule 1). */
async function sign(parts: Context, made: Draft, cert: Movable, by: Actor): Promise<Uint8Array> {
  const { store, keys, clock } = parts
  try {
    const signature = await keys.sign(made.issuer.key, made.tbs)
    const { algorithm, publicKey } = made.issuer.key
    if (!isSignedBy(algorithm, publicKey, made.tbs, signature))
      throw new SigningUnavailable('the key gave a wrong signature')
    return assembleSigned(made.tbs, algorithm, signature)
  } catch (error) {
    await store.transaction((tx) => move(tx, { cert, from: 'reserved', to: 'void', by, at: clock.now() }))
    if (error instanceof SigningUnavailable) throw new Refusal('signingUnavailable')
    throw error
  }
}
