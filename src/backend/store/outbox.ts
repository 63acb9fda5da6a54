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

/** Messages looked up at once, and handled side by side: their claims share commits. */
const AT_ONCE = 100

/**
 * Handles the messages that are due, oldest first, until none is left; returns how many were done. A handler that throws leaves its
 * message for later, ever later; a handler may see a message twice and must not mind.
 */
export async function deliver(
  store: Store,
  handlers: Handlers,
  now: () => number,
  crash: CrashHook = neverCrash,
): Promise<number> {
  for (let done = 0; ; ) {
    const due = await store.all<Message>(
      'SELECT id, topic, payload, tries, due_at FROM outbox WHERE due_at <= ? ORDER BY due_at, id LIMIT ?',
      now(),
      AT_ONCE,
    )
    const handled = await Promise.all(due.map((message) => deliverOne(store, handlers, now, crash, message)))
    done += handled.filter((one) => one).length
    if (due.length < AT_ONCE) return done
  }
}

async function deliverOne(
  store: Store,
  handlers: Handlers,
  now: () => number,
  crash: CrashHook,
  { id, topic, payload, tries, due_at: due }: Message,
): Promise<boolean> {
  const claimed = await store.transaction((tx) =>
    tx.run(
      'UPDATE outbox SET due_at = ?, tries = tries + 1 WHERE id = ? AND due_at = ?',
      ...[now() + CLAIM_MS, id, due],
    ),
  )
  if (claimed === 0) return false
  crash('outbox.claimed')
  try {
    const handle = handlers[topic]
    if (handle === undefined) throw new Error(`no handler for the outbox topic ${topic}`)
    await handle(JSON.parse(payload))
    crash('outbox.handled')
    await store.transaction((tx) => tx.run('DELETE FROM outbox WHERE id = ?', id))
    crash('outbox.done')
    return true
  } catch {
    const wait = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** tries)
    await store.transaction((tx) => tx.run('UPDATE outbox SET due_at = ? WHERE id = ?', now() + wait, id))
    return false
  }
}
