/** The verbs of `madoguchi gp`, each over a card manager with an open channel. */
import { readFile } from 'node:fs/promises'
import { type CapFile, CapFileError, parseCapFile } from '../../../src/applications/globalplatform/cap-file.ts'
import type { CardInfo } from '../../../src/applications/globalplatform/card-info.ts'
import type { CardManager } from '../../../src/applications/globalplatform/card-manager.ts'
import { GpError, type Outcome } from '../../../src/applications/globalplatform/gp-error.ts'
import type { KeySet } from '../../../src/applications/globalplatform/key-set.ts'
import { CARD_STATE, type CardState } from '../../../src/applications/globalplatform/life-cycle.ts'
import type { DapBlock } from '../../../src/applications/globalplatform/load.ts'
import { isPrivilege, type Privilege } from '../../../src/applications/globalplatform/privileges.ts'
import { STRUCTURE } from '../../../src/applications/globalplatform/store-data.ts'
import { fromHex, hex } from '../../../src/base/hex.ts'
import { type CliIo, UsageError } from '../command.ts'
import { readKeyFile } from './key-file.ts'
import { aidArgument, type GpOptions, versionOption } from './options.ts'
import { contentLines, infoLines, keyLines } from './show.ts'

export interface VerbContext {
  readonly io: CliIo
  readonly options: GpOptions
  /** The security domain selected, without a channel: what it tells anybody. */
  readonly info: () => Promise<CardInfo>
  /** Opens the channel with the keys given. */
  readonly manager: () => Promise<CardManager>
  /** Opens another one, with these keys, in place of the first. */
  readonly reopen: (keys: KeySet) => Promise<CardManager>
}

export interface Verb {
  /** Changes the card, or may: needs `--write-real-card` for a card in a reader. */
  readonly writes: (options: GpOptions) => boolean
  run(context: VerbContext): Promise<void>
}

const always = () => true
const never = () => false

/** The value of an outcome, or its problem as an error with its sentence. */
export function done<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'ok') return outcome.value
  throw new GpError(outcome)
}

const list: Verb = {
  writes: never,
  async run({ io, manager }) {
    for (const line of contentLines(done(await (await manager()).list()))) io.out(line)
  },
}

const info: Verb = {
  writes: never,
  async run({ io, info: read }) {
    for (const line of infoLines(await read())) io.out(line)
  },
}

const load: Verb = {
  writes: always,
  async run({ io, options, manager }) {
    const cap = await readCap(options.rest[0])
    const domain = options.to === undefined ? undefined : aidArgument(options.to, '--to')
    const daps = await dapBlocks(options)
    const card = await manager()
    const onProgress = tenths((percent, text) => io.err(`loading ${percent} %  ${text}`))
    done(await card.load(cap, { daps, onProgress, ...(domain && { domain }) }))
    io.out(`loaded ${hex(cap.package.aid)}, version ${cap.package.major}.${cap.package.minor}`)
    for (const { aid } of cap.applets) io.out(`  module ${hex(aid)}`)
  },
}

const install: Verb = {
  writes: always,
  async run({ io, options, manager }) {
    const loadFile = aidArgument(options.rest[0], 'the package AID')
    const module = aidArgument(options.rest[1], 'the module AID')
    const aid = options.rest[2] === undefined ? module : aidArgument(options.rest[2], 'the instance AID')
    const parameters = options.parameters === undefined ? undefined : hexArgument(options.parameters, '--parameters')
    const nonVolatileQuota = options.quota === undefined ? undefined : bytesArgument(options.quota)
    const privileges = privilegesOption(options.privileges)
    const extras = { ...(parameters && { parameters }), ...(nonVolatileQuota && { nonVolatileQuota }) }
    done(await (await manager()).install({ loadFile, module, aid, privileges, ...extras }))
    io.out(`installed ${hex(aid)}`)
  },
}

const deletion: Verb = {
  writes: always,
  async run({ io, options, manager }) {
    const aid = aidArgument(options.rest[0], 'the AID')
    done(await (await manager()).delete(aid, { related: options.related === true }))
    io.out(`deleted ${hex(aid)}${options.related ? ' and what came from it' : ''}`)
  },
}

const locking = (locked: boolean): Verb => ({
  writes: always,
  async run({ io, options, manager }) {
    const [what] = options.rest
    if (what === 'card') {
      done(await (await manager()).setCardState(locked ? 'CARD_LOCKED' : 'SECURED'))
      io.out(`the card is ${locked ? 'CARD_LOCKED' : 'SECURED'}`)
      return
    }
    const aid = aidArgument(what, 'the AID (or the word card)')
    const card = await manager()
    done(await (locked ? card.lock(aid) : card.unlock(aid)))
    io.out(`${hex(aid)} is ${locked ? 'locked' : 'unlocked'}`)
  },
})

const state: Verb = {
  writes: always,
  async run({ io, options, manager }) {
    const [name] = options.rest
    if (name === undefined || !isCardState(name))
      throw new UsageError(`a card state is one of ${Object.keys(CARD_STATE).join(', ')}`)
    if (name === 'TERMINATED' && options['for-ever'] !== true)
      throw new UsageError('TERMINATED ends the card for good; say --for-ever if that is meant')
    done(await (await manager()).setCardState(name))
    io.out(`the card is ${name}`)
  },
}
const isCardState = (name: string): name is CardState => Object.hasOwn(CARD_STATE, name)

const keys: Verb = {
  writes: ({ rest }) => rest.length > 0,
  async run({ io, options, info: read, manager, reopen }) {
    const [what, argument] = options.rest
    if (what === 'put') await putKeys(argument, await manager())
    else if (what === 'delete' && argument !== undefined)
      done(await (await manager()).deleteKeys(versionOption(argument, 0)))
    else if (what !== undefined) throw new UsageError('gp keys, gp keys put FILE, gp keys delete VERSION')
    for (const line of keyLines((await read()).keys ?? [])) io.out(line)

    async function putKeys(file: string | undefined, card: CardManager): Promise<void> {
      if (file === undefined)
        throw new UsageError('gp keys put takes a file with the new keys; see madoguchi gp --help')
      const source = await readKeyFile(file)
      const set = source.kind === 'set' ? source.keys : source.derive(card.channel.card)
      if (set.version === 0) throw new UsageError('the new keys need a version of their own, 01–7F')
      done(await card.putKeys(set, versionOption(options.replace, 0x00)))
      // The only proof that the card can be reached with them.
      await reopen(set)
      io.out('the new keys are on the card, and a channel was opened with them')
    }
  },
}

const personalise: Verb = {
  writes: always,
  async run({ io, options, manager }) {
    const aid = aidArgument(options.rest[0], 'the AID')
    const [, file] = options.rest
    if (file === undefined) throw new UsageError('gp personalise AID FILE: a file of hexadecimal lines is missing')
    const lines = (await textOf(file)).split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
    const blocks = lines.map((line) => hexArgument(line, file))
    done(await (await manager()).personalise(blocks, aid, options.dgi ? STRUCTURE.DGI : STRUCTURE.BER_TLV))
    io.out(`personalised ${hex(aid)} with ${blocks.length} blocks`)
  },
}

export const VERBS: Readonly<Record<string, Verb>> = {
  list,
  info,
  load,
  install,
  delete: deletion,
  lock: locking(true),
  unlock: locking(false),
  state,
  keys,
  personalise,
}

/** Reports once for every tenth that is reached. */
function tenths(report: (percent: number, text: string) => void) {
  let reported = 0
  return ({
    block,
    blocks,
    bytes,
    totalBytes,
  }: {
    block: number
    blocks: number
    bytes: number
    totalBytes: number
  }) => {
    const tenth = Math.floor((10 * bytes) / totalBytes)
    if (tenth === reported) return
    reported = tenth
    report(tenth * 10, `block ${block} of ${blocks}, ${bytes} of ${totalBytes} bytes`)
  }
}

export async function readCap(file: string | undefined): Promise<CapFile> {
  if (file === undefined) throw new UsageError('the CAP file is missing; see madoguchi gp --help')
  try {
    return parseCapFile(await bytesOf(file))
  } catch (error) {
    if (error instanceof CapFileError) throw new UsageError(`${file} is no CAP file: ${error.message}`)
    throw error
  }
}

async function dapBlocks(options: GpOptions): Promise<readonly DapBlock[]> {
  const signature = options['dap-signature']
  if ((signature === undefined) !== (options['dap-domain'] === undefined))
    throw new UsageError('--dap-domain and --dap-signature go together')
  if (signature === undefined) return []
  return [{ domain: aidArgument(options['dap-domain'], '--dap-domain'), signature: await bytesOf(signature) }]
}

function privilegesOption(text = ''): readonly Privilege[] {
  return text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      if (!isPrivilege(name)) throw new UsageError(`${JSON.stringify(name)} is no privilege (GPCS table 11-7)`)
      return name
    })
}

function bytesArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--quota ${JSON.stringify(text)} is no number of bytes`)
  return Number(text)
}

function hexArgument(text: string, where: string): Uint8Array {
  try {
    return fromHex(text)
  } catch {
    throw new UsageError(`${where}: not hexadecimal`)
  }
}

const missing = (file: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') throw new UsageError(`the file ${JSON.stringify(file)} is not there`)
  throw error
}
const bytesOf = async (file: string): Promise<Uint8Array> => readFile(file).catch(missing(file))
const textOf = async (file: string): Promise<string> => readFile(file, 'utf8').catch(missing(file))
