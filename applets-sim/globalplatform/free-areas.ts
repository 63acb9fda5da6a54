/**
 * The card's two areas for later applications (requirement F27, facts 1.1, 2.9): a supplementary security domain each, with keys and a quota of
 * its own. Each decides about its own content and about nothing else.
 */
import { fromHex } from '../../src/base/hex.ts'
import type { InstanceEntry, MemoryLimits } from './entry.ts'
import { PERSONALIZED } from './life-cycle.ts'
import { PRIVILEGE } from './privileges.ts'
import { DOMAIN_MODULE, DOMAIN_PACKAGE } from './registry.ts'

/** 空き領域: applications of private and public bodies, loaded nationwide. */
export const FREE_AREA = fromHex('F04D444700A1')
/** 条例利用領域: the municipality's own applications. */
export const ORDINANCE_AREA = fromHex('F04D444700A2')

const area = (isd: Uint8Array, aid: Uint8Array, limits: MemoryLimits): InstanceEntry => ({
  kind: 'instance',
  aid,
  domain: isd,
  package: DOMAIN_PACKAGE,
  module: DOMAIN_MODULE,
  life: PERSONALIZED,
  privileges: PRIVILEGE.SECURITY_DOMAIN | PRIVILEGE.AUTHORIZED_MANAGEMENT,
  limits,
  builtIn: false,
})

/** Registry entries for a new card's image; sizes are ours, the real ones are not public (facts 2.9). */
export const freeAreas = (isd: Uint8Array): readonly InstanceEntry[] => [
  area(isd, FREE_AREA, { nonVolatileQuota: 0xc000, volatileQuota: 0x800 }),
  area(isd, ORDINANCE_AREA, { nonVolatileQuota: 0x8000, volatileQuota: 0x400 }),
]
