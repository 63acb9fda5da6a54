/** What every role runs: the store, the keys, the authorities, and what they say of certificates. */
import type { KeyObject } from 'node:crypto'
import { type Clock, systemClock } from '../base/clock.ts'
import { mustBeReapplied } from './audit/reapply.ts'
import type { CeremonyFile } from './ca/ceremony.ts'
import { issuingGuard } from './ca/guard.ts'
import type { IssueParts } from './ca/issue.ts'
import { adoptResponders, type IssuingAuthority, loadIssuers } from './ca/issuers.ts'
import { serialAllocator } from './ca/serials.ts'
import type { Context } from './context.ts'
import type { MasterCmac } from './keys/card-keys.ts'
import { systemChance } from './keys/chance.ts'
import { pkcs11Keys } from './keys/pkcs11.ts'
import type { Token } from './keys/pkcs11-token.ts'
import { sealer } from './keys/seal.ts'
import type { Secrets } from './keys/signer.ts'
import { mustOpen, softwareKeys } from './keys/software.ts'
import { MIGRATIONS } from './schema.ts'
import { type CrlPublisher, crlPublisher } from './status/crl.ts'
import { type OcspResponder, ocspResponder } from './status/ocsp.ts'
import { type SnapshotPublisher, snapshotPublisher } from './status/snapshot-publisher.ts'
import { type ValidityService, validityService } from './status/validity.ts'
import { type CrashHook, neverCrash } from './store/crash-point.ts'
import { migrate } from './store/migrate.ts'
import { openStore, type StorePlace } from './store/open.ts'

export interface CoreOptions {
  readonly place: StorePlace
  readonly master: KeyObject
  /** Where revocation lists are published as files. */
  readonly crlFolder: string
  /** Authorities to make when they do not exist yet. */
  readonly ceremony?: CeremonyFile
  readonly clock?: Clock
  readonly crash?: CrashHook
  /** At night (F22b); they do unless told. */
  readonly kiosksRest?: boolean
  /** The token with the keys, where they do not lie in the database. */
  readonly token?: () => Promise<Token>
  /** The signer with all keys, where they lie in another process. */
  readonly signer?: () => Promise<Secrets>
}

export interface Core {
  readonly parts: IssueParts
  readonly issuers: readonly IssuingAuthority[]
  readonly ocsp: OcspResponder
  readonly lists: CrlPublisher
  readonly validity: ValidityService
  readonly snapshots: SnapshotPublisher
  /** Takes over what other processes on this database have renewed. */
  watch(): Promise<void>
  /** The token with the keys, if there is one. */
  readonly token: Token | undefined
  /** The cards' master key, where a signer has it. */
  readonly cardMaster: MasterCmac | undefined
  close(): Promise<void>
}

/** Opens, migrates, holds the ceremony if authorities are missing. Throws `StoreRefused` with a sentence for the operator. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const store = openStore(options.place)
  const { clock = systemClock, crash = neverCrash, kiosksRest = true } = options
  try {
    await migrate(store, MIGRATIONS, clock.now())
    await mustBeReapplied(store)
    const own = sealer(options.master, 'authority keys')
    await mustOpen(store, own)
    const token = await options.token?.()
    const signer = await options.signer?.()
    const keys = signer?.keys ?? (token === undefined ? softwareKeys(store, own, clock) : pkcs11Keys(token))
    const personal = sealer(options.master, 'personal data')
    const context = { store, keys, personal, clock, random: systemChance(), crash, kiosksRest }
    const issuers = await authorities(context, options.ceremony)
    const parts: IssueParts = {
      ...context,
      issuers,
      guard: await issuingGuard(context),
      nextIndex: serialAllocator(store),
    }
    const lists = crlPublisher(context, options.crlFolder)
    return {
      parts,
      issuers,
      ocsp: ocspResponder(context, issuers),
      lists,
      validity: validityService(context, issuers, lists),
      snapshots: snapshotPublisher(context),
      token,
      cardMaster: signer?.cardMaster,
      watch: () => adoptResponders(store, issuers),
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

/** The ceremony is only loaded where one is to be held. */
async function authorities(context: Context, file?: CeremonyFile): Promise<readonly IssuingAuthority[]> {
  const known = await loadIssuers(context.store)
  const missing = file?.authorities.some(
    ({ authority, generation }) => !known.some((one) => one.authority === authority && one.generation === generation),
  )
  if (file === undefined || missing !== true) return known
  const { holdCeremony } = await import('./ca/ceremony.ts')
  await holdCeremony(context, file)
  return loadIssuers(context.store)
}
