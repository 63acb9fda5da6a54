/** One line of the GlobalPlatform registry (GPCS 2.3.1, 6.5), and its coding in the cell `gp/registry`. */
import { equal, toUint, uint } from '../../src/base/bytes.ts'
import { findTlv, parseTlvs, tlv } from '../../src/base/tlv.ts'
import { encodePrivileges } from './privileges.ts'

/** An executable load file (a Java Card package). */
export interface PackageEntry {
  readonly kind: 'package'
  readonly aid: Uint8Array
  /** The security domain it is associated with. */
  readonly domain: Uint8Array
  readonly version: { readonly major: number; readonly minor: number }
  /** AIDs of its executable modules (applet classes). */
  readonly modules: readonly Uint8Array[]
  /** AIDs of the packages it is linked to. */
  readonly imports: readonly Uint8Array[]
  /** Made with the card: cannot be deleted. */
  readonly builtIn: boolean
}

/** Memory in bytes: what is set aside, and what may not be passed (GPCS 2.3.1, 9.7). */
export interface MemoryLimits {
  readonly volatileQuota?: number
  readonly nonVolatileQuota?: number
  readonly volatileReserved?: number
  readonly nonVolatileReserved?: number
}

/** An application or security domain. */
export interface InstanceEntry {
  readonly kind: 'instance'
  readonly aid: Uint8Array
  readonly domain: Uint8Array
  readonly package: Uint8Array
  readonly module: Uint8Array
  readonly life: number
  readonly privileges: number
  readonly limits: MemoryLimits
  readonly builtIn: boolean
}

export type Entry = PackageEntry | InstanceEntry

/** Tags of GET STATUS (GPCS 2.3.1, table 11-36) and of the system specific parameters (table 11-49). */
export const TAG = {
  AID: 0x4f,
  LIFE_CYCLE: 0x9f70,
  PRIVILEGES: 0xc5,
  PACKAGE: 0xc4,
  MODULE: 0x84,
  VERSION: 0xce,
  DOMAIN: 0xcc,
  VOLATILE_QUOTA: 0xc7,
  NON_VOLATILE_QUOTA: 0xc8,
  VOLATILE_RESERVED: 0xd7,
  NON_VOLATILE_RESERVED: 0xd8,
} as const

const INSTANCE = 0xe3
const PACKAGE = 0xe5
const IMPORT = 0x86

/** The four limits and their tags, in one place. */
export const LIMITS = [
  ['volatileQuota', TAG.VOLATILE_QUOTA],
  ['nonVolatileQuota', TAG.NON_VOLATILE_QUOTA],
  ['volatileReserved', TAG.VOLATILE_RESERVED],
  ['nonVolatileReserved', TAG.NON_VOLATILE_RESERVED],
] as const

export function encodeEntry(entry: Entry): Uint8Array {
  if (entry.kind === 'package') {
    const { aid, domain, version, modules, imports } = entry
    return tlv(
      PACKAGE,
      tlv(TAG.AID, aid),
      tlv(TAG.DOMAIN, domain),
      tlv(TAG.VERSION, Uint8Array.of(version.major, version.minor)),
      ...modules.map((module) => tlv(TAG.MODULE, module)),
      ...imports.map((imported) => tlv(IMPORT, imported)),
    )
  }
  const { aid, domain, module, life, privileges, limits } = entry
  return tlv(
    INSTANCE,
    tlv(TAG.AID, aid),
    tlv(TAG.DOMAIN, domain),
    tlv(TAG.PACKAGE, entry.package),
    tlv(TAG.MODULE, module),
    tlv(TAG.LIFE_CYCLE, uint(life, 1)),
    tlv(TAG.PRIVILEGES, encodePrivileges(privileges)),
    ...LIMITS.flatMap(([name, tag]) => {
      const limit = limits[name]
      return limit === undefined ? [] : [tlv(tag, uint(limit, 4))]
    }),
  )
}

/** The entries of a registry cell. What this chip wrote it can read; anything else is a damaged image. */
export function decodeEntries(cell: Uint8Array): readonly Entry[] {
  return (parseTlvs(cell) ?? damaged()).map(({ tag, value }) => {
    const objects = parseTlvs(value) ?? damaged()
    const need = (wanted: number) => findTlv(objects, wanted) ?? damaged()
    const all = (wanted: number) => objects.filter((object) => object.tag === wanted).map((object) => object.value)
    const common = { aid: need(TAG.AID), domain: need(TAG.DOMAIN), builtIn: false }
    if (tag === PACKAGE) {
      const [major = 0, minor = 0] = need(TAG.VERSION)
      return { kind: 'package', ...common, version: { major, minor }, modules: all(TAG.MODULE), imports: all(IMPORT) }
    }
    return {
      kind: 'instance',
      ...common,
      package: need(TAG.PACKAGE),
      module: need(TAG.MODULE),
      life: toUint(need(TAG.LIFE_CYCLE)),
      privileges: toUint(need(TAG.PRIVILEGES)),
      limits: limitsOf(objects),
    }
  })
}

/** Limits among some data objects; a value of more than four bytes is none. */
export function limitsOf(objects: NonNullable<ReturnType<typeof parseTlvs>>): MemoryLimits {
  return Object.fromEntries(
    LIMITS.flatMap(([name, tag]) => {
      const value = findTlv(objects, tag)
      return value === undefined ? [] : [[name, toUint(value)]]
    }),
  )
}

function damaged(): never {
  throw new Error('globalplatform: the registry cell is damaged')
}

export const sameAid = (aid: Uint8Array) => (entry: { readonly aid: Uint8Array }) => equal(entry.aid, aid)
