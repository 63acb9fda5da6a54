/** Options every `gp` verb takes. */
import { parseArgs } from 'node:util'
import { aid } from '../../../src/applications/globalplatform/aid.ts'
import { LEVELS, type SecurityLevel } from '../../../src/applications/globalplatform/scp03-session.ts'
import { UsageError } from '../command.ts'
import { looksLikeKeys, NOT_ON_THE_COMMAND_LINE } from './key-file.ts'

const OPTIONS = {
  card: { type: 'string' },
  reader: { type: 'string' },
  discard: { type: 'boolean' },
  'write-real-card': { type: 'boolean' },
  keys: { type: 'string' },
  domain: { type: 'string' },
  level: { type: 'string' },
  to: { type: 'string' },
  'dap-domain': { type: 'string' },
  'dap-signature': { type: 'string' },
  privileges: { type: 'string' },
  parameters: { type: 'string' },
  dgi: { type: 'boolean' },
  quota: { type: 'string' },
  related: { type: 'boolean' },
  replace: { type: 'string' },
  'for-ever': { type: 'boolean' },
} as const

export type GpOptions = ReturnType<typeof parseGpArgs>

/** Throws UsageError, and what `parseArgs` throws for unknown options. */
export function parseGpArgs(args: readonly string[]) {
  if (
    args.some(
      (arg) =>
        /^--?(?:key|enc|mac|dek|kek|master)\b/i.test(arg) || (/^--keys=/.test(arg) && looksLikeKeys(arg.slice(7))),
    )
  )
    throw new UsageError(NOT_ON_THE_COMMAND_LINE)
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  if (values.keys !== undefined && looksLikeKeys(values.keys)) throw new UsageError(NOT_ON_THE_COMMAND_LINE)
  if (values.card !== undefined && values.reader !== undefined)
    throw new UsageError('--card and --reader are two places; give one')
  const [verb, ...rest] = positionals
  return { ...values, verb, rest }
}

/** An AID a person typed. */
export function aidArgument(text: string | undefined, what: string): Uint8Array {
  if (text === undefined) throw new UsageError(`${what} is missing; see madoguchi gp --help`)
  try {
    return aid(text)
  } catch {
    throw new UsageError(`${what} ${JSON.stringify(text)} is no AID: 5–16 bytes in hexadecimal`)
  }
}

export function levelOption(text: string | undefined): SecurityLevel | 'best' {
  if (text === undefined) return 'best'
  const level = LEVELS.find((each) => each.toString(16).padStart(2, '0') === text)
  if (level === undefined || level === 0) throw new UsageError('--level is one of 01, 03, 11, 13, 33')
  return level
}

/** One byte in hexadecimal. */
export function versionOption(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^[0-9a-fA-F]{2}$/.test(text))
    throw new UsageError(`${JSON.stringify(text)} is no key version: two hexadecimal digits`)
  return Number.parseInt(text, 16)
}
