/** The whole backend: the core with the rooms of the business over one store, for any door. */
import { checkpoint } from './audit/log.ts'
import type { IssueParts } from './ca/issue.ts'
import { tendResponders } from './ca/responder.ts'
import type { StatusChange } from './ca/states.ts'
import { sweep } from './ca/sweep.ts'
import { type People, people } from './cards/people.ts'
import { type Core, type CoreOptions, openCore } from './core.ts'
import { cardKeys, softwareMaster } from './keys/card-keys.ts'
import { pkcs11Master } from './keys/pkcs11-master.ts'
import { sealer } from './keys/seal.ts'
import { type Operators, operators } from './operators/operators.ts'
import { forgetChallenges } from './operators/sign-in.ts'
import { forgetSessions } from './scripts/journal.ts'
import { type ScriptService, scriptService } from './scripts/service.ts'
import { CRL_PERIOD_MS } from './status/crl.ts'
import { forgetReplies } from './store/idempotency.ts'
import { deliver } from './store/outbox.ts'

export interface BackendOptions extends CoreOptions {
  /** Nobody and nothing here is real: a simulated comparison of faces counts. */
  readonly simulation?: boolean
}

export interface Backend extends Core {
  readonly people: People
  readonly operators: Operators
  readonly simulation: boolean
  readonly scripts: ScriptService
  /** One round of everything that is done without being asked: sweeper, outbox, lists that are due, old replies. */
  tend(): Promise<void>
}

/** Replies to idempotency keys are kept this long. */
const REPLIES_KEPT_MS = 30 * 24 * 3_600_000

/** The core and the business. Throws `StoreRefused` with a sentence for the operator. */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  return withBusiness(await openCore(options), options)
}

/** The rooms of the business on an open core; opens nothing itself. */
export function withBusiness(core: Core, options: BackendOptions): Backend {
  const { parts, token, cardMaster } = core
  const registry = people(options.master)
  const cardSealer = sealer(options.master, 'card keys')
  const master =
    cardMaster ?? (token === undefined ? softwareMaster(parts.store, cardSealer, parts.clock) : pkcs11Master(token))
  return {
    ...core,
    people: registry,
    operators: operators(options.master),
    simulation: options.simulation ?? false,
    scripts: scriptService({ parts, people: registry, cardKeys: cardKeys(master), sealed: cardSealer }),
    tend: () => tend(core),
  }
}

async function tend({ parts, issuers, lists, ocsp }: Core): Promise<void> {
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
  await tendResponders(parts)
}

/** The log is signed at least this often while it grows. */
const CHECKPOINT_MS = 60_000

async function checkpointIsDue({ store, clock }: IssueParts): Promise<boolean> {
  const last = await store.get<{ at: number }>('SELECT at FROM checkpoint ORDER BY size DESC LIMIT 1')
  return clock.now() - (last?.at ?? 0) >= CHECKPOINT_MS
}
