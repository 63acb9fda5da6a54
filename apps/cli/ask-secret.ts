/** Asks for a PIN at the terminal without showing it, or takes the first line of standard input where that is no terminal. */
import { Secret } from '../../src/base/secret.ts'
import { withoutDumps } from '../terminal/electron/no-dumps.ts'
import { UsageError } from './command.ts'

const [ENTER, NEW_LINE, INTERRUPT, END, DELETE, BACKSPACE] = [0x0d, 0x0a, 0x03, 0x04, 0x7f, 0x08]
const LONGEST = 64

/** Bytes all the way: no string ever holds the PIN. Throws UsageError when nothing is entered. */
export async function askSecret(prompt: string, input: NodeJS.ReadStream = process.stdin): Promise<Secret> {
  withoutDumps()
  const hidden = input.isTTY === true
  if (hidden) process.stderr.write(`${prompt}: `)
  const typed = new Uint8Array(LONGEST)
  try {
    if (hidden) input.setRawMode(true)
    const length = await readLine(input, typed)
    if (length === 0) throw new UsageError('no PIN was entered')
    return new Secret(typed.slice(0, length))
  } finally {
    typed.fill(0)
    if (hidden) {
      input.setRawMode(false)
      process.stderr.write('\n')
    }
    input.pause()
  }
}

async function readLine(input: NodeJS.ReadStream, into: Uint8Array): Promise<number> {
  let length = 0
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    const bytes: Uint8Array = chunk
    try {
      for (const byte of bytes) {
        if (byte === ENTER || byte === NEW_LINE || byte === END) return length
        if (byte === INTERRUPT) return 0
        if (byte === DELETE || byte === BACKSPACE) length = Math.max(0, length - 1)
        else if (length < into.length) into[length++] = byte
        else throw new UsageError(`a PIN has at most ${into.length} bytes`)
      }
    } finally {
      bytes.fill(0)
    }
  }
  return length
}
