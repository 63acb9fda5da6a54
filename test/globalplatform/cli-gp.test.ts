/** `madoguchi gp` from end to end: a card image file that keeps what was done, readers, refusals (issue: The command line). */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { formatCardImage } from '../../applets-sim/image-file.ts'
import { UsageError } from '../../apps/cli/command.ts'
import { gpOver } from '../../apps/cli/commands/gp.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { loadFileDataBlock, parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { chipCard, chipImage } from './chip-card.ts'

const folder = mkdtempSync(join(tmpdir(), 'gp-cli-'))
after(() => rmSync(folder, { recursive: true }))

const PACKAGE = 'F00000000101'
const MODULE = 'F0000000010101'
const cap = buildCapFile({
  package: { aid: fromHex(PACKAGE), major: 1, minor: 4 },
  applets: [fromHex(MODULE)],
  codeSize: 3000,
})
const capFile = join(folder, 'library.cap')
writeFileSync(capFile, cap)
const keyFile = (name: string, version: string, key: string) => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify({ version, enc: key, mac: key, dek: key }), { mode: 0o600 })
  return path
}
const OWN = 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF'

let cards = 0
async function cardFile(): Promise<string> {
  const path = join(folder, `card${cards++}.card.json`)
  writeFileSync(path, formatCardImage(await chipImage()))
  return path
}

const noReaders = () => Promise.resolve(new MemoryReaderService(new ReaderBay()))

async function gp(args: readonly string[], env: Record<string, string> = {}, openReaders = noReaders) {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), env }
  const code = await gpOver(openReaders).run(args, { ...io, signal: new AbortController().signal })
  assert.equal(code, 0)
  return { out: out.join('\n'), err: err.join('\n') }
}

test('a package is loaded, installed, listed, locked, unlocked and deleted; the file keeps it each time', async () => {
  const card = ['--card', await cardFile()]
  const loaded = await gp(['load', capFile, ...card])
  assert.match(loaded.out, new RegExp(`loaded ${PACKAGE}, version 1\\.4\\n {2}module ${MODULE}`))
  assert.match(loaded.err, /loading 100 % {2}block \d+ of \d+, (\d+) of \1 bytes$/)
  const fresh = (await gp(['list', ...card])).out
  for (const name of ['D392F000260100000001 jpki', 'D3921000310001010402 visual', 'F04D444700A2 条例利用領域'])
    assert.ok(fresh.includes(name), name)
  await gp(['install', PACKAGE, MODULE, ...card])
  const listed = await gp(['list', ...card])
  assert.match(listed.out, /^card {5}A000000151000000 {2}SECURED/m)
  assert.match(listed.out, new RegExp(`^applet {3}${MODULE} {2}SELECTABLE.*from ${PACKAGE}`, 'm'))
  assert.match(listed.out, new RegExp(`^package {2}${PACKAGE} {2}LOADED, version 1\\.4`, 'm'))
  await gp(['lock', MODULE, ...card])
  assert.match((await gp(['list', ...card])).out, new RegExp(`${MODULE} {2}LOCKED \\(was SELECTABLE\\)`))
  await gp(['unlock', MODULE, ...card])
  await assert.rejects(gp(['delete', PACKAGE, ...card]), /DELETE refused with 6985: .*\(GPCS 11\.2\)/)
  await gp(['delete', PACKAGE, '--related', ...card])
  assert.doesNotMatch((await gp(['list', ...card])).out, new RegExp(PACKAGE))
})

test('--discard keeps nothing, and a profile is thrown away', async () => {
  const file = await cardFile()
  const before = readFileSync(file, 'utf8')
  await gp(['load', capFile, '--card', file, '--discard'])
  assert.equal(readFileSync(file, 'utf8'), before)
  await gp(['load', capFile, '--card', 'resident'])
  assert.doesNotMatch((await gp(['list', '--card', 'resident'])).out, new RegExp(PACKAGE))
})

test('loading twice changes nothing and says what to do', async () => {
  const card = ['--card', await cardFile()]
  await gp(['load', capFile, ...card])
  await assert.rejects(gp(['load', capFile, ...card]), /on the card already in version 1\.4 .*Delete it first/)
})

test('keys: own ones take the place of the factory set, and only they open the card then', async () => {
  const card = ['--card', await cardFile()]
  assert.match((await gp(['keys', ...card])).out, /^keys, version FF .*1 AES-128, 2 AES-128, 3 AES-128$/m)
  const file = keyFile('own.json', '30', OWN)
  const put = await gp(['keys', 'put', file, ...card])
  assert.match(put.out, /a channel was opened with them\nkeys, version 30 +1 AES-256, 2 AES-256, 3 AES-256$/)
  await assert.rejects(gp(['list', ...card]), /The card cryptogram is wrong \(SCP03 6\.2\.2\)/)
  await gp(['list', '--keys', file, ...card])
  await gp(['list', ...card], { MADOGUCHI_GP_KEYS: readFileSync(file, 'utf8') })
})

test('info says what the card is without telling anything of its holder', async () => {
  const { out } = await gp(['info', '--card', 'resident'])
  assert.match(out, /^GlobalPlatform +2\.3\.1$/m)
  assert.match(out, /^secure channel +SCP03, i = 70$/m)
  assert.match(out, /^free memory +\d+ bytes lasting/m)
})

test('hash is the SHA-256 of what LOAD carries, for whoever signs it', async () => {
  const expected = createHash('sha256')
    .update(loadFileDataBlock(parseCapFile(cap)))
    .digest()
  assert.equal((await gp(['hash', capFile])).out, hex(expected))
})

test('a card in a reader: read with its keys, changed only when told to', async () => {
  const chip = await chipCard()
  const bay = new ReaderBay()
  bay.plug('Empty')
  bay.plug('Desk').insert({ chip: chip.card })
  const readers = () => Promise.resolve(new MemoryReaderService(bay))
  const keys = ['--keys', keyFile('test.json', '00', '404142434445464748494A4B4C4D4E4F')]
  await assert.rejects(gp(['list'], {}, readers), usage(/a real card needs its keys/))
  assert.match((await gp(['list', ...keys], {}, readers)).out, /^card/m)
  await assert.rejects(
    gp(['load', capFile, ...keys], {}, readers),
    usage(/would change the card in Desk.*--write-real-card/),
  )
  await assert.rejects(gp(['keys', 'delete', 'FF', ...keys], {}, readers), usage(/--write-real-card/))
  await gp(['load', capFile, '--write-real-card', '--reader', 'Desk', ...keys], {}, readers)
  assert.match((await gp(['list', ...keys], {}, readers)).out, new RegExp(PACKAGE))
  await assert.rejects(
    gp(['list', '--reader', 'Shelf', ...keys], {}, readers),
    usage(/no reader "Shelf"; there are: "Empty", "Desk"/),
  )
})

test('what cannot be done as typed is a sentence', async () => {
  const card = ['--card', 'resident']
  await assert.rejects(gp([]), usage(/gp takes one of list, info, load/))
  await assert.rejects(gp(['toString', ...card]), usage(/gp takes one of/))
  await assert.rejects(gp(['list']), usage(/no reader has a card in it \(readers: none\)/))
  await assert.rejects(gp(['load', ...card]), usage(/the CAP file is missing/))
  await assert.rejects(gp(['load', join(folder, 'none.cap'), ...card]), usage(/is not there/))
  await assert.rejects(
    gp(['load', import.meta.filename, ...card]),
    usage(/is no CAP file: the file is not a zip archive/),
  )
  await assert.rejects(gp(['delete', '00', ...card]), usage(/"00" is no AID/))
  await assert.rejects(
    gp(['install', PACKAGE, MODULE, '--privileges', 'KING', ...card]),
    usage(/"KING" is no privilege/),
  )
  await assert.rejects(gp(['state', 'TERMINATED', ...card]), usage(/--for-ever/))
  await assert.rejects(gp(['state', 'DONE', ...card]), usage(/one of OP_READY/))
  await assert.rejects(gp(['list', '--card', 'resident', '--reader', 'Desk']), usage(/give one/))
  await assert.rejects(gp(['keys', 'burn', ...card]), usage(/gp keys put FILE/))
})

const usage = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UsageError, String(error))
  assert.match(error.message, pattern)
  return true
}
