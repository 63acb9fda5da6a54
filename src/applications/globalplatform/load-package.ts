/** Loads a package so that the card holds it whole or not at all (GPCS 2.3.1, 9.3.5; docs/decisions/0052). */
import { EMPTY, equal } from '../../base/bytes.ts'
import type { Transmit } from '../../card/layers/layer.ts'
import { type CapFile, loadFileDataBlock } from './cap-file.ts'
import { deleteObject } from './delete.ts'
import { readRegistry } from './get-status.ts'
import { perform } from './gp-command.ts'
import { attempt, GpError } from './gp-error.ts'
import { type InstallAnswer, type InstallRequest, installForLoad } from './install.ts'
import { type DapBlock, loadCommands, loadFile } from './load.ts'
import { loadFileHash } from './load-file-hash.ts'

export interface LoadOptions {
  /** Where the package goes; to the domain of the session when left out. */
  readonly domain?: Uint8Array
  readonly daps?: readonly DapBlock[]
  readonly onProgress?: (progress: LoadProgress) => void
}

/** After each block: how many there are, and how many bytes of the load file have arrived. */
export interface LoadProgress {
  readonly block: number
  readonly blocks: number
  readonly bytes: number
  readonly totalBytes: number
}

/** What a load needs of the session it runs in. */
export interface LoadSession {
  readonly transmit: Transmit
  readonly maxData: number
  /** Tokens are signed over the hash of what is loaded. */
  readonly signsTokens: boolean
  install(request: InstallRequest): Promise<InstallAnswer>
}

/** Throws `GpError`. */
export async function loadPackage(session: LoadSession, cap: CapFile, options: LoadOptions): Promise<InstallAnswer> {
  const { domain, daps = [] } = options
  const { aid } = cap.package
  const block = loadFileDataBlock(cap)
  const hash = session.signsTokens || daps.length > 0 ? loadFileHash(block) : EMPTY
  await clearAway(session, aid)
  await session.install(installForLoad({ aid, hash, codeSize: block.length, ...(domain && { domain }) }))
  try {
    return await sendBlocks(session, loadFile(block, daps), options)
  } catch (error) {
    if (error instanceof GpError && error.problem.kind === 'refused') await discard(session, aid)
    throw error
  }
}

async function sendBlocks(
  { transmit, maxData }: LoadSession,
  file: Uint8Array,
  { onProgress }: LoadOptions,
): Promise<InstallAnswer> {
  const commands = loadCommands(file, maxData)
  let answer: InstallAnswer = {}
  let bytes = 0
  for (const [i, command] of commands.entries()) {
    answer = await perform(transmit, command)
    bytes += command.apdu.data.length
    onProgress?.({ block: i + 1, blocks: commands.length, bytes, totalBytes: file.length })
  }
  return answer
}

async function clearAway({ transmit }: LoadSession, aid: Uint8Array): Promise<void> {
  const found = (await readRegistry(transmit, 'LOAD_FILES', aid)).find((entry) => equal(entry.aid, aid))
  if (found === undefined) return
  const LOADED = 0x01
  if (found.state === LOADED)
    throw new GpError({ kind: 'alreadyLoaded', ...(found.version && { version: found.version }) })
  await perform(transmit, deleteObject(aid, { related: true }))
}

/** By the specification a refused load leaves nothing; a card that left something must not keep it. */
async function discard({ transmit }: LoadSession, aid: Uint8Array): Promise<void> {
  const left = await attempt(() => readRegistry(transmit, 'LOAD_FILES', aid))
  if (left.kind !== 'ok' || !left.value.some((entry) => equal(entry.aid, aid))) return
  await attempt(() => perform(transmit, deleteObject(aid, { related: true })))
}
