/** GET STATUS (GPCS 2.3.1, 11.4): the card's registry, page by page. */
import { EMPTY } from '../../base/bytes.ts'
import { findTlv, parseTlvs, type Tlv, tlv } from '../../base/tlv.ts'
import type { Response } from '../../card/command.ts'
import type { Transmit } from '../../card/layers/layer.ts'
import { type GpCommand, gpCommand, perform } from './gp-command.ts'
import { type ElementKind, stateName } from './life-cycle.ts'
import { decodePrivileges, type Privilege } from './privileges.ts'

/** P1 (table 11-33). */
export const SCOPE = { ISSUER: 0x80, APPLICATIONS: 0x40, LOAD_FILES: 0x20, LOAD_FILES_AND_MODULES: 0x10 } as const
export type Scope = keyof typeof SCOPE

export interface RegistryEntry {
  readonly aid: Uint8Array
  readonly kind: ElementKind
  /** The life cycle byte (11.1.1); `stateName(kind, state)` names it. */
  readonly state: number
  readonly privileges: readonly Privilege[]
  /** The security domain it belongs to. */
  readonly domain?: Uint8Array
  /** Applications: the load file they come from. */
  readonly loadFile?: Uint8Array
  /** Load files: major and minor version. */
  readonly version?: readonly [number, number]
  /** Load files, asked for with their modules. */
  readonly modules: readonly Uint8Array[]
}

export interface RegistryPage {
  readonly entries: readonly RegistryEntry[]
  /** More is to be had with the `next` occurrence (6310). */
  readonly more: boolean
}

const GET_STATUS = { name: 'GET STATUS', section: 'GPCS 11.4', ins: 0xf2, accepts: [0x6310, 0x6a88] } as const

/** One page. `match`: an AID or the beginning of one. 6A88 (nothing found) is an empty page. */
export function getStatus(
  scope: Scope,
  occurrence: 'first' | 'next',
  match: Uint8Array = EMPTY,
): GpCommand<RegistryPage> {
  const p2 = occurrence === 'first' ? 0x02 : 0x03
  return gpCommand(GET_STATUS, SCOPE[scope], p2, { data: tlv(0x4f, match), ne: 0x100 }, (answer) => page(scope, answer))
}

/** All pages of one scope. Throws `GpError`. */
export async function readRegistry(
  transmit: Transmit,
  scope: Scope,
  match?: Uint8Array,
): Promise<readonly RegistryEntry[]> {
  const entries: RegistryEntry[] = []
  for (let occurrence: 'first' | 'next' = 'first'; ; occurrence = 'next') {
    const { entries: some, more } = await perform(transmit, getStatus(scope, occurrence, match))
    entries.push(...some)
    // A card that promises more and gives nothing would keep us here for ever.
    if (!more || some.length === 0) return entries
  }
}

function page(scope: Scope, { data, sw }: Response): RegistryPage | undefined {
  if (sw === 0x6a88) return { entries: [], more: false }
  const entries = parseTlvs(data)?.map((object) => (object.tag === 0xe3 ? entry(scope, object.value) : undefined))
  if (entries === undefined || entries.includes(undefined)) return undefined
  return { entries: entries as RegistryEntry[], more: sw === 0x6310 }
}

/** One E3 template (table 11-36). */
function entry(scope: Scope, template: Uint8Array): RegistryEntry | undefined {
  const objects = parseTlvs(template)
  const aid = findTlv(objects, 0x4f)
  // Some cards give the state a second byte of their own.
  const state = findTlv(objects, 0x9f70)?.[0]
  const privileges = decodePrivileges(findTlv(objects, 0xc5) ?? Uint8Array.of(0))
  if (objects === undefined || aid === undefined || state === undefined || privileges === undefined) return undefined
  const version = findTlv(objects, 0xce)
  if (version !== undefined && version.length !== 2) return undefined
  return {
    aid,
    state,
    privileges,
    kind: kindOf(scope, privileges),
    modules: objects.filter((object: Tlv) => object.tag === 0x84).map((object: Tlv) => object.value),
    ...optional('domain', findTlv(objects, 0xcc)),
    ...optional('loadFile', findTlv(objects, 0xc4)),
    ...(version && { version: [version[0] as number, version[1] as number] as const }),
  }
}

const optional = <K extends string>(name: K, value: Uint8Array | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<K, Uint8Array>>

function kindOf(scope: Scope, privileges: readonly Privilege[]): ElementKind {
  if (scope === 'ISSUER') return 'card'
  if (scope !== 'APPLICATIONS') return 'loadFile'
  return privileges.includes('SECURITY_DOMAIN') ? 'securityDomain' : 'application'
}

/** `SELECTABLE`, `LOCKED (was SELECTABLE)`, … */
export const entryState = ({ kind, state }: RegistryEntry): string => stateName(kind, state)
