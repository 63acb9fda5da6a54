/** Real readers' driver: the compiled binding and the machine's own client library, against our PC/SC service. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { BindingMissing } from '../../drivers/pcsc/binding.ts'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { ReaderError, type ReaderEvent, type ReaderService, type ReaderTrouble } from '../../src/card/ports.ts'
import { type ServiceUnderTest, startService } from './service-under-test.ts'

const ONE = 'Madoguchi Test Reader 00 00'
const TWO = 'Madoguchi Test Reader 01 00'
const SELECT = fromHex('00A4040000')

let service: ServiceUnderTest
let readers: ReaderService

before(async () => {
  service = await startService()
  readers = await openPcsc({ deadlines: { connect: 3000, transmit: 1000, transaction: 400 } }).catch((error) => {
    if (error instanceof BindingMissing)
      throw new Error('the PC/SC binding is not built: apt-get install g++ make libpcsclite-dev')
    throw error
  })
})
after(async () => {
  await readers.close()
  await service.stop()
})
beforeEach(async () => {
  await service.order({ do: 'plug', reader: ONE })
  await service.order({ do: 'insert', reader: ONE })
})
afterEach(async () => {
  await service.order({ do: 'unplug', reader: ONE })
})

const troubleIn = async (work: Promise<unknown>): Promise<ReaderTrouble['kind']> => {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason) => reason,
  )
  assert.ok(error instanceof ReaderError, String(error))
  return error.trouble.kind
}

test('readers and what is in them', async () => {
  await service.order({ do: 'plug', reader: TWO })
  const states = await readers.list()
  assert.deepEqual(
    states.map(({ name, card, atr, inUse }) => [name, card, atr && hex(atr), inUse]),
    [
      [ONE, 'present', '3BE000FF8131FE4514', false],
      [TWO, 'absent', undefined, false],
    ],
  )
  await service.order({ do: 'insertMute', reader: TWO })
  assert.equal((await readers.list())[1]?.card, 'mute')
  assert.equal(await troubleIn(readers.connect(TWO, 'shared')), 'mute')
  await service.order({ do: 'remove', reader: TWO })
  assert.equal(await troubleIn(readers.connect(TWO, 'shared')), 'noCard')
  await service.order({ do: 'unplug', reader: TWO })
  assert.equal(await troubleIn(readers.connect(TWO, 'shared')), 'readerGone')
})

test('commands and answers, the longest included', async () => {
  const card = await readers.connect(ONE, 'shared')
  assert.equal(card.protocol, 'T=1')
  assert.equal(hex(card.atr), '3BE000FF8131FE4514')
  assert.equal(hex(await card.transmit(SELECT)), '9000')
  assert.equal((await card.transmit(fromHex('00B00000000000'))).length, 0x10000 + 2)
  const pin = fromHex('002000800431323334')
  assert.equal(hex(await card.transmit(pin)), '049000')
  assert.equal(hex(pin), '002000800431323334', 'the caller keeps its own copy')
  await card.disconnect('leave')
})

test('an answer shorter than two bytes is a communication error (facts, PC/SC 1)', async () => {
  const card = await readers.connect(ONE, 'shared')
  await service.order({ do: 'fault', reader: ONE, fault: { kind: 'empty' } })
  assert.equal(await troubleIn(card.transmit(SELECT)), 'communication')
  await service.order({ do: 'fault', reader: ONE, fault: { kind: 'truncate', length: 1 } })
  assert.equal(await troubleIn(card.transmit(SELECT)), 'communication')
  assert.equal(hex(await card.transmit(SELECT)), '9000')
  await card.disconnect('leave')
})

test('a card pulled in mid-command and afterwards', async () => {
  const card = await readers.connect(ONE, 'shared')
  await service.order({ do: 'fault', reader: ONE, fault: { kind: 'pull' } })
  assert.equal(await troubleIn(card.transmit(SELECT)), 'cardGone')
  assert.equal(await troubleIn(card.transmit(SELECT)), 'cardGone')
  await card.disconnect('leave')
})

test('a silent card ends at the deadline, and the reader can be used again once it is pulled', async () => {
  const card = await readers.connect(ONE, 'shared')
  await service.order({ do: 'fault', reader: ONE, fault: { kind: 'hang' } })
  const began = performance.now()
  assert.equal(await troubleIn(card.transmit(SELECT)), 'deadline')
  assert.ok(performance.now() - began < 2000)
  assert.equal(await troubleIn(card.transmit(SELECT)), 'deadline', 'nothing more is asked of it')
  await card.disconnect('leave')
  assert.equal((await readers.list())[0]?.name, ONE, 'others are not held up')
  await service.order({ do: 'remove', reader: ONE })
  await service.order({ do: 'insert', reader: ONE })
  const again = await readers.connect(ONE, 'shared')
  assert.equal(hex(await again.transmit(SELECT)), '9000')
  await again.disconnect('leave')
})

test('a wait can be cancelled', async () => {
  const card = await readers.connect(ONE, 'shared')
  await service.order({ do: 'fault', reader: ONE, fault: { kind: 'slow', ms: 300 } })
  const cancel = new AbortController()
  const waiting = troubleIn(card.transmit(SELECT, cancel.signal))
  cancel.abort()
  assert.equal(await waiting, 'cancelled')
  assert.equal(hex(await card.transmit(SELECT)), '9000', 'the next command waits for the one under way')
  assert.equal(await troubleIn(card.transmit(SELECT, AbortSignal.abort())), 'cancelled')
  await card.disconnect('leave')
})

test('exclusive use and transactions keep others out', async () => {
  const mine = await readers.connect(ONE, 'exclusive')
  assert.equal(await troubleIn(readers.connect(ONE, 'shared')), 'inUse')
  await mine.beginTransaction()
  assert.equal(hex(await mine.transmit(SELECT)), '9000')
  await mine.endTransaction('leave')
  await mine.disconnect('leave')

  const shared = await readers.connect(ONE, 'shared')
  await shared.beginTransaction()
  assert.equal(await troubleIn(readers.connect(ONE, 'shared')), 'inUse')
  await shared.endTransaction('leave')
  const other = await readers.connect(ONE, 'shared')
  assert.equal(await troubleIn(shared.beginTransaction()), 'inUse', 'another program holds the card')
  const begun = shared.beginTransaction()
  await other.disconnect('leave')
  await begun
  await shared.endTransaction('leave')
  await shared.disconnect('leave')
})

test('a reset by another program is told once, and a reconnect heals it', async () => {
  const mine = await readers.connect(ONE, 'shared')
  const other = await readers.connect(ONE, 'shared')
  assert.equal(hex(await other.reconnect('reset')), '3BE000FF8131FE4514')
  assert.equal(await troubleIn(mine.transmit(SELECT)), 'cardReset')
  await mine.reconnect('leave')
  assert.equal(hex(await mine.transmit(SELECT)), '9000')
  await mine.disconnect('leave')
  await other.disconnect('unpower')
})

test('PIN entry at the keypad (PC/SC part 10)', async () => {
  const plain = await readers.connect(ONE, 'shared')
  assert.deepEqual(await plain.features(), { verify: false, modify: false })
  await plain.disconnect('leave')
  await service.order({ do: 'plug', reader: TWO, pinPad: [0x31, 0x32, 0x33, 0x34] })
  await service.order({ do: 'insert', reader: TWO })
  const card = await readers.connect(TWO, 'shared')
  assert.deepEqual(await card.features(), { verify: true, modify: true })
  const request = { header: fromHex('00200080'), minLength: 4, maxLength: 4, timeoutSeconds: 5 }
  assert.equal(hex(await card.verifyOnPinPad(request)), '049000', 'the reader sent four digits')
  await card.disconnect('leave')
  await service.order({ do: 'unplug', reader: TWO })
})

test('hot plug: every event, and a service that stops and comes back', async (t) => {
  const stop = new AbortController()
  t.after(() => stop.abort())
  const events = readers.watch(stop.signal)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value } = (await events.next()) as { value: ReaderEvent }
    if (value.kind === 'trouble') return value.trouble.kind
    return 'state' in value ? `${value.kind} ${value.state.card} ${value.state.name}` : `${value.kind} ${value.reader}`
  }
  assert.equal(await next(), `readerAdded present ${ONE}`)
  await service.order({ do: 'plug', reader: TWO })
  assert.equal(await next(), `readerAdded absent ${TWO}`)
  await service.order({ do: 'insert', reader: TWO })
  assert.equal(await next(), `cardInserted present ${TWO}`)
  await service.order({ do: 'remove', reader: TWO })
  assert.equal(await next(), `cardRemoved ${TWO}`)
  await service.order({ do: 'unplug', reader: TWO })
  assert.equal(await next(), `readerRemoved ${TWO}`, 'the other reader stays')
  await service.stop()
  assert.equal(await next(), 'serviceDown')
  assert.equal(await next(), `readerRemoved ${ONE}`)
  assert.equal(await troubleIn(readers.list()), 'serviceDown')
  service = await startService()
  await service.order({ do: 'plug', reader: ONE })
  assert.equal(await next(), `readerAdded absent ${ONE}`)
  stop.abort()
  assert.equal((await events.next()).done, true)
})
