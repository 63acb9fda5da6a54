/** Record and replay: secrets never reach the text, and the first difference is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CardKind } from '../../drivers/replay/mask.ts'
import { recordReaders } from '../../drivers/replay/recorder.ts'
import { formatStep, parseRecording } from '../../drivers/replay/recording.ts'
import { ReplayDifference, replayReaders } from '../../drivers/replay/replay.ts'
import { ascii, concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { type CardConnection, ReaderError, type ReaderService } from '../../src/card/ports.ts'

const ATR = fromHex('3BE000FF8131FE4514')
const READER = 'Some Reader 00 00'
const SELECT = fromHex('00A4040C02D392')
const READ = fromHex('00B0000000')
const HOLDER = ascii('BANGO HANAKO')

/** A card that answers READ BINARY with its holder's name, is pulled at `00FF…`, and says 9000 to everything else. */
function readers(answer: (command: Uint8Array) => Uint8Array): ReaderService {
  const card: CardConnection = {
    reader: READER,
    atr: ATR,
    protocol: 'T=1',
    transmit: async (command) => answer(command),
    beginTransaction: async () => {},
    endTransaction: async () => {},
    reconnect: async () => ATR,
    features: async () => ({ verify: true, modify: false }),
    verifyOnPinPad: async () => fromHex('9000'),
    disconnect: async () => {},
  }
  return {
    list: async () => [{ name: READER, card: 'present', atr: ATR, inUse: false }],
    watch: async function* () {},
    connect: async () => card,
    close: async () => {},
  }
}

function answer(command: Uint8Array): Uint8Array {
  if (command[1] === 0xff) throw new ReaderError({ kind: 'cardGone', reader: READER })
  return command[1] === 0xb0 ? concat(HOLDER, fromHex('9000')) : fromHex('9000')
}

const verify = (pin: string) => concat(fromHex('00200018'), Uint8Array.of(pin.length), ascii(pin))

async function session(service: ReaderService, pin = '1234'): Promise<string[]> {
  const card = await service.connect(READER, 'exclusive')
  const seen = [hex(card.atr), card.protocol]
  await card.beginTransaction()
  for (const command of [SELECT, fromHex('00200018'), verify(pin), READ]) {
    const sent = Buffer.from(command)
    const answered = card.transmit(sent)
    // As the library does with every command that is on its way.
    sent.fill(0)
    seen.push(hex(await answered))
  }
  seen.push(
    hex(await card.verifyOnPinPad({ header: fromHex('00200018'), minLength: 4, maxLength: 4, timeoutSeconds: 9 })),
  )
  await card.endTransaction('leave')
  seen.push(hex(await card.reconnect('reset')))
  await assert.rejects(card.transmit(fromHex('00FF0000')), ({ trouble }: ReaderError) => trouble.kind === 'cardGone')
  await card.disconnect('leave')
  return seen
}

async function recorded(kind: CardKind): Promise<string> {
  const lines: string[] = []
  await session(recordReaders(readers(answer), { card: kind, write: (line) => lines.push(line) }))
  return lines.join('\n')
}

test('the text: comment, command, answer', async () => {
  assert.deepEqual((await recorded('real')).split('\n').slice(1, 12), [
    `connect exclusive T=1 ${hex(ATR)} ${READER}`,
    'begin',
    '# SELECT',
    '> 00A4040C02D392',
    '< 9000',
    '# VERIFY',
    '> 00200018',
    '< 9000',
    '# VERIFY',
    '> 00200018 masked',
    '< 9000',
  ])
})

test('played back, the program sees what it saw; of a masked answer the length and the status', async () => {
  const simulated = replayReaders(await recorded('simulated'))
  assert.deepEqual(await session(simulated), await session(readers(answer)))
  simulated.finish()
  const real = replayReaders(await recorded('real'))
  assert.equal((await session(real, '9999'))[5], `${'00'.repeat(HOLDER.length)}9000`)
  real.finish()
  assert.deepEqual(await real.list(), await readers(answer).list())
})

test('the first difference is told by line and stays', async () => {
  const replay = replayReaders(await recorded('simulated'))
  const card = await replay.connect(READER, 'exclusive')
  await card.beginTransaction()
  const differs = (error: Error) => error instanceof ReplayDifference && error.line === 5
  await assert.rejects(card.transmit(verify('1234')), differs)
  await assert.rejects(card.transmit(SELECT), differs)
  assert.throws(() => replay.finish(), differs)
  await assert.rejects(card.transmit(verify('1234')), ({ message }: Error) => !message.includes(hex(ascii('1234'))))
})

test('a recording not played to its end is a difference', async () => {
  const replay = replayReaders(await recorded('simulated'))
  await replay.connect(READER, 'exclusive')
  assert.throws(() => replay.finish(), /line 3: expected "begin", found "the end"/)
})

test('one connection at a time', async () => {
  const service = recordReaders(readers(answer), { card: 'real', write: () => {} })
  const card = await service.connect(READER, 'shared')
  await assert.rejects(service.connect(READER, 'shared'), ({ trouble }: ReaderError) => trouble.kind === 'inUse')
  await card.disconnect('leave')
  await service.connect(READER, 'shared')
})

test('property: no secret of any command ever reaches the text', async () => {
  const secret = fc.uint8Array({ minLength: 6, maxLength: 32 }).filter((bytes) => new Set(bytes).size > 3)
  // What may hold a PIN or a key: VERIFY, CHANGE, RESET, keys, and any command that is not on the list.
  const instruction = fc.constantFrom(0x20, 0x21, 0x24, 0x2c, 0xd8, 0xda, 0x82, 0xe2, 0x34, 0x5a, 0xff - 1)
  const cla = fc.constantFrom(0x00, 0x10, 0x80, 0x84, 0x0c, 0x04, 0x90)
  const kind = fc.constantFrom<CardKind>('real', 'simulated')
  await fc.assert(
    fc.asyncProperty(secret, secret, instruction, cla, kind, async (sent, received, ins, first, card) => {
      const lines: string[] = []
      const service = readers(() => concat(received, fromHex('9000')))
      const connection = await recordReaders(service, { card, write: (line) => lines.push(line) }).connect(
        READER,
        'shared',
      )
      await connection.transmit(concat(Uint8Array.of(first, ins, 0, 0, sent.length), sent))
      const text = lines.join('\n')
      assert.ok(!text.includes(hex(sent)) && !text.includes(hex(received)), text)
    }),
  )
})

test('property: what is written is read again, and no text crashes the reader', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const disposition = fc.constantFrom('leave', 'reset', 'unpower', 'eject')
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('end', 'disconnect'), disposition }),
    fc.record({ kind: fc.constant('reconnect'), disposition, atr: bytes }),
    fc.record({
      kind: fc.constant('command'),
      command: fc.oneof(fc.record({ shown: bytes }), fc.record({ header: bytes })),
    }),
    fc.record({
      kind: fc.constant('answer'),
      answer: fc.oneof(fc.record({ shown: bytes }), fc.record({ trouble: fc.constant('mute') })),
    }),
  ) as fc.Arbitrary<Parameters<typeof formatStep>[0]>
  fc.assert(
    fc.property(step, (written) =>
      assert.deepEqual(parseRecording(formatStep(written))[0]?.step, structuredClone(written)),
    ),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseRecording(text)
      } catch (error) {
        assert.ok(error instanceof SyntaxError && /^recording, line \d+: /.test(error.message))
      }
    }),
  )
})
