/** `madoguchi inspect`: what a card in any reader says of itself. */
import { parseArgs } from 'node:util'
import { openPcsc } from '../../../drivers/pcsc/pcsc.ts'
import { MemoryReaderService } from '../../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../../drivers/virtual/reader/reader-bay.ts'
import type { KeyName } from '../../../src/applications/jpki/jpki-files.ts'
import { tellFailure } from '../../../src/base/failures/catalogue.ts'
import { ENGLISH } from '../../../src/base/failures/english.ts'
import { Card } from '../../../src/card/card.ts'
import { type CardFailure, describe, failureCode } from '../../../src/card/card-failure.ts'
import { formatTraceLine } from '../../../src/card/layers/trace.ts'
import { ReaderError, type ReaderService } from '../../../src/card/ports.ts'
import { asVirtualCard } from '../../testkit/as-virtual-card.ts'
import { askSecret } from '../ask-secret.ts'
import { openCard } from '../card-source.ts'
import { chooseReader } from '../choose-reader.ts'
import { type CliCommand, type CliIo, UsageError } from '../command.ts'
import { formatInspection } from '../inspect/format-inspection.ts'
import { inspectCard } from '../inspect/inspect-card.ts'
import { selfTest, selfTestText } from '../inspect/self-test.ts'

/** The machine's readers, or one in memory with a simulated card in it, whose changes are not kept. */
async function serviceFor(card: string | undefined): Promise<ReaderService> {
  if (card === undefined) return await openPcsc()
  const bay = new ReaderBay()
  bay.plug('memory').insert(asVirtualCard((await openCard(card, { discard: true })).card, card))
  return new MemoryReaderService(bay)
}

interface Wishes {
  readonly selfTest: KeyName | undefined
  readonly keypad: boolean
  readonly lastTry: boolean
  readonly pem: boolean
}

async function inspectWith(card: Card, wishes: Wishes, io: CliIo): Promise<number> {
  const { signal } = io
  const found = await card.transaction(inspectCard, { signal })
  if (found.kind !== 'ok') return tell(found, io)
  for (const line of formatInspection(found.value, Date.now(), wishes.pem)) io.out(line)
  const { selfTest: key, keypad, lastTry } = wishes
  if (key === undefined) return 0
  const entry = keypad ? { keypad: { timeoutSeconds: 30 } } : await askSecret(`PIN of the ${key} key`)
  const tested = await card.transaction((tx) => selfTest(tx, key, entry, lastTry ? 'agreed' : 'ask'), { signal })
  if (tested.kind !== 'ok') return tell(tested, io)
  io.out(`\nSelf-test of the ${key} key ${selfTestText(tested.value)}`)
  return tested.value.kind === 'good' ? 0 : 1
}

function tell(failure: CardFailure, io: CliIo): number {
  const { happened, cardIsSafe, toDo } = tellFailure(failureCode(failure), ENGLISH)
  io.err(`madoguchi: ${describe(failure)}: ${happened} ${cardIsSafe} ${toDo}`)
  return 1
}

const keyOf = (name: string | undefined): KeyName | undefined => {
  if (name === undefined || name === 'auth' || name === 'sign') return name
  throw new UsageError(`--self-test takes auth or sign, not ${JSON.stringify(name)}`)
}

export const inspect: CliCommand = {
  name: 'inspect',
  summary: 'what the card in a reader is: applications, tries left, public certificates, signing self-test',
  usage: `madoguchi inspect [--reader NAME | --card CARD] [--pem] [--trace] [--self-test auth|sign [--keypad] [--last-try]]

Looks at the card in the named reader, or in the only reader with a card. Writes nothing, spends no try, and prints
nothing about the holder. CARD is an image file or a profile, looked at in memory and left as it is.

  --reader NAME            a reader of this machine, or of the service PCSCLITE_CSOCK_NAME leads to
  --card CARD              a simulated card instead
  --pem                    also the public certificates themselves; their numbers and names belong to the holder
  --trace                  also each command and status word, on standard error; bodies stay masked
  --self-test auth|sign    also signs and checks the signature. Asks the PIN (standard input); a wrong one costs a try
  --keypad                 the PIN is typed at the reader
  --last-try               go on although one try is left

  madoguchi inspect --card resident
  madoguchi run -- madoguchi inspect`,

  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        reader: { type: 'string' },
        card: { type: 'string' },
        pem: { type: 'boolean', default: false },
        trace: { type: 'boolean', default: false },
        'self-test': { type: 'string' },
        keypad: { type: 'boolean', default: false },
        'last-try': { type: 'boolean', default: false },
      },
      allowPositionals: true,
    })
    if (positionals.length > 0) throw new UsageError('inspect takes options alone; see madoguchi inspect --help')
    if (values.reader !== undefined && values.card !== undefined)
      throw new UsageError('give --reader or --card, not both')
    const wishes = {
      selfTest: keyOf(values['self-test']),
      keypad: values.keypad,
      lastTry: values['last-try'],
      pem: values.pem,
    }
    const service = await serviceFor(values.card)
    try {
      const reader = await chooseReader(service, values.reader)
      const options = values.trace
        ? { trace: (line: Parameters<typeof formatTraceLine>[0]) => io.err(formatTraceLine(line)) }
        : {}
      const opened = await Card.open(service, reader, { ...options, signal: io.signal })
      if (opened.kind !== 'ok') return tell(opened, io)
      try {
        return await inspectWith(opened.value, wishes, io)
      } finally {
        // A verified PIN must not outlive this program.
        await opened.value.close(wishes.selfTest === undefined ? 'leave' : 'unpower')
      }
    } catch (error) {
      if (error instanceof ReaderError) return tell(error.trouble, io)
      throw error
    } finally {
      await service.close()
    }
  },
}
