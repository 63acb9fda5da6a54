/** Revocation lists, one per municipality and one of everything, daily and on demand (F37, rule 13). */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseCrl } from '../../pki/crl.ts'
import { buildCrl, type RevokedColumns } from '../../pki/crl-build.ts'
import { distributionPointOf } from '../../pki/jpki-names.ts'
import { crlAddress, type IssuingAuthority } from '../ca/issuers.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { CrashHook } from '../store/crash-point.ts'
import type { Migration } from '../store/migrate.ts'
import type { Queries, Reads } from '../store/store.ts'
import { townOf } from '../towns/gate.ts'

export const CRL_CRASH_POINTS = [
  'crl.number taken',
  'crl.signed',
  'crl.file begun',
  'crl.file written',
  'crl.file synced',
  'crl.file renamed',
  'crl.published',
] as const

export const crlTables: Migration = {
  name: 'crl',
  statements: [
    `CREATE TABLE crl_shard (
      issuer TEXT NOT NULL REFERENCES issuer (id), shard TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL,
      PRIMARY KEY (issuer, shard))`,
  ],
}

/** The shard that holds every municipality. */
export const WHOLE = 'all'
/** Lists are made daily; a list stays usable two days, so that one missed night stops nobody. */
export const CRL_PERIOD_MS = 24 * 3_600_000
const CRL_VALID_MS = 2 * CRL_PERIOD_MS
/** An entry stays on the list this long after the certificate has expired (RFC 5280, 3.3: at least one list more). */
const KEEP_EXPIRED_MS = 2 * CRL_PERIOD_MS

/** How fresh a list is: revoked today is still good on today's list (F37/F38), so every answer from a list says this. */
export interface Freshness {
  readonly issuer: string
  readonly shard: string
  readonly number: number
  readonly thisUpdate: number
  readonly nextUpdate: number
  readonly entries: number
}

/** Rows of a shard as columns, ascending by serial. */
async function revokedColumns(store: Reads, issuer: string, shard: string, now: number): Promise<RevokedColumns> {
  const ended = "issuer = ? AND state IN ('held', 'revoked', 'void') AND not_after >= ?"
  const columns = 'SELECT serial, ended_at, reason FROM cert WHERE'
  const since = now - KEEP_EXPIRED_MS
  interface Ended {
    readonly [column: string]: number
    readonly serial: number
    readonly ended_at: number
    readonly reason: number
  }
  const rows =
    shard === WHOLE
      ? await store.all<Ended>(`${columns} ${ended} ORDER BY serial`, issuer, since)
      : await store.all<Ended>(`${columns} ${ended} AND shard = ? ORDER BY serial`, issuer, since, shard)
  return {
    count: rows.length,
    serials: rows.map(({ serial }) => serial),
    times: rows.map(({ ended_at }) => Math.floor(ended_at / 1000)),
    reasons: rows.map(({ reason }) => reason),
  }
}

export interface PublishedCrl {
  readonly bytes: Uint8Array
  readonly freshness: Freshness
}

export interface CrlPublisher {
  /** Makes and publishes a list now. Throws `unknownMunicipality`. */
  publish(issuer: IssuingAuthority, shard: string): Promise<PublishedCrl>
  /** The published list, made first when there is none or its day is over. */
  current(issuer: IssuingAuthority, shard: string): Promise<PublishedCrl>
}

/** `folder` holds `ISSUER/SHARD.crl`: static files that any web server or cache can serve. */
export function crlPublisher(context: Context, folder: string): CrlPublisher {
  const { store, keys, clock, crash } = context
  const pathOf = (issuer: string, shard: string) => join(folder, issuer, `${shard}.crl`)
  /** One list of a shard at a time in this process; what was published is also kept here. */
  const last = new Map<string, Promise<PublishedCrl | undefined>>()

  async function make(issuer: IssuingAuthority, shard: string): Promise<PublishedCrl> {
    const point = shard === WHOLE ? undefined : shardPoint(issuer, shard)
    const thisUpdate = Math.floor(clock.now() / 1000) * 1000
    const nextUpdate = thisUpdate + CRL_VALID_MS
    // Number and rows in one transaction: a list with a higher number has seen all that a lower one has (rule 13).
    const { number, revoked } = await store.transaction(async (tx) => ({
      number: await takeNumber(tx, issuer.id, shard, thisUpdate),
      revoked: await revokedColumns(tx, issuer.id, shard, thisUpdate),
    }))
    crash('crl.number taken')
    const fields = { issuer, thisUpdate, nextUpdate, number, revoked }
    const bytes = await buildCrl(point === undefined ? fields : { ...fields, distributionPoint: point }, (tbs) =>
      keys.sign(issuer.key, tbs),
    )
    crash('crl.signed')
    const latest = await lastNumber(store, issuer.id, shard)
    if (latest === number) write(pathOf(issuer.id, shard), bytes, crash)
    crash('crl.published')
    return { bytes, freshness: { issuer: issuer.id, shard, number, thisUpdate, nextUpdate, entries: revoked.count } }
  }

  function fromFile(issuer: IssuingAuthority, shard: string): PublishedCrl | undefined {
    const bytes = readIfThere(pathOf(issuer.id, shard))
    const parsed = bytes === undefined ? undefined : parseCrl(bytes)
    if (bytes === undefined || parsed === undefined || !parsed.ok) return undefined
    const { thisUpdate, nextUpdate, revoked, extensions } = parsed.value
    const number = Number(extensions.number ?? 0n)
    return { bytes, freshness: { issuer: issuer.id, shard, number, thisUpdate, nextUpdate, entries: revoked.count } }
  }

  const isOfToday = (published: PublishedCrl | undefined): published is PublishedCrl =>
    published !== undefined && clock.now() - published.freshness.thisUpdate < CRL_PERIOD_MS

  /** One after the other per shard; a failure is the asker's own and leaves what was published before. */
  async function inTurn(issuer: IssuingAuthority, shard: string, onlyIfOld: boolean): Promise<PublishedCrl> {
    if (shard !== WHOLE) townOf(shard)
    const path = pathOf(issuer.id, shard)
    const before = last.get(path) ?? Promise.resolve(fromFile(issuer, shard))
    const mine = before.then((known) => (onlyIfOld && isOfToday(known) ? known : make(issuer, shard)))
    last.set(
      path,
      mine.catch(() => before),
    )
    return mine
  }

  return {
    publish: (issuer, shard) => inTurn(issuer, shard, false),
    current: (issuer, shard) => inTurn(issuer, shard, true),
  }
}

/** Rule 13: number = max(previous + 1, seconds), whoever publishes. */
async function takeNumber(tx: Queries, issuer: string, shard: string, thisUpdate: number): Promise<number> {
  const previous = await lastNumber(tx, issuer, shard)
  const number = Math.max((previous ?? 0) + 1, Math.floor(thisUpdate / 1000))
  const statement =
    previous === undefined
      ? 'INSERT INTO crl_shard (number, at, issuer, shard) VALUES (?, ?, ?, ?)'
      : 'UPDATE crl_shard SET number = ?, at = ? WHERE issuer = ? AND shard = ?'
  await tx.run(statement, number, thisUpdate, issuer, shard)
  return number
}

async function lastNumber(store: Reads, issuer: string, shard: string): Promise<number | undefined> {
  const row = await store.get<{ number: number }>(
    'SELECT number FROM crl_shard WHERE issuer = ? AND shard = ?',
    issuer,
    shard,
  )
  return row?.number
}

/** The same names as in the certificates of that municipality. */
function shardPoint(issuer: IssuingAuthority, shard: string) {
  const town = townOf(shard)
  const name = distributionPointOf(issuer.authority, town.romanPrefecture, town.romanName)
  return { name, url: crlAddress(issuer, shard) }
}

function write(path: string, bytes: Uint8Array, crash: CrashHook): void {
  mkdirSync(join(path, '..'), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w', 0o644)
  crash('crl.file begun')
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    crash('crl.file written')
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  crash('crl.file synced')
  renameSync(temporary, path)
  crash('crl.file renamed')
  const directory = openSync(join(path, '..'), 'r')
  fsyncSync(directory)
  closeSync(directory)
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** The authority with this id. Throws `unknownIssuer`. */
export function issuerById(issuers: readonly IssuingAuthority[], id: string): IssuingAuthority {
  const issuer = issuers.find((candidate) => candidate.id === id)
  if (issuer === undefined) throw new Refusal('unknownIssuer')
  return issuer
}
