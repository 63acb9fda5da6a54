/**
 * STORE DATA (GPCS 2.3.1, 11.11): data objects of this domain (P1 says BER-TLV or nothing), or – after INSTALL
 * [for personalization] – personal data for an application, forwarded as it is.
 */
import { parseTlvs } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { status } from '../os/answer.ts'
import { hostFor } from './applet-session.ts'
import { dataCell } from './data-objects.ts'
import { type DomainContext, INS } from './domain-context.ts'
import { NUMBERS } from './get-data.ts'
import { storeObjects } from './issuer-channel.ts'
import { demand, require } from './refusal.ts'

const LAST = 0x80
const STRUCTURE = 0x18
const DGI = 0x08
const ENCRYPTED = 0x60

/** Data objects that a domain lets its owner write: identification numbers, recognition data, key derivation data, an image. */
const WRITABLE: readonly number[] = [0x42, 0x45, 0x66, 0xcf, 0x5f20, 0xf0, 0xf2, 0xf7, 0xf8, 0x7f21, 0x9f7f]

export function storeData(context: DomainContext, command: Command): Uint8Array {
  const { p1, p2, data } = command
  const progress = context.progress?.ins === INS.STORE_DATA ? context.progress : undefined
  context.progress = undefined
  require(p2 === (progress?.next ?? 0), SW.WRONG_P1P2)
  const response = context.target === undefined ? own(context, p1, data) : forward(context, context.target, command)
  if ((p1 & LAST) === 0) context.progress = { ins: INS.STORE_DATA, next: (p2 + 1) & 0xff }
  else context.target = undefined
  return response
}

function own(context: DomainContext, p1: number, data: Uint8Array): Uint8Array {
  require((p1 & STRUCTURE) !== DGI && (p1 & ENCRYPTED) === 0, SW.FUNCTION_NOT_SUPPORTED)
  const objects = demand(parseTlvs(data), SW.WRONG_DATA)
  require(objects.length > 0, SW.WRONG_DATA)
  for (const { tag, value, start, end } of objects) {
    require(WRITABLE.includes(tag), SW.REFERENCE_NOT_FOUND)
    // Kept as GET DATA answers it in class 00: all but two with their tags.
    context.content.memory.write(dataCell(context, tag), NUMBERS.includes(tag) ? value.slice() : data.slice(start, end))
  }
  context.content.account.verify()
  return status(SW.OK)
}

function forward(context: DomainContext, target: Uint8Array, command: Command): Uint8Array {
  const { content, services } = context
  if (content.builtIn(target) !== undefined) {
    require((command.p1 & STRUCTURE) === DGI, SW.WRONG_P1P2)
    return storeObjects(context, command.data)
  }
  const entry = demand(content.registry.instance(target), SW.REFERENCE_NOT_FOUND)
  const implementation = content.implementation(entry)
  require(implementation?.personalise !== undefined, SW.CONDITIONS_NOT_SATISFIED)
  return implementation.personalise(
    hostFor(services, content, target, () => true),
    command,
  )
}
