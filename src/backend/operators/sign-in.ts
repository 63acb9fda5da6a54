/**
 * Signing in with a staff card: the card signs a challenge with its 利用者証明用 key after its PIN – two factors – and the terminal gets a
 * token that names who acts from then on (F58, P12, decision 0161).
 */
import { createHash } from 'node:crypto'
import { readPublicKey } from '../../pki/algorithm.ts'
import { parseCertificate } from '../../pki/certificate.ts'
import { DerCursor } from '../../pki/der-reader.ts'
import { record } from '../audit/record.ts'
import { sha256 } from '../ca/issuers.ts'
import type { Actor, Context } from '../context.ts'
import { isSignedBy } from '../keys/verify.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import { newId } from '../store/ids.ts'
import type { Queries, Reads, Row } from '../store/store.ts'
import type { Terminal } from '../terminals/terminals.ts'
import { keyHashOf, type OperatorRow, type Operators } from './operators.ts'

/** A challenge waits for the card and its PIN this long. */
export const CHALLENGE_MS = 5 * 60_000
/** A working day; then the card is asked again, whatever the terminal thinks. */
export const SIGNED_IN_MS = 8 * 3_600_000

export type StaffCard = { readonly certificate: Uint8Array } | { readonly keyHash: string }

interface ChallengeRow extends Row {
  readonly id: string
  readonly operator: string
  readonly terminal: string
  readonly challenge: string
  readonly expires_at: number
}

/** Throws `badKey`, `unknownOperator`, `operatorElsewhere`, `staffCardEnded`. */
export const signInChallenge = (
  context: Context,
  card: StaffCard,
  terminal: Terminal,
  named: Request,
): Promise<{ readonly challenge: string }> =>
  refusedOnRecord(context, terminal, () => makeChallenge(context, card, terminal, named))

async function makeChallenge({ store, clock, random }: Context, card: StaffCard, terminal: Terminal, named: Request) {
  const now = clock.now()
  const keyHash = 'keyHash' in card ? card.keyHash : keyHashOf(keyOf(card.certificate))
  return store.transaction((tx) =>
    idempotent(tx, named, now, async () => {
      const operator = await tx.get<OperatorRow>('SELECT * FROM operator WHERE key_hash = ?', keyHash)
      if (operator === undefined) throw new Refusal('unknownOperator')
      await mayWork(tx, operator, terminal, now)
      const id = newId(now)
      const nonce = Buffer.from(random.bytes(32)).toString('hex')
      const challenge = Buffer.from(`Madoguchi: sign in at ${terminal.id} ${id}\n${nonce}`).toString('base64')
      await tx.run(
        'INSERT INTO operator_challenge (id, operator, terminal, challenge, expires_at) VALUES (?, ?, ?, ?, ?)',
        ...[id, operator.id, terminal.id, challenge, now + CHALLENGE_MS],
      )
      return { challenge }
    }),
  )
}

export interface SignedIn {
  readonly operator: string
  readonly name: string
  readonly session: string
  readonly expiresAt: number
}

interface Proof {
  /** Base64, as it was given. */
  readonly challenge: string
  readonly signature: Uint8Array
}

/** Throws `signInRefused`, and what a challenge is refused with. */
export const signIn = (
  context: Context,
  operators: Operators,
  proof: Proof,
  terminal: Terminal,
  named: Request,
): Promise<SignedIn> => refusedOnRecord(context, terminal, () => enter(context, operators, proof, terminal, named))

async function enter(
  { store, clock }: Context,
  operators: Operators,
  proof: Proof,
  terminal: Terminal,
  named: Request,
): Promise<SignedIn> {
  const now = clock.now()
  // Neither token nor name is stored with the reply.
  const { id, operator, expiresAt } = await store.transaction((tx) =>
    idempotent(tx, named, now, async () => {
      const asked = await tx.get<ChallengeRow>('SELECT * FROM operator_challenge WHERE challenge = ?', proof.challenge)
      if (asked === undefined || asked.terminal !== terminal.id || asked.expires_at <= now)
        throw new Refusal('signInRefused')
      const row = await operatorBy(tx, asked.operator)
      await mayWork(tx, row, terminal, now)
      const { algorithm, spki } = readPublicKey(new DerCursor(row.public_key), 'operator key')
      const text = Buffer.from(asked.challenge, 'base64')
      if (!isSignedBy(algorithm, spki, text, proof.signature)) throw new Refusal('signInRefused')
      if ((await tx.run('DELETE FROM operator_challenge WHERE id = ?', asked.id)) === 0)
        throw new Error('operators: a challenge moved inside the transaction that read it')
      const expiresAt = now + SIGNED_IN_MS
      await tx.run(
        'INSERT INTO operator_session (id, token_hash, operator, terminal, at, expires_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, NULL)',
        ...[asked.id, tokenHash(operators.tokenOf(asked.id)), row.id, terminal.id, now, expiresAt],
      )
      await noted(tx, { terminal: terminal.id, operator: row.id }, 'operator.signed in', now)
      return { id: asked.id, operator: row.id, expiresAt }
    }),
  )
  const name = operators.nameOf(await operatorBy(store, operator))
  return { operator, name, session: operators.tokenOf(id), expiresAt }
}

/** Who acts with this token at this terminal. Throws `operatorSignedOut`. */
export async function signedIn(store: Reads, token: string, terminal: string, now: number): Promise<string> {
  const row = await store.get<{ operator: string }>(
    'SELECT operator FROM operator_session WHERE token_hash = ? AND terminal = ? AND ended_at IS NULL AND expires_at > ?',
    ...[tokenHash(token), terminal, now],
  )
  if (row === undefined) throw new Refusal('operatorSignedOut')
  return row.operator
}

/** Ends a session of this terminal, if it has not ended. */
export async function signOut({ store, clock }: Context, token: string, terminal: string): Promise<void> {
  const now = clock.now()
  await store.transaction(async (tx) => {
    const hash = tokenHash(token)
    const row = await tx.get<{ operator: string }>(
      'SELECT operator FROM operator_session WHERE token_hash = ? AND terminal = ? AND ended_at IS NULL',
      ...[hash, terminal],
    )
    if (row === undefined) return
    await tx.run('UPDATE operator_session SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL', now, hash)
    await noted(tx, { terminal, operator: row.operator }, 'operator.signed out', now)
  })
}

export const forgetChallenges = (tx: Queries, now: number): Promise<number> =>
  tx.run('DELETE FROM operator_challenge WHERE expires_at <= ?', now)

/** Who was not let in is a line of the log too: at which terminal, and why. */
async function refusedOnRecord<T>({ store, clock }: Context, { id }: Terminal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const entry = {
      terminal: id,
      procedure: 'operator.refused',
      holder: '',
      object: `terminal ${id}`,
      result: error.code,
    }
    await store.transaction((tx) => record(tx, entry, clock.now()))
    throw error
  }
}

const tokenHash = (token: string): Uint8Array => Uint8Array.from(createHash('sha256').update(token).digest())

const operatorBy = async (store: Reads, id: string): Promise<OperatorRow> =>
  (await store.get<OperatorRow>('SELECT * FROM operator WHERE id = ?', id)) as OperatorRow

/** Enabled, of this town, and with a staff card that – where our own authority issued it – is still good. */
async function mayWork(tx: Reads, operator: OperatorRow, terminal: Terminal, now: number): Promise<void> {
  if (operator.enabled !== 1) throw new Refusal('unknownOperator')
  if (operator.town !== '' && terminal.town !== '' && operator.town !== terminal.town)
    throw new Refusal('operatorElsewhere')
  const known = await tx.all<{ state: string; not_after: number }>(
    'SELECT state, not_after FROM cert WHERE key_hash = ?',
    sha256(operator.public_key),
  )
  const good = known.some(({ state, not_after }) => state === 'active' && not_after >= now)
  if (known.length > 0 && !good) throw new Refusal('staffCardEnded')
}

function keyOf(certificate: Uint8Array): Uint8Array {
  const parsed = parseCertificate(certificate)
  if (!parsed.ok) throw new Refusal('badInput', 'body.certificate')
  return parsed.value.publicKey.spki
}

const noted = (tx: Queries, by: Actor, procedure: string, now: number): Promise<number> =>
  record(tx, { ...by, procedure, holder: '', object: `operator ${by.operator}`, result: 'done' }, now)
