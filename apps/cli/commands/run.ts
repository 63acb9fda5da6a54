/** `madoguchi run`: a private PC/SC service around one command, like xvfb-run for smart cards. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { type CliCommand, UsageError } from '../command.ts'
import { readerChoices, VirtualReaders } from '../virtual-readers.ts'

/** As a shell has them. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

/** Runs the command to its end; signals to us become signals to it. */
function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    // A terminal sends its interrupt to the command too: it must not get it twice.
    const forwarded = (['SIGTERM', 'SIGHUP', 'SIGINT'] as const).filter(
      (name) => name !== 'SIGINT' || !process.stdin.isTTY,
    )
    const forward = (name: NodeJS.Signals) => child.kill(name)
    for (const name of forwarded) process.on(name, forward)
    const end = () => {
      for (const name of forwarded) process.off(name, forward)
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      end()
      if (error.code === 'ENOENT') resolve(NOT_FOUND)
      else if (error.code === 'EACCES') resolve(NOT_EXECUTABLE)
      else reject(error)
    })
    child.once('exit', (code, signal) => {
      end()
      resolve(code ?? 128 + constants.signals[signal as NodeJS.Signals])
    })
  })
}

export const run: CliCommand = {
  name: 'run',
  summary: 'run a command with virtual readers and simulated cards of its own',
  usage: `madoguchi run [--reader NAME[=CARD]]… [--discard] -- COMMAND [ARGUMENT]…

A private PC/SC service around one command; every program it starts finds the readers through PCSCLITE_CSOCK_NAME.
CARD is an image file or a profile. What happens to a card from a file is kept in the file; a profile's card is thrown
away. Without --reader there is one reader, with a card of the profile resident. The exit code is the command's.

  --reader NAME[=CARD]   a reader, empty or with a card; may be given more than once
  --discard              leave the image files as they are

  madoguchi run -- pkcs15-tool --dump
  madoguchi run --reader 窓口=hanako.card.json -- pkcs11-tool --login --test`,

  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { reader: { type: 'string', multiple: true }, discard: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const [command, ...rest] = positionals
    if (command === undefined) throw new UsageError('which command is to run? madoguchi run -- COMMAND')
    const readers = await VirtualReaders.open(readerChoices(values.reader), { discard: values.discard })
    try {
      const code = await runCommand(command, rest, { ...io.env, ...readers.service.env })
      if (code === NOT_FOUND || code === NOT_EXECUTABLE) io.err(`madoguchi: ${command} cannot be run`)
      return code
    } finally {
      await readers.close()
    }
  },
}
