/** A GlobalPlatform command as a value: its bytes, how its answer is read, what its status words mean. */
import type { Command, CommandParts, Response } from '../../card/command.ts'
import { command, decodeResponse, encodeCommand } from '../../card/command.ts'
import type { Transmit } from '../../card/layers/layer.ts'
import { explain, GpError, type Meanings } from './gp-error.ts'

export interface GpCommand<T> {
  /** `INSTALL [for load]` */
  readonly name: string
  /** Where it is specified: `GPCS 11.5`. */
  readonly section: string
  readonly apdu: Command
  /** Status words other than 9000 that are an answer and no refusal. */
  readonly accepts: readonly number[]
  readonly meanings: Meanings
  /** The answer's data, or undefined when they do not have the form the section gives. */
  readonly parse: (response: Response) => T | undefined
}

/** What a command is before its bytes: one per instruction. */
export interface GpInstruction {
  readonly name: string
  readonly section: string
  readonly ins: number
  readonly accepts?: readonly number[]
  readonly meanings?: Meanings
}

export function gpCommand<T>(
  { name, section, ins, accepts = [], meanings = [] }: GpInstruction,
  p1: number,
  p2: number,
  parts: CommandParts,
  parse: (response: Response) => T | undefined,
): GpCommand<T> {
  return { name, section, accepts, meanings, parse, apdu: command(0x80, ins, p1, p2, parts) }
}

/** Sends it. Throws `GpError` on a refusal or an answer that cannot be read; what `transmit` throws passes through. */
export async function perform<T>(transmit: Transmit, gp: GpCommand<T>): Promise<T> {
  const response = decodeResponse(await transmit(encodeCommand(gp.apdu)))
  return readAnswer(gp, response)
}

/** The second half of `perform`, for a response that came another way. */
export function readAnswer<T>(gp: GpCommand<T>, response: Response | undefined): T {
  const { name, section } = gp
  if (response === undefined) throw new GpError({ kind: 'malformed', command: name, section })
  if (response.sw !== 0x9000 && !gp.accepts.includes(response.sw))
    throw new GpError({ kind: 'refused', ...explain(name, section, response.sw, gp.meanings) })
  const answer = gp.parse(response)
  if (answer === undefined) throw new GpError({ kind: 'malformed', command: name, section })
  return answer
}
