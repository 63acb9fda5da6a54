/** GET STATUS (GPCS 2.3.1, 11.4): the registry in pages that still fit a response after encryption and MAC. */
import { concat, equal, startsWith, uint } from '../../src/base/bytes.ts'
import { findTlv, parseTlvs, tlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer } from '../os/answer.ts'
import { type DomainContext, INS } from './domain-context.ts'
import { type Entry, type InstanceEntry, type PackageEntry, TAG } from './entry.ts'
import { LOADED } from './life-cycle.ts'
import { encodePrivileges, has, PRIVILEGE } from './privileges.ts'
import { demand, require } from './refusal.ts'

const SCOPE = { ISSUER: 0x80, INSTANCES: 0x40, PACKAGES: 0x20, PACKAGES_AND_MODULES: 0x10 } as const
const SCOPES: readonly number[] = Object.values(SCOPE)

/** 239 bytes padded to 240 and a MAC of 16 are 256. */
const PAGE = 239

export function getStatus(context: DomainContext, { p1: scope, p2, data }: Command): Uint8Array {
  require(SCOPES.includes(scope) && (p2 & 0xfc) === 0, SW.WRONG_P1P2)
  const { progress } = context
  context.progress = undefined
  let lines: readonly Uint8Array[]
  if ((p2 & 0x01) === 0) lines = listing(context, scope, (p2 & 0x02) !== 0, data)
  else {
    require(progress?.ins === INS.GET_STATUS && progress.scope === (scope | p2 | 0x01), SW.CONDITIONS_NOT_SATISFIED)
    lines = progress.rest
  }
  require(lines.length > 0, SW.REFERENCE_NOT_FOUND)
  let length = 0
  let count = 0
  for (const line of lines) {
    if (count > 0 && length + line.length > PAGE) break
    length += line.length
    count++
  }
  const rest = lines.slice(count)
  if (rest.length > 0) context.progress = { ins: INS.GET_STATUS, scope: scope | p2 | 0x01, rest }
  return answer(concat(...lines.slice(0, count)), rest.length > 0 ? SW.MORE_DATA_AVAILABLE : SW.OK)
}

/** Search criteria: `4F` the beginning of an AID, and perhaps `5C` the tags wanted. */
function listing(context: DomainContext, scope: number, tagged: boolean, data: Uint8Array): readonly Uint8Array[] {
  const criteria = parseTlvs(data)
  const name = demand(findTlv(criteria, TAG.AID), SW.WRONG_DATA)
  const tags = findTlv(criteria, 0x5c)
  require(criteria?.every(({ tag }) => tag === TAG.AID || tag === 0x5c) === true, SW.WRONG_DATA)
  const wanted = tags === undefined ? undefined : tagList(tags)
  const { self, content } = context
  const all = has(self.privileges, PRIVILEGE.GLOBAL_REGISTRY)
  const isIssuer = (entry: Entry) => equal(entry.aid, content.registry.isdAid)
  const inScope = (entry: Entry) => {
    if (scope === SCOPE.ISSUER) return isIssuer(entry)
    return entry.kind === (scope === SCOPE.INSTANCES ? 'instance' : 'package') && !isIssuer(entry)
  }
  return content.registry
    .entries()
    .filter((entry) => inScope(entry) && startsWith(entry.aid, name))
    .filter((entry) => all || content.registry.within(self.aid, entry.aid))
    .map((entry) => (tagged ? taggedLine(entry, scope, wanted) : plainLine(entry, scope)))
}

const lifeOf = (entry: Entry): number => (entry.kind === 'package' ? LOADED : entry.life)

/** Table 11-36. */
function taggedLine(entry: Entry, scope: number, wanted: readonly number[] | undefined): Uint8Array {
  const parts: readonly (readonly [number, Uint8Array])[] = [
    [TAG.AID, entry.aid],
    [TAG.LIFE_CYCLE, uint(lifeOf(entry), 1)],
    ...(entry.kind === 'instance' ? instanceParts(entry, scope) : packageParts(entry, scope)),
    [TAG.DOMAIN, entry.domain],
  ]
  const kept = parts.filter(([tag]) => wanted === undefined || wanted.includes(tag))
  return tlv(0xe3, ...kept.map(([tag, value]) => tlv(tag, value)))
}

function instanceParts(entry: InstanceEntry, scope: number): readonly (readonly [number, Uint8Array])[] {
  const privileges = [TAG.PRIVILEGES, encodePrivileges(entry.privileges)] as const
  const from = entry.package
  return scope === SCOPE.INSTANCES && from.length > 0 ? [privileges, [TAG.PACKAGE, from]] : [privileges]
}

function packageParts({ version, modules }: PackageEntry, scope: number): readonly (readonly [number, Uint8Array])[] {
  const own = [TAG.VERSION, Uint8Array.of(version.major, version.minor)] as const
  return scope === SCOPE.PACKAGES ? [own] : [own, ...modules.map((module) => [TAG.MODULE, module] as const)]
}

/** Table 11-35, the older form: length ‖ AID ‖ life cycle ‖ first privilege byte, then modules. */
function plainLine(entry: Entry, scope: number): Uint8Array {
  const lv = (aid: Uint8Array) => concat(uint(aid.length, 1), aid)
  const privileges = entry.kind === 'instance' ? entry.privileges >> 16 : 0
  const head = concat(lv(entry.aid), Uint8Array.of(lifeOf(entry), privileges))
  if (scope !== SCOPE.PACKAGES_AND_MODULES || entry.kind !== 'package') return head
  return concat(head, uint(entry.modules.length, 1), ...entry.modules.map(lv))
}

/** Tags one after another, of one or two bytes. */
function tagList(bytes: Uint8Array): readonly number[] {
  const tags: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const first = bytes[at] as number
    tags.push((first & 0x1f) === 0x1f ? (first << 8) | demand(bytes[++at], SW.WRONG_DATA) : first)
  }
  return tags
}
