/** The seam of the command line: one file per command under `commands/`, each a value of this shape. */

export interface CliIo {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted on SIGINT and SIGTERM; a command then cleans up and returns. */
  readonly signal: AbortSignal
}

export interface CliCommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What `--help` prints: synopsis, options, examples. */
  readonly usage: string
  /** Returns the exit code. Throws `UsageError` for bad options, missing files and unknown names. */
  run(args: readonly string[], io: CliIo): Promise<number>
}

/** What the person typed cannot be done: one clear sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
