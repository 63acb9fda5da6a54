/** Reconciliation on sight (rule 9, P4): what a card really holds against what the backend believes, kind by kind. */
import { equal } from '../../base/bytes.ts'
import { record } from '../audit/record.ts'
import { bytesOf } from '../ca/certificate-bytes.ts'
import type { CertRow } from '../ca/states.ts'
import type { Actor, Context } from '../context.ts'
import { cardBySerial } from './card-states.ts'

export interface Seen {
  readonly kind: 'sign' | 'auth'
  /** DER as read from the chip; absent where the file is empty. */
  readonly certificate?: Uint8Array
}

export interface Verdict {
  readonly kind: Seen['kind']
  /**
   * agreed: as believed. unproven: written, but never proven – sign `challenge` and confirm. held: suspended. ended: revoked or void –
   * issue a new one. missing: the backend believes in one that is not there – issue a new one. foreign: never issued for this card.
   */
  readonly verdict: 'agreed' | 'unproven' | 'held' | 'ended' | 'missing' | 'foreign'
  readonly issuer?: string
  readonly serial?: number
  readonly challenge?: Uint8Array
}

const MISMATCHES: ReadonlySet<Verdict['verdict']> = new Set(['ended', 'missing', 'foreign'])

/** Throws `unknownCard`. Changes nothing but the audit log, where every mismatch is flagged. */
export async function reconcileCard(
  context: Context,
  serial: string,
  seen: readonly Seen[],
  by: Actor,
): Promise<readonly Verdict[]> {
  const { store, clock } = context
  const card = await cardBySerial(store, serial)
  const believed = await store.all<CertRow>('SELECT * FROM cert WHERE card = ?', serial)
  const verdicts = seen.map((one) => verdictOn(context, one, believed))
  const flagged = verdicts.filter(({ verdict }) => MISMATCHES.has(verdict))
  const entry = { ...by, procedure: 'card.mismatch', holder: card.holder, object: `card ${serial}` }
  if (flagged.length > 0)
    await store.transaction(async (tx) => {
      for (const { kind, verdict } of flagged) await record(tx, { ...entry, result: `${kind} ${verdict}` }, clock.now())
    })
  return verdicts
}

function verdictOn(context: Context, { kind, certificate }: Seen, believed: readonly CertRow[]): Verdict {
  const ofKind = believed.filter((row) => row.kind === kind)
  if (certificate === undefined) {
    const missing = ofKind.find(({ state }) => state === 'active' || state === 'held')
    return missing === undefined ? { kind, verdict: 'agreed' } : { kind, verdict: 'missing', ...nameOf(missing) }
  }
  const isThisOne = (bytes: Uint8Array | undefined) => bytes !== undefined && equal(bytes, certificate)
  const row = ofKind.find((one) => isThisOne(bytesOf(context, one, 'der')))
  if (row === undefined) return { kind, verdict: 'foreign' }
  switch (row.state) {
    case 'active':
      return { kind, verdict: 'agreed', ...nameOf(row) }
    case 'signed':
      return { kind, verdict: 'unproven', ...nameOf(row), challenge: row.challenge }
    case 'held':
      return { kind, verdict: 'held', ...nameOf(row) }
    case 'reserved':
    case 'revoked':
    case 'void':
      return { kind, verdict: 'ended', ...nameOf(row) }
  }
}

const nameOf = ({ issuer, serial }: CertRow) => ({ issuer, serial })
