/** Publishes status snapshots hourly, keeps a day of them, and makes deltas from any that is kept. */
import type { IssuingAuthority } from '../ca/issuers.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { deltaPayload, type Snapshot, signedStatus, snapshotPayload, takeSnapshot } from './snapshot.ts'

export const SNAPSHOT_PERIOD_MS = 3_600_000
const KEPT = 25

export interface SnapshotPublisher {
  /** The newest snapshot as a signed file, made when there is none or the hour is over. */
  snapshot(issuer: IssuingAuthority): Promise<{ readonly file: Uint8Array; readonly number: number }>
  /** From an earlier snapshot to the newest, as a signed file. Throws `unknownSnapshot`: then take the whole one. */
  delta(issuer: IssuingAuthority, from: number): Promise<{ readonly file: Uint8Array; readonly number: number }>
}

/** Kept in this process: another process numbers its own by the same clock, and a verifier that meets it takes a whole one. */
export function snapshotPublisher(context: Context): SnapshotPublisher {
  const kept = new Map<string, Promise<readonly Snapshot[]>>()

  async function series(issuer: IssuingAuthority): Promise<readonly Snapshot[]> {
    const before = kept.get(issuer.id) ?? Promise.resolve([])
    const next = before.then(async (list) => {
      const last = list.at(-1)
      if (last !== undefined && context.clock.now() - last.thisUpdate < SNAPSHOT_PERIOD_MS) return list
      return [...list, await takeSnapshot(context, issuer, last?.number)].slice(-KEPT)
    })
    kept.set(
      issuer.id,
      next.catch(() => before),
    )
    return next
  }

  return {
    async snapshot(issuer) {
      const last = (await series(issuer)).at(-1) as Snapshot
      return { file: await signedStatus(context, issuer, snapshotPayload(last)), number: last.number }
    },
    async delta(issuer, from) {
      const list = await series(issuer)
      const last = list.at(-1) as Snapshot
      const earlier = list.find(({ number }) => number === from)
      if (earlier === undefined) throw new Refusal('unknownSnapshot')
      return { file: await signedStatus(context, issuer, deltaPayload(earlier, last)), number: last.number }
    },
  }
}
