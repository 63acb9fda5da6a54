/** Idempotency keys (rule 7): the same key and body give the stored reply, another body is a conflict. */
import { createHash } from 'node:crypto'
import type { Migration } from './migrate.ts'
import type { Queries } from './store.ts'

export const idempotencyTables: Migration = {
  name: 'idempotency',
  statements: [
    `CREATE TABLE idempotency (
      actor TEXT NOT NULL, key TEXT NOT NULL, body_hash BYTEA NOT NULL,
      reply TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (actor, key))`,
    'CREATE INDEX idempotency_at ON idempotency (at)',
  ],
}

/** A request as its sender names it: who, which key, and what was asked (route and body as one text). */
export interface Request {
  readonly actor: string
  readonly key: string
  readonly body: string
}

/** The key was used before for another body. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused'
}

/**
 * Answers `request` once: in the transaction `tx`, either the stored reply of an earlier one or `work`'s, stored with whatever
 * `work` wrote. `work` must answer with JSON. Throws `KeyReused`.
 */
export async function idempotent<T>(tx: Queries, request: Request, now: number, work: () => Promise<T>): Promise<T> {
  const stored = await storedReply<T>(tx, request)
  if (stored !== undefined) return stored.reply
  const reply = await work()
  await tx.run(
    'INSERT INTO idempotency (actor, key, body_hash, reply, at) VALUES (?, ?, ?, ?, ?)',
    request.actor,
    request.key,
    bodyHash(request),
    JSON.stringify(reply),
    now,
  )
  return reply
}

/** The reply given before, if there was one. Throws `KeyReused`. */
export async function storedReply<T>(tx: Queries, request: Request): Promise<{ readonly reply: T } | undefined> {
  const row = await tx.get<{ body_hash: Uint8Array; reply: string }>(
    'SELECT body_hash, reply FROM idempotency WHERE actor = ? AND key = ?',
    request.actor,
    request.key,
  )
  if (row === undefined) return undefined
  if (Buffer.compare(row.body_hash, bodyHash(request)) !== 0)
    throw new KeyReused('this idempotency key belongs to another request')
  return { reply: JSON.parse(row.reply) as T }
}

export const bodyHash = (request: Request): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(request.body).digest())

/** Forgets replies older than `before`; returns how many. */
export const forgetReplies = (tx: Queries, before: number): Promise<number> =>
  tx.run('DELETE FROM idempotency WHERE at < ?', before)
