/**
 * INSTALL, DELETE and PUT KEY whose data field goes on in the next command: P1 bit 8 (GPCS 2.3.1, 11.2.2.1, 11.5.2.1, 11.8.2.1).
 * Pieces gather in volatile memory. What a token signs is the whole field under P1 without this bit.
 */
import { concat, EMPTY } from '../../src/base/bytes.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { type DomainContext, INS } from './domain-context.ts'
import { require } from './refusal.ts'

const MORE = 0x80
const IN_PIECES = [INS.INSTALL, INS.DELETE, INS.PUT_KEY] as const
/** Bytes over all pieces: every field of INSTALL, a token of RSA-2048 and room for parameters. */
const LONGEST = 0x800

/** The whole command once its last piece is here; undefined before that. Throws Refusal 6700 when it grows too long. */
export function gathered(context: DomainContext, command: Command): Command | undefined {
  const ins = IN_PIECES.find((one) => one === command.ins)
  if (ins === undefined) return command
  const { p2 } = command
  const { progress } = context
  context.progress = undefined
  const p1 = command.p1 & ~MORE
  const begun = progress?.ins === ins && 'p1' in progress && progress.p1 === p1 && progress.p2 === p2
  const data = concat(begun ? progress.data : EMPTY, command.data)
  require(data.length <= LONGEST, SW.WRONG_LENGTH)
  if ((command.p1 & MORE) === 0) return { ...command, p1, data }
  context.progress = { ins, p1, p2, data }
  return undefined
}
