/** Faults on demand at every point, as a client of the service meets them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../src/base/hex.ts'
import { TestService, within } from './with-service.ts'

const SET_STATE = fromHex('00 20 00 07')
const GET_STATE = fromHex('00 21 00 00')
const UPDATE = fromHex('00 D6 00 00')
const NOT_TRANSACTED = 0x80100016
const REMOVED = 0x80100069

async function ready() {
  const it = await TestService.start()
  const chip = it.withCard('A')
  const client = await it.client()
  return { it, chip, client, card: await client.handle('A'), reader: it.bay.reader('A') }
}

test('pulled at command n, before or after the card has seen it', async () => {
  for (const when of ['before', 'after'] as const) {
    const { it, chip, client, card, reader } = await ready()
    await using _ = it
    reader.addFault({ kind: 'pull', command: 3, when })
    for (const expected of [0, 0, REMOVED, REMOVED]) assert.equal((await client.transmit(card, SET_STATE)).rv, expected)
    assert.equal(chip.log.filter((line) => line === 'ins 20').length, when === 'before' ? 2 : 3)
    assert.equal(reader.card, undefined)
  }
})

test('unplugged in mid-command', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  reader.addFault({ kind: 'unplug' })
  assert.equal((await client.transmit(card, GET_STATE)).rv, 0x80100017)
  assert.deepEqual(await client.readers(), [])
})

test('mute: no answer, and none after a reset either, until the card is inserted again', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  reader.addFault({ kind: 'mute' })
  assert.equal((await client.transmit(card, GET_STATE)).rv, NOT_TRANSACTED)
  assert.equal((await client.transmit(card, GET_STATE)).rv, NOT_TRANSACTED)
  assert.equal(await client.reconnect(card, 2), 0x80100066)
  assert.equal((await client.readers())[0]?.state, 0x04 | 0x08)
  const same = reader.remove()!
  reader.insert(same)
  assert.equal(await client.reconnect(card, 0), 0)
  assert.equal((await client.transmit(card, GET_STATE)).rv, 0)
})

test('hang: the call never returns, others queue; pulling the card ends it', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  const other = await it.client()
  const second = await other.handle('A')
  reader.addFault({ kind: 'hang' })
  const hanging = client.transmit(card, GET_STATE)
  const queued = other.transmit(second, GET_STATE)
  assert.equal(await within(hanging), 'waiting')
  assert.equal(await within(queued), 'waiting')
  reader.remove()
  assert.equal((await hanging).rv, REMOVED)
  assert.equal((await queued).rv, REMOVED)
})

test('hang: the death of its client lets the others go on', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  const other = await it.client()
  const second = await other.handle('A')
  reader.addFault({ kind: 'hang' })
  void client.transmit(card, GET_STATE).catch(() => {})
  const queued = other.transmit(second, GET_STATE)
  assert.equal(await within(queued), 'waiting')
  client.close()
  assert.equal((await queued).rv, 0)
})

test('slow and waiting-time extension: late, but whole; other readers are not held up', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  it.withCard('B')
  const other = await it.client()
  const second = await other.handle('B')
  reader.addFault({ kind: 'slow', ms: 60 })
  reader.addFault({ kind: 'waitingTimeExtension', times: 3, ms: 20, command: 2 })
  for (const _round of [1, 2]) {
    const start = performance.now()
    const late = client.transmit(card, GET_STATE)
    assert.equal((await other.transmit(second, GET_STATE)).rv, 0)
    assert.ok(performance.now() - start < 50)
    assert.equal((await late).answer.toString('hex'), '009000')
    assert.ok(performance.now() - start >= 58)
  }
})

test('truncated and empty answers are "successes" shorter than two bytes: the library has to notice', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  reader.addFault({ kind: 'truncate', length: 1 })
  reader.addFault({ kind: 'empty', command: 2 })
  assert.deepEqual(await client.transmit(card, GET_STATE), { rv: 0, answer: Buffer.of(0) })
  assert.deepEqual(await client.transmit(card, GET_STATE), { rv: 0, answer: Buffer.alloc(0) })
  assert.equal((await client.transmit(card, GET_STATE)).answer.length, 3)
})

test('power cut at a write: the command fails, the card comes back cold, every handle learns it', async () => {
  const { it, chip, client, card, reader } = await ready()
  await using _ = it
  reader.addFault({ kind: 'powerCut', write: 1, at: 'inside', command: 2 })
  await client.transmit(card, SET_STATE)
  chip.log.length = 0
  assert.equal((await client.transmit(card, UPDATE)).rv, NOT_TRANSACTED)
  assert.deepEqual(chip.log, ['ins d6', 'on contact'])
  assert.equal((await client.transmit(card, GET_STATE)).rv, 0x80100068)
  assert.equal(await client.reconnect(card, 0), 0)
  assert.equal((await client.transmit(card, GET_STATE)).answer.toString('hex'), '009000')
  const { chip: bare } = reader.remove()!
  reader.insert({ chip: bare })
  assert.throws(() => reader.addFault({ kind: 'powerCut', write: 1, at: 'before' }), /cannot lose its power/)
})

test('reset by another program, at one command or at every one', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  reader.addFault({ kind: 'reset', command: 2, repeat: true })
  assert.equal((await client.transmit(card, SET_STATE)).rv, 0)
  for (const _round of [1, 2]) {
    assert.equal((await client.transmit(card, GET_STATE)).rv, 0x80100068)
    assert.equal(await client.reconnect(card, 0), 0)
  }
  reader.faults.clear()
  assert.equal((await client.transmit(card, GET_STATE)).answer.toString('hex'), '009000')
})

test('the trace has headers, lengths, status words and faults, and never a body', async () => {
  const { it, client, card, reader } = await ready()
  await using _ = it
  await client.transmit(card, fromHex('00 0E 12 34 04 31 32 33 34'))
  reader.addFault({ kind: 'truncate', length: 1 })
  await client.transmit(card, GET_STATE)
  const trace = it.bay.trace.list('A')
  assert.deepEqual(
    trace.map(({ header, commandLength, responseLength, sw, faults }) => ({
      header,
      commandLength,
      responseLength,
      sw,
      faults,
    })),
    [
      { header: '000E1234', commandLength: 9, responseLength: 6, sw: '9000', faults: undefined },
      { header: '00210000', commandLength: 4, responseLength: 3, sw: '9000', faults: ['truncate'] },
    ],
  )
  assert.doesNotMatch(JSON.stringify(trace), /31323334/)
  assert.deepEqual(it.bay.trace.list('B'), [])
  assert.equal(it.bay.trace.list(undefined, trace[1]!.number).length, 1)
})
