/** Staff: enrolled with the key of their staff card, shut out by an administrator. Their names are sealed (rule 17). */
import { createHash, createHmac, hkdfSync, type KeyObject } from 'node:crypto'
import { fromUtf8, utf8 } from '../../base/bytes.ts'
import { hex } from '../../base/hex.ts'
import { readPublicKey } from '../../pki/algorithm.ts'
import { DerCursor } from '../../pki/der-reader.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { sealer } from '../keys/seal.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import { type Queries, type Row, UniqueViolation } from '../store/store.ts'
import { townOf } from '../towns/gate.ts'

export interface Enrolment {
  readonly id: string
  readonly name: string
  /** Six-digit code; empty for staff who serve at terminals of any town. */
  readonly town: string
  /** SubjectPublicKeyInfo of the 利用者証明用 key of the staff card. */
  readonly publicKey: Uint8Array
}

export interface OperatorRow extends Row {
  readonly id: string
  readonly sealed: Uint8Array
  readonly town: string
  readonly public_key: Uint8Array
  readonly key_hash: string
  readonly enabled: number
}

export interface Operators {
  seal(id: string, name: string): Uint8Array
  nameOf(row: Pick<OperatorRow, 'id' | 'sealed'>): string
  /** The token of a session: it follows from the session's id, so that an answer lost on the way can be given again. */
  tokenOf(session: string): string
}

export function operators(master: KeyObject): Operators {
  const sealed = sealer(master, 'personal data')
  const key = Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), 'madoguchi operator sessions', 32))
  const bound = (id: string) => `operator ${id}`
  return {
    seal: (id, name) => sealed.seal(utf8(name), bound(id)),
    nameOf: ({ id, sealed: bytes }) => fromUtf8(sealed.open(bytes, bound(id))),
    tokenOf: (session) => createHmac('sha256', key).update(session).digest('base64url'),
  }
}

export const keyHashOf = (publicKey: Uint8Array): string => hex(createHash('sha256').update(publicKey).digest())

/** Enrols, or replaces key, name and town and lets in again. Throws `badKey`, `operatorTaken`, `unknownMunicipality`. */
export async function enrolOperator(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  sealing: Operators,
  { id, name, town, publicKey }: Enrolment,
  by: Actor,
  named: Request,
): Promise<{ readonly id: string; readonly keyHash: string }> {
  if (town !== '') townOf(town)
  mustBeKey(publicKey)
  const at = clock.now()
  const keyHash = keyHashOf(publicKey)
  try {
    return await store.transaction((tx) =>
      idempotent(tx, named, at, async () => {
        const values = [sealing.seal(id, name), town, publicKey, keyHash, at, id] as const
        const update =
          'UPDATE operator SET sealed = ?, town = ?, public_key = ?, key_hash = ?, enabled = 1, at = ? WHERE id = ?'
        if ((await tx.run(update, ...values)) === 0)
          await tx.run(
            'INSERT INTO operator (sealed, town, public_key, key_hash, enabled, at, id) VALUES (?, ?, ?, ?, 1, ?, ?)',
            ...values,
          )
        await endSessions(tx, id, at)
        await record(
          tx,
          { ...by, procedure: 'operator.enrolled', holder: '', object: `operator ${id}`, result: town },
          at,
        )
        return { id, keyHash }
      }),
    )
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('operatorTaken')
    throw error
  }
}

/** Shuts out from the next request on. Throws `unknownOperator`. */
export async function disableOperator(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  id: string,
  by: Actor,
  named: Request,
): Promise<{ readonly id: string }> {
  const at = clock.now()
  return store.transaction((tx) =>
    idempotent(tx, named, at, async () => {
      if ((await tx.run('UPDATE operator SET enabled = 0, at = ? WHERE id = ?', at, id)) === 0)
        throw new Refusal('unknownOperator')
      await endSessions(tx, id, at)
      await record(
        tx,
        { ...by, procedure: 'operator.disabled', holder: '', object: `operator ${id}`, result: 'done' },
        at,
      )
      return { id }
    }),
  )
}

const endSessions = (tx: Queries, operator: string, at: number) =>
  tx.run('UPDATE operator_session SET ended_at = ? WHERE operator = ? AND ended_at IS NULL', at, operator)

function mustBeKey(publicKey: Uint8Array): void {
  try {
    readPublicKey(new DerCursor(publicKey), 'public key')
  } catch {
    throw new Refusal('badKey')
  }
}
