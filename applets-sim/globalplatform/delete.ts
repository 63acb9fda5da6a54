/** DELETE (GPCS 2.3.1, 11.2): an application, a domain, a load file – with what belongs to it when asked –, or keys. */
import { equal } from '../../src/base/bytes.ts'
import { findTlv, parseTlvs } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer } from '../os/answer.ts'
import { authorise, requireWithin } from './authority.ts'
import { cellsOf } from './cells.ts'
import type { DomainContext } from './domain-context.ts'
import { type Entry, TAG } from './entry.ts'
import { has, PRIVILEGE } from './privileges.ts'
import { confirmation } from './receipt.ts'
import { demand, require } from './refusal.ts'

const KEY_ID = 0xd0
const KEY_VERSION = 0xd2
const TOKEN = 0x9e
/** P2: the object alone, or with related objects. */
const ALONE = 0x00
const RELATED = 0x80

export function deleteContent(context: DomainContext, command: Command): Uint8Array {
  const { p1, p2, data } = command
  require(p1 === 0x00 && (p2 === ALONE || p2 === RELATED), SW.WRONG_P1P2)
  const objects = demand(parseTlvs(data), SW.WRONG_DATA)
  const aid = findTlv(objects, TAG.AID)
  if (aid === undefined) return deleteKeys(context, objects)
  const token = objects.find(({ tag }) => tag === TOKEN)
  const { self, content } = context
  const global = has(self.privileges, PRIVILEGE.GLOBAL_DELETE)
  const delegated = global
    ? false
    : authorise(context, command, data.subarray(0, token?.start), token?.value ?? NO_TOKEN)
  const entry = demand(content.registry.find(aid), SW.REFERENCE_NOT_FOUND)
  if (!global) requireWithin(context, entry.domain)
  const doomed = withRelated(context, entry)
  require(doomed.length === 1 || p2 === RELATED, SW.CONDITIONS_NOT_SATISFIED)
  for (const victim of doomed) {
    require(!victim.builtIn && !equal(victim.aid, self.aid), SW.CONDITIONS_NOT_SATISFIED)
    require(!isImported(context, victim, doomed), SW.CONDITIONS_NOT_SATISFIED)
    for (const cell of content.memory.keys(cellsOf(victim.aid))) content.memory.write(cell, undefined)
  }
  content.registry.remove(doomed.map((victim) => victim.aid))
  return answer(confirmation(context, delegated, aid))
}

const NO_TOKEN = new Uint8Array()

/** The entry and everything that cannot be without it: instances of a package, content of a domain. */
function withRelated({ content }: DomainContext, root: Entry): readonly Entry[] {
  const doomed: Entry[] = [root]
  for (const entry of doomed)
    for (const other of content.registry.entries()) {
      if (doomed.some((victim) => equal(victim.aid, other.aid))) continue
      const instance = other.kind === 'instance' && entry.kind === 'package' && equal(other.package, entry.aid)
      const ward = entry.kind === 'instance' && equal(other.domain, entry.aid)
      if (instance || ward) doomed.push(other)
    }
  return doomed
}

const isImported = ({ content }: DomainContext, victim: Entry, doomed: readonly Entry[]): boolean =>
  content.registry
    .packages()
    .some(
      ({ aid, imports }) =>
        imports.some((imported) => equal(imported, victim.aid)) && !doomed.some((entry) => equal(entry.aid, aid)),
    )

/** 11.2.2.3.2: keys of this domain by identifier and version; one of the two is enough. */
function deleteKeys({ ring, channel }: DomainContext, objects: NonNullable<ReturnType<typeof parseTlvs>>): Uint8Array {
  const id = findTlv(objects, KEY_ID)
  const version = findTlv(objects, KEY_VERSION)
  require((id ?? version) !== undefined && (id?.length ?? 1) === 1 && (version?.length ?? 1) === 1, SW.WRONG_DATA)
  require(objects.every(({ tag }) => tag === KEY_ID || tag === KEY_VERSION), SW.WRONG_DATA)
  let found = false
  for (const candidate of ring.versions()) {
    if (version !== undefined && version[0] !== candidate) continue
    const keys = ring.keys(candidate) ?? []
    const rest = id === undefined ? [] : keys.filter((key) => key.id !== id[0])
    if (rest.length === keys.length) continue
    // The keys that hold this very session.
    require(candidate !== channel.keyVersion, SW.CONDITIONS_NOT_SATISFIED)
    ring.store(candidate, rest.length === 0 ? undefined : rest)
    found = true
  }
  require(found, SW.REFERENCE_NOT_FOUND)
  return answer(Uint8Array.of(0))
}
