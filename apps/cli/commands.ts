/** The commands there are. Each file is loaded only when its command is asked for. */
import type { CliCommand } from './command.ts'

export const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {}
