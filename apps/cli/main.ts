/** The `madoguchi` command line: finds the command, and turns whatever comes out of it into an exit code and a sentence. */
import { type CliCommand, type CliIo, UsageError } from './command.ts'
import { COMMANDS, type Commands } from './commands.ts'

/** Runs one command line. Returns the exit code: the command's own, 1 for a failure, 2 for what cannot be done as typed. */
export async function main(
  args: readonly string[],
  io: CliIo,
  version: string,
  commands: Commands = COMMANDS,
): Promise<number> {
  try {
    const [name, ...rest] = args
    if (name === undefined || name === '--help' || name === '-h' || name === 'help')
      return await help(rest, io, commands)
    if (name === '--version') {
      io.out(version)
      return 0
    }
    const command = await find(name, commands)
    if (!asksForHelp(rest)) return await command.run(rest, io)
    io.out(command.usage)
    return 0
  } catch (error) {
    return report(error, io)
  }
}

/** `main` for this process: its arguments, streams and signals. */
export async function runMain(version: string): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // Asked twice, a person means it.
      if (stop.signal.aborted) process.exit(130)
      stop.abort()
    })
  // `madoguchi … | head`: the reader has gone, which is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const io: CliIo = {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    env: process.env,
    signal: stop.signal,
  }
  process.exitCode = await main(process.argv.slice(2), io, version)
}

async function find(name: string, commands: Commands): Promise<CliCommand> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw new UsageError(`there is no command ${JSON.stringify(name)}; see madoguchi --help`)
  return await load()
}

/** `--help` before a `--`; what comes after belongs to another program. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h')
}

async function help(args: readonly string[], io: CliIo, commands: Commands): Promise<number> {
  if (args[0] !== undefined) {
    io.out((await find(args[0], commands)).usage)
    return 0
  }
  const all = await Promise.all(Object.values(commands).map((load) => load()))
  const width = Math.max(...all.map(({ name }) => name.length))
  io.out('madoguchi – smart-card middleware, virtual readers and a simulated My Number card\n')
  for (const { name, summary } of all) io.out(`  ${name.padEnd(width)}  ${summary}`)
  io.out('\nmadoguchi COMMAND --help tells more. Every card it makes is simulated.')
  return 0
}

function report(error: unknown, io: CliIo): number {
  const usage = error instanceof UsageError || codeOf(error)?.startsWith('ERR_PARSE_ARGS') === true
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error) ?? 'failed'
  io.err(`madoguchi: ${usage || message.startsWith(code) ? '' : `${code}: `}${message}`)
  if (!usage && io.env['MADOGUCHI_DEBUG'] !== undefined && error instanceof Error) io.err(error.stack ?? '')
  return usage ? 2 : 1
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
