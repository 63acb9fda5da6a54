/** Ending certificates: hold, lift, revoke, block a key. The commit comes first, caches and lists follow (rule 12). */
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import type { Queries } from '../store/store.ts'
import { KINDS } from './kinds.ts'
import { type CertRow, type CertState, certBySerial, mustMove, type Reason } from './states.ts'

export const END_CRASH_POINTS = ['end.start', 'end.committed'] as const

/** What callers may give as a reason: the others belong to the authority itself. */
export type RevocationReason = Exclude<Reason, 'certificateHold' | 'superseded'>

export type Ending =
  | { readonly to: 'held' }
  /** Only phones: the number a found phone goes on with (facts 6.3). */
  | { readonly to: 'active' }
  | { readonly to: 'revoked'; readonly reason: RevocationReason }

export interface EndRequest {
  readonly issuer: string
  readonly serial: number
  readonly ending: Ending
  readonly by: Actor
  readonly key: string
  readonly body: string
}

export interface Ended {
  readonly issuer: string
  readonly serial: number
  readonly state: CertState
}

/** One certificate, and the phone's that depends on it. Repeating what is already so is no error. */
export async function end(context: Context, request: EndRequest): Promise<Ended> {
  const { store, clock, crash } = context
  crash('end.start')
  const at = clock.now()
  const named: Request = { actor: request.by.terminal, key: request.key, body: request.body }
  const ended = await store.transaction((tx) =>
    idempotent(tx, named, at, async () => {
      const cert = await certBySerial(tx, request.issuer, request.serial)
      await endOne(tx, cert, request.ending, request.by, at)
      return { issuer: cert.issuer, serial: cert.serial, state: request.ending.to }
    }),
  )
  crash('end.committed')
  return ended
}

async function endOne(tx: Queries, cert: CertRow, ending: Ending, by: Actor, at: number): Promise<void> {
  if (cert.state === ending.to) return
  if (ending.to === 'active' && (cert.kind !== 'phoneAuth' || cert.state !== 'held'))
    throw new Refusal('wrongState', 'only the suspension of a phone can be lifted')
  if (cert.state !== 'active' && cert.state !== 'held') throw new Refusal('wrongState', cert.state)
  const reason: Reason | undefined =
    ending.to === 'revoked' ? ending.reason : ending.to === 'held' ? 'certificateHold' : undefined
  const why = reason === undefined ? {} : { reason }
  await mustMove(tx, { cert, from: cert.state, to: ending.to, by, at, ...why })
  // The phone's certificate was made from the card's and shares its end (facts 6.3, decision 0061).
  const phone = KINDS[cert.kind].phone
  if (phone === undefined) return
  for (const row of await validOf(tx, cert.holder, phone)) await endOne(tx, row, ending, by, at)
}

const validOf = (tx: Queries, holder: string, kind: CertRow['kind']): Promise<CertRow[]> =>
  tx.all<CertRow>("SELECT * FROM cert WHERE holder = ? AND kind = ? AND state IN ('active', 'held')", holder, kind)

/**
 * Ends, in the transaction `tx`, what is on one card or phone (P6: by serial, never by person): valid certificates as told,
 * unproven ones for good. Returns how many were valid.
 */
export async function endCertificatesOf(
  tx: Queries,
  card: string,
  ending: Ending,
  by: Actor,
  at: number,
): Promise<number> {
  const certs = await tx.all<CertRow>(`SELECT * FROM cert WHERE card = ? AND ${NOT_ENDED}`, card)
  return endAll(tx, certs, ending, by, at)
}

/** The same for everything of one kind that a holder has, on whatever card. */
export async function endOfHolder(
  tx: Queries,
  holder: string,
  kind: CertRow['kind'],
  ending: Ending,
  by: Actor,
  at: number,
): Promise<number> {
  const certs = await tx.all<CertRow>(`SELECT * FROM cert WHERE holder = ? AND kind = ? AND ${NOT_ENDED}`, holder, kind)
  return endAll(tx, certs, ending, by, at)
}

const NOT_ENDED = "state IN ('reserved', 'signed', 'active', 'held')"

async function endAll(tx: Queries, certs: readonly CertRow[], ending: Ending, by: Actor, at: number): Promise<number> {
  let valid = 0
  for (const cert of certs) {
    if (cert.state === 'reserved' || cert.state === 'signed')
      await mustMove(tx, { cert, from: cert.state, to: 'void', by, at, reason: 'unspecified' })
    else {
      await endOne(tx, cert, ending, by, at)
      valid++
    }
  }
  return valid
}

/** Blocks a compromised key for ever and revokes what stands on it. Returns how many certificates were ended. */
export async function blockKey(context: Context, keyHash: Uint8Array, by: Actor): Promise<number> {
  const at = context.clock.now()
  return context.store.transaction(async (tx) => {
    const known = await tx.get('SELECT key_hash FROM blocked_key WHERE key_hash = ?', keyHash)
    if (known === undefined)
      await tx.run('INSERT INTO blocked_key (key_hash, at, reason) VALUES (?, ?, ?)', keyHash, at, 'keyCompromise')
    const certs = await tx.all<CertRow>(
      "SELECT * FROM cert WHERE key_hash = ? AND state IN ('active', 'held')",
      keyHash,
    )
    for (const cert of certs) await endOne(tx, cert, { to: 'revoked', reason: 'keyCompromise' }, by, at)
    return certs.length
  })
}
