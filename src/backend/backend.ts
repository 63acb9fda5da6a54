/** The backend put together: rooms over one store, for any door. */
import type { KeyObject } from 'node:crypto'
import { type Clock, systemClock } from '../base/clock.ts'
import { checkpoint } from './audit/log.ts'
import { type CeremonyFile, holdCeremony } from './ca/ceremony.ts'
import { issuingGuard } from './ca/guard.ts'
import type { IssueParts } from './ca/issue.ts'
import { type IssuingAuthority, loadIssuers } from './ca/issuers.ts'
import { serialAllocator } from './ca/serials.ts'
import type { StatusChange } from './ca/states.ts'
import { sweep } from './ca/sweep.ts'
import { type People, people } from './cards/people.ts'
import { cardKeys, softwareMaster } from './keys/card-keys.ts'
import { systemChance } from './keys/chance.ts'
import { pkcs11Keys } from './keys/pkcs11.ts'
import { pkcs11Master } from './keys/pkcs11-master.ts'
import type { Token } from './keys/pkcs11-token.ts'
import { sealer } from './keys/seal.ts'
import { softwareKeys } from './keys/software.ts'
import { type Operators, operators } from './operators/operators.ts'
import { forgetChallenges } from './operators/sign-in.ts'
import { MIGRATIONS } from './schema.ts'
import { forgetSessions } from './scripts/journal.ts'
import { type ScriptService, scriptService } from './scripts/service.ts'
import { CRL_PERIOD_MS, type CrlPublisher, crlPublisher } from './status/crl.ts'
import { type OcspResponder, ocspResponder } from './status/ocsp.ts'
import { type SnapshotPublisher, snapshotPublisher } from './status/snapshot-publisher.ts'
import { type ValidityService, validityService } from './status/validity.ts'
import { type CrashHook, neverCrash } from './store/crash-point.ts'
import { forgetReplies } from './store/idempotency.ts'
import { migrate } from './store/migrate.ts'
import { openStore, type StorePlace } from './store/open.ts'
import { deliver } from './store/outbox.ts'

export interface BackendOptions {
  readonly place: StorePlace
  readonly master: KeyObject
  /** Where revocation lists are published as files. */
  readonly crlFolder: string
  /** Authorities to make when they do not exist yet. */
  readonly ceremony?: CeremonyFile
  readonly clock?: Clock
  readonly crash?: CrashHook
  /** Nobody and nothing here is real: a simulated comparison of faces counts. */
  readonly simulation?: boolean
  /** The token with the keys, where they do not lie in the database. */
  readonly token?: () => Promise<Token>
}

export interface Backend {
  readonly parts: IssueParts
  readonly people: People
  readonly operators: Operators
  readonly simulation: boolean
  readonly issuers: readonly IssuingAuthority[]
  readonly ocsp: OcspResponder
  readonly lists: CrlPublisher
  readonly validity: ValidityService
  readonly snapshots: SnapshotPublisher
  readonly scripts: ScriptService
  /** One round of everything that is done without being asked: sweeper, outbox, lists that are due, old replies. */
  tend(): Promise<void>
  close(): Promise<void>
}

/** Replies to idempotency keys are kept this long. */
const REPLIES_KEPT_MS = 30 * 24 * 3_600_000

/** Opens, migrates, holds the ceremony if asked. Throws `StoreRefused` with a sentence for the operator. */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const store = openStore(options.place)
  const clock = options.clock ?? systemClock
  try {
    await migrate(store, MIGRATIONS, clock.now())
    const token = await options.token?.()
    const keys =
      token === undefined ? softwareKeys(store, sealer(options.master, 'authority keys'), clock) : pkcs11Keys(token)
    const context = { store, keys, clock, random: systemChance(), crash: options.crash ?? neverCrash }
    if (options.ceremony !== undefined) await holdCeremony(context, options.ceremony)
    const issuers = await loadIssuers(store)
    const parts: IssueParts = {
      ...context,
      issuers,
      guard: await issuingGuard(context),
      nextIndex: serialAllocator(store),
    }
    const registry = people(options.master)
    const cardSealer = sealer(options.master, 'card keys')
    const master = token === undefined ? softwareMaster(store, cardSealer, clock) : pkcs11Master(token)
    const lists = crlPublisher(context, options.crlFolder)
    const ocsp = ocspResponder(context, issuers)
    return {
      parts,
      people: registry,
      operators: operators(options.master),
      simulation: options.simulation ?? false,
      issuers,
      ocsp,
      lists,
      validity: validityService(context, issuers, lists),
      snapshots: snapshotPublisher(context),
      scripts: scriptService({ parts, people: registry, cardKeys: cardKeys(master), sealed: cardSealer }),
      tend: () => tend(parts, issuers, lists, ocsp),
      async close() {
        await keys.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function tend(
  parts: IssueParts,
  issuers: readonly IssuingAuthority[],
  lists: CrlPublisher,
  ocsp: OcspResponder,
): Promise<void> {
  const { store, clock } = parts
  await sweep(parts)
  if (await checkpointIsDue(parts)) await checkpoint(parts)
  const certificate = (payload: unknown) => {
    const { issuer, serial } = payload as StatusChange
    return ocsp.refresh(issuer, serial)
  }
  await deliver(store, { certificate }, () => clock.now(), parts.crash)
  const due = await store.all<{ issuer: string; shard: string }>(
    'SELECT issuer, shard FROM crl_shard WHERE at <= ?',
    clock.now() - CRL_PERIOD_MS,
  )
  for (const { issuer, shard } of due) {
    const authority = issuers.find(({ id }) => id === issuer)
    if (authority !== undefined) await lists.current(authority, shard)
  }
  await store.transaction((tx) => forgetReplies(tx, clock.now() - REPLIES_KEPT_MS))
  await store.transaction((tx) => forgetSessions(tx, clock.now()))
  await store.transaction((tx) => forgetChallenges(tx, clock.now()))
}

/** The log is signed at least this often while it grows. */
const CHECKPOINT_MS = 60_000

async function checkpointIsDue({ store, clock }: IssueParts): Promise<boolean> {
  const last = await store.get<{ at: number }>('SELECT at FROM checkpoint ORDER BY size DESC LIMIT 1')
  return clock.now() - (last?.at ?? 0) >= CHECKPOINT_MS
}
