/** The outbox (no broker): what must happen after a commit is a row of that commit, done at least once (rule 12). */
import { type CrashHook, neverCrash } from './crash-point.ts'
import { newId } from './ids.ts'
import type { Migration } from './migrate.ts'
import type { Queries, Store } from './store.ts'

export const OUTBOX_CRASH_POINTS = ['outbox.claimed', 'outbox.handled', 'outbox.done'] as const

export const outboxTables: Migration = {
  name: 'outbox',
  statements: [
    `CREATE TABLE outbox (
      id TEXT PRIMARY KEY, topic TEXT NOT NULL, payload TEXT NOT NULL, at BIGINT NOT NULL,
      tries BIGINT NOT NULL, due_at BIGINT NOT NULL)`,
    'CREATE INDEX outbox_due ON outbox (due_at)',
  ],
}

/** Puts a message into the transaction `tx`. The payload is JSON without personal data. */
export const post = (tx: Queries, topic: string, payload: unknown, now: number): Promise<number> =>
  tx.run(
    'INSERT INTO outbox (id, topic, payload, at, tries, due_at) VALUES (?, ?, ?, ?, 0, ?)',
    newId(now),
    topic,
    JSON.stringify(payload),
    now,
    now,
  )

export type Handlers = Readonly<Record<string, (payload: unknown) => Promise<void>>>

interface Message {
  readonly [column: string]: string | number
  readonly id: string
  readonly topic: string
  readonly payload: string
  readonly tries: number
  readonly due_at: number
}

/** How long a claim lasts: a process that dies while handling leaves the message to the next one after this. */
const CLAIM_MS = 30_000
const RETRY_BASE_MS = 500
const RETRY_MAX_MS = 60_000

/**
 * Handles up to `limit` due messages, oldest first; returns how many were done. A handler that throws leaves its message for
 * later, ever later; a handler may see a message twice and must not mind.
 */
export async function deliver(
  store: Store,
  handlers: Handlers,
  now: () => number,
  crash: CrashHook = neverCrash,
  limit = 100,
): Promise<number> {
  const due = await store.all<Message>(
    'SELECT id, topic, payload, tries, due_at FROM outbox WHERE due_at <= ? ORDER BY due_at, id LIMIT ?',
    now(),
    limit,
  )
  let done = 0
  for (const message of due) {
    const claimed = await store.transaction((tx) =>
      tx.run(
        'UPDATE outbox SET due_at = ?, tries = tries + 1 WHERE id = ? AND due_at = ?',
        now() + CLAIM_MS,
        message.id,
        message.due_at,
      ),
    )
    if (claimed === 0) continue
    crash('outbox.claimed')
    try {
      const handle = handlers[message.topic]
      if (handle === undefined) throw new Error(`no handler for the outbox topic ${message.topic}`)
      await handle(JSON.parse(message.payload))
      crash('outbox.handled')
      await store.transaction((tx) => tx.run('DELETE FROM outbox WHERE id = ?', message.id))
      done++
      crash('outbox.done')
    } catch {
      const wait = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** message.tries)
      await store.transaction((tx) => tx.run('UPDATE outbox SET due_at = ? WHERE id = ?', now() + wait, message.id))
    }
  }
  return done
}
