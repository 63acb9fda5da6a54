/** INSTALL in all its purposes (GPCS 2.3.1, 11.5). The data field is length-value fields; the last one is the token. */
import { concat, EMPTY, equal } from '../../src/base/bytes.ts'
import { findTlv, parseTlvs } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer } from '../os/answer.ts'
import { hostFor } from './applet-session.ts'
import { authorise, requireWithin } from './authority.ts'
import { type DomainContext, INS } from './domain-context.ts'
import { type InstanceEntry, LIMITS, limitsOf, type MemoryLimits, sameAid } from './entry.ts'
import { Fields } from './fields.ts'
import { INSTALLED, isLocked, PERSONALIZED, SELECTABLE } from './life-cycle.ts'
import { decodePrivileges, grantable, has, PRIVILEGE } from './privileges.ts'
import { confirmation } from './receipt.ts'
import { demand, require } from './refusal.ts'
import { DOMAIN_PACKAGE } from './registry.ts'
import { HASHES } from './signature-key.ts'

/** P1 (table 11-40). */
const FOR = {
  LOAD: 0x02,
  INSTALL: 0x04,
  MAKE_SELECTABLE: 0x08,
  EXTRADITION: 0x10,
  PERSONALIZATION: 0x20,
  REGISTRY_UPDATE: 0x40,
} as const

type Purpose = (context: DomainContext, command: Command, fields: Fields) => Uint8Array

const PURPOSES: Readonly<Record<number, Purpose>> = {
  [FOR.LOAD]: forLoad,
  [FOR.INSTALL]: forInstall,
  [FOR.INSTALL | FOR.MAKE_SELECTABLE]: forInstall,
  [FOR.MAKE_SELECTABLE]: forMakeSelectable,
  [FOR.EXTRADITION]: forExtradition,
  [FOR.PERSONALIZATION]: forPersonalization,
  [FOR.REGISTRY_UPDATE]: forRegistryUpdate,
}

export function install(context: DomainContext, command: Command): Uint8Array {
  const purpose = PURPOSES[command.p1]
  require(purpose !== undefined && command.p2 === 0x00, SW.WRONG_P1P2)
  context.target = undefined
  return answer(purpose(context, command, new Fields(command.data)))
}

/** The token ends the data field. True when one was used. */
function authorised(context: DomainContext, command: Command, fields: Fields): boolean {
  const signed = command.data.subarray(0, fields.at)
  const token = fields.field()
  fields.end()
  return authorise(context, command, signed, token)
}

/** 11.5.2.3.1 */
function forLoad(context: DomainContext, command: Command, fields: Fields): Uint8Array {
  const { registry, account } = context.content
  const aid = demand(fields.aid(), SW.WRONG_DATA)
  const domain = fields.aid() ?? context.self.aid
  const hash = fields.field()
  const parameters = systemParameters(fields.field())
  const delegated = authorised(context, command, fields)
  require(registry.domain(domain) !== undefined, SW.REFERENCE_NOT_FOUND)
  requireWithin(context, domain)
  require(registry.find(aid) === undefined, SW.CONDITIONS_NOT_SATISFIED)
  require(hash.length === 0 ? !delegated : HASHES[hash.length] !== undefined, SW.WRONG_DATA)
  const size = findTlv(parameters, 0xc6)
  if (size !== undefined) account.verify({ domain, nonVolatile: numberOf(size) })
  context.progress = { ins: INS.LOAD, request: { aid, domain, hash, delegated }, blocks: [] }
  return Uint8Array.of(0)
}

/** 11.5.2.3.2 and, with P1 = 0C, 11.5.2.3.3 in one step. */
function forInstall(context: DomainContext, command: Command, fields: Fields): Uint8Array {
  const { registry, account } = context.content
  const packageAid = demand(fields.aid(), SW.WRONG_DATA)
  const module = demand(fields.aid(), SW.WRONG_DATA)
  const aid = fields.aid() ?? module
  const privileges = demand(decodePrivileges(fields.field()), SW.WRONG_DATA)
  const parameters = demand(parseTlvs(fields.field()), SW.WRONG_DATA)
  const delegated = authorised(context, command, fields)
  const file = registry.packages().find(sameAid(packageAid))
  require(file?.modules.some((known) => equal(known, module)) === true, SW.REFERENCE_NOT_FOUND)
  // A built-in package is at everybody's service; a loaded one at that of its own domain's hierarchy.
  if (!file.builtIn) requireWithin(context, file.domain)
  require(registry.find(aid) === undefined, SW.CONDITIONS_NOT_SATISFIED)
  const isDomain = equal(packageAid, DOMAIN_PACKAGE)
  require(grantable(privileges) && isDomain === has(privileges, PRIVILEGE.SECURITY_DOMAIN), SW.WRONG_DATA)
  require((privileges & ~context.self.privileges & MANAGEMENT) === 0, SW.CONDITIONS_NOT_SATISFIED)
  const entry: InstanceEntry = {
    kind: 'instance',
    aid,
    domain: context.self.aid,
    package: packageAid,
    module,
    life: (command.p1 & FOR.MAKE_SELECTABLE) !== 0 ? SELECTABLE : INSTALLED,
    privileges,
    limits: limitsIn(parameters),
    builtIn: false,
  }
  registry.add(entry)
  const host = hostFor(context.services, context.content, aid, () => false)
  context.content.implementation(entry)?.install(host, findTlv(parameters, 0xc9) ?? EMPTY)
  account.verify()
  return confirmation(context, delegated, packageAid, aid)
}

/** A domain hands on no management right that it does not hold itself. */
const MANAGEMENT =
  PRIVILEGE.AUTHORIZED_MANAGEMENT |
  PRIVILEGE.GLOBAL_DELETE |
  PRIVILEGE.GLOBAL_LOCK |
  PRIVILEGE.GLOBAL_REGISTRY |
  PRIVILEGE.CARD_LOCK |
  PRIVILEGE.CARD_TERMINATE

/** 11.5.2.3.3 */
function forMakeSelectable(context: DomainContext, command: Command, fields: Fields): Uint8Array {
  empty(fields, 2)
  const entry = ownInstance(context, fields)
  const privileges = demand(decodePrivileges(fields.field()), SW.WRONG_DATA)
  demand(parseTlvs(fields.field()), SW.WRONG_DATA)
  const delegated = authorised(context, command, fields)
  require(privileges === 0 || privileges === entry.privileges, SW.WRONG_DATA)
  require(entry.life === INSTALLED, SW.CONDITIONS_NOT_SATISFIED)
  context.content.registry.update({ ...entry, life: SELECTABLE })
  return confirmation(context, delegated, entry.package, entry.aid)
}

/** 11.5.2.3.4: another domain becomes responsible for the application. */
function forExtradition(context: DomainContext, command: Command, fields: Fields): Uint8Array {
  const target = demand(fields.aid(), SW.WRONG_DATA)
  empty(fields, 1)
  const { registry, account } = context.content
  const aid = demand(fields.aid(), SW.WRONG_DATA)
  const entry = demand(registry.find(aid), SW.REFERENCE_NOT_FOUND)
  empty(fields, 1)
  demand(parseTlvs(fields.field()), SW.WRONG_DATA)
  const delegated = authorised(context, command, fields)
  require(!entry.builtIn, SW.CONDITIONS_NOT_SATISFIED)
  requireWithin(context, entry.domain)
  const domain = demand(registry.domain(target), SW.REFERENCE_NOT_FOUND)
  require(domain.life === SELECTABLE ||
    domain.life === PERSONALIZED ||
    equal(target, registry.isdAid), SW.CONDITIONS_NOT_SATISFIED)
  // Never under itself or under something of its own.
  require(!registry.within(aid, target), SW.CONDITIONS_NOT_SATISFIED)
  registry.update({ ...entry, domain: target })
  account.verify()
  return confirmation(context, delegated, entry.domain, aid, target)
}

/** 11.5.2.3.5: the STORE DATA commands that follow are for this application. */
function forPersonalization(context: DomainContext, _: Command, fields: Fields): Uint8Array {
  empty(fields, 2)
  const aid = demand(fields.aid(), SW.WRONG_DATA)
  empty(fields, 3)
  fields.end()
  const entry = demand(context.content.registry.instance(aid), SW.REFERENCE_NOT_FOUND)
  require(equal(entry.domain, context.self.aid), SW.CONDITIONS_NOT_SATISFIED)
  require(!isLocked(entry.life), SW.CONDITIONS_NOT_SATISFIED)
  context.target = aid
  return Uint8Array.of(0)
}

/** 11.5.2.3.6: privileges and memory quotas of an application, and with a domain given also its extradition. */
function forRegistryUpdate(context: DomainContext, command: Command, fields: Fields): Uint8Array {
  const { registry, account } = context.content
  const target = fields.aid()
  empty(fields, 1)
  const aid = demand(fields.aid(), SW.WRONG_DATA)
  const entry = demand(registry.instance(aid), SW.REFERENCE_NOT_FOUND)
  const field = fields.field()
  const privileges = field.length === 0 ? entry.privileges : demand(decodePrivileges(field), SW.WRONG_DATA)
  const update = fields.field()
  const parameters = demand(parseTlvs(update), SW.WRONG_DATA)
  const delegated = authorised(context, command, fields)
  require(!entry.builtIn, SW.CONDITIONS_NOT_SATISFIED)
  requireWithin(context, entry.domain)
  const changed = privileges ^ entry.privileges
  require(grantable(privileges) && (changed & PRIVILEGE.SECURITY_DOMAIN) === 0, SW.WRONG_DATA)
  require((privileges & ~context.self.privileges & MANAGEMENT) === 0, SW.CONDITIONS_NOT_SATISFIED)
  const domain = target ?? entry.domain
  require(registry.domain(domain) !== undefined, SW.REFERENCE_NOT_FOUND)
  require(equal(domain, entry.domain) || !registry.within(aid, domain), SW.CONDITIONS_NOT_SATISFIED)
  registry.update({ ...entry, domain, privileges, limits: { ...entry.limits, ...limitsIn(parameters) } })
  account.verify()
  return confirmation(context, delegated, entry.domain, aid, target ?? EMPTY, field, update)
}

/** An application in this domain's hierarchy. */
function ownInstance(context: DomainContext, fields: Fields): InstanceEntry {
  const aid = demand(fields.aid(), SW.WRONG_DATA)
  const entry = demand(context.content.registry.instance(aid), SW.REFERENCE_NOT_FOUND)
  requireWithin(context, entry.domain)
  require(!entry.builtIn, SW.CONDITIONS_NOT_SATISFIED)
  return entry
}

function empty(fields: Fields, count: number): void {
  for (let i = 0; i < count; i++) require(fields.field().length === 0, SW.WRONG_DATA)
}

type Objects = NonNullable<ReturnType<typeof parseTlvs>>

/** The system specific parameters EF among install or load parameters. */
function systemParameters(bytes: Uint8Array): Objects {
  const objects = demand(parseTlvs(bytes), SW.WRONG_DATA)
  const system = findTlv(objects, 0xef)
  return system === undefined ? [] : demand(parseTlvs(system), SW.WRONG_DATA)
}

const MOST_BYTES = 4

function limitsIn(objects: Objects): MemoryLimits {
  const system = findTlv(objects, 0xef)
  if (system === undefined) return {}
  const inner = demand(parseTlvs(system), SW.WRONG_DATA)
  const limits = inner.filter(({ tag }) => LIMITS.some(([, known]) => known === tag))
  require(limits.every(({ value }) => value.length > 0 && value.length <= MOST_BYTES), SW.WRONG_DATA)
  return limitsOf(limits)
}

function numberOf(bytes: Uint8Array): number {
  require(bytes.length > 0 && bytes.length <= MOST_BYTES, SW.WRONG_DATA)
  return concat(bytes).reduce((value, byte) => value * 256 + byte, 0)
}
