/**
 * LOAD (GPCS 2.3.1, 11.6). Blocks gather in volatile memory; the last one checks the whole file and writes code and registry
 * together, so that a file refused or a power cut leaves nothing behind.
 */
import { createHash } from 'node:crypto'
import { concat, copyOf, equal } from '../../src/base/bytes.ts'
import { readTlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer } from '../os/answer.ts'
import { cellsOf } from './cells.ts'
import { verifyDap } from './dap.ts'
import { type DomainContext, INS, type LoadRequest } from './domain-context.ts'
import { parseLoadFile } from './load-file.ts'
import { canLink } from './platform-packages.ts'
import { confirmation } from './receipt.ts'
import { demand, require } from './refusal.ts'
import { HASHES } from './signature-key.ts'

const DAP_BLOCK = 0xe2
const LOAD_FILE_DATA_BLOCK = 0xc4
const LAST = 0x80

export function load(context: DomainContext, { p1, p2, data }: Command): Uint8Array {
  const { progress } = context
  context.progress = undefined
  require(progress?.ins === INS.LOAD, SW.CONDITIONS_NOT_SATISFIED)
  require(p1 === 0x00 || p1 === LAST, SW.WRONG_P1P2)
  // Block numbers count from 00 and begin again after FF.
  require(p2 === (progress.blocks.length & 0xff), SW.WRONG_P1P2)
  require(data.length > 0, SW.WRONG_DATA)
  const blocks = [...progress.blocks, copyOf(data)]
  if (p1 === LAST) return answer(complete(context, progress.request, concat(...blocks)))
  const nonVolatile = blocks.reduce((total, block) => total + block.length, 0)
  context.content.account.verify({ domain: progress.request.domain, nonVolatile })
  context.progress = { ...progress, blocks }
  // No confirmation before the last block.
  return answer(Uint8Array.of(0))
}

function complete(context: DomainContext, request: LoadRequest, file: Uint8Array): Uint8Array {
  const { registry, account, memory } = context.content
  const { aid, domain, hash, delegated } = request
  const daps: Uint8Array[] = []
  let object = demand(readTlv(file), SW.WRONG_DATA)
  while (object.tag === DAP_BLOCK) {
    daps.push(object.value)
    object = demand(readTlv(file, object.end), SW.WRONG_DATA)
  }
  require(object.tag === LOAD_FILE_DATA_BLOCK && object.end === file.length, SW.WRONG_DATA)
  const block = object.value
  if (hash.length > 0) {
    const algorithm = demand(HASHES[hash.length], SW.WRONG_DATA)
    require(equal(createHash(algorithm).update(block).digest(), hash), SW.SECURITY_STATUS)
  }
  verifyDap(context, domain, hash, daps)
  const parsed = parseLoadFile(block)
  require(equal(parsed.package.aid, aid), SW.WRONG_DATA)
  require(parsed.applets.every((applet) => registry.find(applet)?.kind !== 'package'), SW.CONDITIONS_NOT_SATISFIED)
  require(parsed.imports.every((wanted) => canLink(registry, wanted)), SW.REFERENCE_NOT_FOUND)
  memory.write(`${cellsOf(aid)}code`, block)
  registry.add({
    kind: 'package',
    aid,
    domain,
    version: { major: parsed.package.major, minor: parsed.package.minor },
    modules: parsed.applets,
    imports: parsed.imports.map((wanted) => wanted.aid),
    builtIn: false,
  })
  account.verify()
  return confirmation(context, delegated, aid, domain)
}
