/** Publishes status snapshots hourly, keeps a day of them in the database, and makes deltas from any that is kept. */
import type { IssuingAuthority } from '../ca/issuers.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { Migration } from '../store/migrate.ts'
import { type Reads, UniqueViolation } from '../store/store.ts'
import { deltaPayload, readStatus, type Snapshot, signedStatus, snapshotPayload, takeSnapshot } from './snapshot.ts'

export const snapshotTables: Migration = {
  name: 'status snapshots',
  statements: [
    `CREATE TABLE status_snapshot (
      issuer TEXT NOT NULL REFERENCES issuer (id), number BIGINT NOT NULL, at BIGINT NOT NULL, payload BYTEA NOT NULL,
      PRIMARY KEY (issuer, number))`,
  ],
}

export const SNAPSHOT_PERIOD_MS = 3_600_000
const KEPT = 25

export interface SnapshotPublisher {
  /** The newest snapshot as a signed file, made when there is none or the hour is over. */
  snapshot(issuer: IssuingAuthority): Promise<{ readonly file: Uint8Array; readonly number: number }>
  /** From an earlier snapshot to the newest, as a signed file. Throws `unknownSnapshot`: then take the whole one. */
  delta(issuer: IssuingAuthority, from: number): Promise<{ readonly file: Uint8Array; readonly number: number }>
}

/** All processes on one database publish the same series; what was read or made is also kept here. */
export function snapshotPublisher(context: Context): SnapshotPublisher {
  const { store, clock } = context
  const kept = new Map<string, Snapshot>()
  const nameOf = (issuer: string, number: number) => `${issuer} ${number}`

  async function read(issuer: string, number: number): Promise<Snapshot | undefined> {
    const known = kept.get(nameOf(issuer, number))
    if (known !== undefined) return known
    const row = await store.get<{ payload: Uint8Array }>(
      'SELECT payload FROM status_snapshot WHERE issuer = ? AND number = ?',
      issuer,
      number,
    )
    const snapshot = row && readStatus(row.payload)
    if (snapshot !== undefined) keep(issuer, snapshot)
    return snapshot
  }

  function keep(issuer: string, snapshot: Snapshot): void {
    kept.set(nameOf(issuer, snapshot.number), snapshot)
    const own = [...kept.keys()].filter((name) => name.startsWith(`${issuer} `))
    for (const name of own.slice(0, -KEPT)) kept.delete(name)
  }

  async function newest(issuer: IssuingAuthority): Promise<Snapshot> {
    const last = await lastOf(store, issuer.id)
    if (last !== undefined && clock.now() - last.at < SNAPSHOT_PERIOD_MS) {
      const snapshot = await read(issuer.id, last.number)
      if (snapshot !== undefined) return snapshot
    }
    const made = await takeSnapshot(context, issuer, last?.number)
    let first = true
    try {
      first = await store.transaction(async (tx) => {
        if ((await lastOf(tx, issuer.id))?.number !== last?.number) return false
        await tx.run(
          'INSERT INTO status_snapshot (issuer, number, at, payload) VALUES (?, ?, ?, ?)',
          ...[issuer.id, made.number, made.thisUpdate, snapshotPayload(made)],
        )
        const old = await tx.all<{ number: number }>(
          'SELECT number FROM status_snapshot WHERE issuer = ? ORDER BY number DESC LIMIT 1000',
          issuer.id,
        )
        for (const { number } of old.slice(KEPT))
          await tx.run('DELETE FROM status_snapshot WHERE issuer = ? AND number = ?', issuer.id, number)
        return true
      })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      first = false
    }
    // Another process made this hour's: theirs counts.
    if (!first) return newest(issuer)
    keep(issuer.id, made)
    return made
  }

  /** One at a time for an authority in this process. */
  const running = new Map<string, Promise<Snapshot>>()
  function current(issuer: IssuingAuthority): Promise<Snapshot> {
    const started = running.get(issuer.id) ?? newest(issuer).finally(() => running.delete(issuer.id))
    running.set(issuer.id, started)
    return started
  }

  return {
    async snapshot(issuer) {
      const last = await current(issuer)
      return { file: await signedStatus(context, issuer, snapshotPayload(last)), number: last.number }
    },
    async delta(issuer, from) {
      const last = await current(issuer)
      const earlier = Number.isSafeInteger(from) ? await read(issuer.id, from) : undefined
      if (earlier === undefined) throw new Refusal('unknownSnapshot')
      return { file: await signedStatus(context, issuer, deltaPayload(earlier, last)), number: last.number }
    },
  }
}

const lastOf = (store: Reads, issuer: string) =>
  store.get<{ number: number; at: number }>(
    'SELECT number, at FROM status_snapshot WHERE issuer = ? ORDER BY number DESC LIMIT 1',
    issuer,
  )
