/** The in-memory `ReaderService`: the same bay, the same sharing, troubles a person can act on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { ReaderError, type ReaderEvent, type ReaderTrouble } from '../../src/card/ports.ts'
import { FakeChip } from './fake-chip.ts'
import { within } from './with-service.ts'

const GET_STATE = fromHex('00 21 00 00')

function setUp() {
  const bay = new ReaderBay()
  const chip = new FakeChip()
  const reader = bay.plug('A')
  reader.insert({ chip })
  return { bay, chip, reader, service: new MemoryReaderService(bay) }
}

async function trouble(promise: Promise<unknown>): Promise<ReaderTrouble['kind']> {
  const error = await promise.then(
    () => assert.fail('it was to fail'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ReaderError, String(error))
  return error.trouble.kind
}

test('lists readers and talks to a card', async () => {
  const { bay, service } = setUp()
  bay.plug('Empty')
  const [a, empty] = await service.list()
  assert.deepEqual({ ...a, atr: hex(a!.atr!) }, { name: 'A', card: 'present', inUse: false, atr: '3BE000FF8131FE4514' })
  assert.deepEqual(empty, { name: 'Empty', card: 'absent', inUse: false })
  const connection = await service.connect('A', 'shared')
  assert.equal(connection.protocol, 'T=1')
  assert.equal(hex(await connection.transmit(GET_STATE)), '009000')
  assert.deepEqual(await connection.features(), { verify: false, modify: false })
  assert.equal((await service.list())[0]?.inUse, true)
  assert.equal(hex(await connection.reconnect('unpower')), '3BE000FF8131FE4514')
  await connection.disconnect('leave')
  assert.equal((await service.list())[0]?.inUse, false)
})

test('every trouble has its name', async () => {
  const { bay, reader, service } = setUp()
  bay.plug('Empty')
  bay.plug('Mute').insert({ chip: new FakeChip(), mute: true })
  assert.equal(await trouble(service.connect('Nowhere', 'shared')), 'readerGone')
  assert.equal(await trouble(service.connect('Empty', 'shared')), 'noCard')
  assert.equal(await trouble(service.connect('Mute', 'shared')), 'mute')
  const one = await service.connect('A', 'shared')
  const two = await service.connect('A', 'shared')
  assert.equal(await trouble(service.connect('A', 'exclusive')), 'inUse')
  await one.reconnect('reset')
  assert.equal(await trouble(two.transmit(GET_STATE)), 'cardReset')
  reader.addFault({ kind: 'truncate', length: 1 })
  assert.equal(await trouble(one.transmit(GET_STATE)), 'communication')
  reader.addFault({ kind: 'mute' })
  assert.equal(await trouble(one.transmit(GET_STATE)), 'communication')
  reader.remove()
  assert.equal(await trouble(one.transmit(GET_STATE)), 'cardGone')
  bay.unplug('A')
  assert.equal(await trouble(one.transmit(GET_STATE)), 'readerGone')
})

test('a signal leaves the queue of a transaction, and ends the wait for a hanging card', async () => {
  const { reader, service } = setUp()
  const one = await service.connect('A', 'shared')
  const two = await service.connect('A', 'shared')
  await one.beginTransaction()
  const stop = new AbortController()
  const begin = two.beginTransaction(stop.signal)
  const connect = service.connect('A', 'shared', stop.signal)
  assert.equal(await within(begin), 'waiting')
  stop.abort()
  assert.equal(await trouble(begin), 'cancelled')
  assert.equal(await trouble(connect), 'cancelled')
  await one.endTransaction('leave')
  await two.beginTransaction()
  await two.endTransaction('leave')
  reader.addFault({ kind: 'hang' })
  assert.equal(await trouble(one.transmit(GET_STATE, AbortSignal.timeout(30))), 'cancelled')
})

test('watch reports every reader first, then what happens, and ends with its signal', async () => {
  const { bay, reader, service } = setUp()
  const stop = new AbortController()
  const seen: string[] = []
  const watching = (async () => {
    for await (const event of service.watch(stop.signal)) seen.push(describe(event))
  })()
  await within(Promise.resolve())
  bay.plug('B')
  const card = reader.remove()!
  reader.insert(card)
  bay.unplug('B')
  await within(new Promise(() => {}), 10)
  stop.abort()
  await watching
  assert.deepEqual(seen, ['readerAdded A', 'readerAdded B', 'cardRemoved A', 'cardInserted A', 'readerRemoved B'])
})

function describe(event: ReaderEvent): string {
  if ('state' in event) return `${event.kind} ${event.state.name}`
  return 'reader' in event ? `${event.kind} ${event.reader}` : event.kind
}

test('the keypad: the entry reaches the card, an abort ends it', async () => {
  const bay = new ReaderBay()
  const entries = [new TextEncoder().encode('1234')]
  const pinPad = () => new Promise<Uint8Array>((resolve) => entries[0] && resolve(entries.shift()!))
  bay.plug('A', { pinPad }).insert({ chip: new FakeChip() })
  const connection = await new MemoryReaderService(bay).connect('A', 'shared')
  assert.deepEqual(await connection.features(), { verify: true, modify: true })
  const request = { header: fromHex('00 0E 00 80'), minLength: 4, maxLength: 4, timeoutSeconds: 30 }
  assert.equal(hex(await connection.verifyOnPinPad(request)), '313233349000')
  assert.equal(await trouble(connection.verifyOnPinPad(request, AbortSignal.timeout(20))), 'cancelled')
  assert.equal(hex(await connection.transmit(GET_STATE)), '009000')
})

test('close ends connections and watches, and leaves the bay alone', async () => {
  const { bay, service } = setUp()
  const connection = await service.connect('A', 'exclusive')
  const ended = (async () => {
    for await (const _ of service.watch(new AbortController().signal)) {
      // waits for the end
    }
  })()
  await service.close()
  await ended
  assert.equal(await trouble(connection.transmit(GET_STATE)), 'readerGone')
  assert.equal(bay.slot('A')?.sharing, 0)
})
