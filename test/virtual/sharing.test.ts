/** Who may talk to the card, and what the others learn (facts: PC/SC page, section 2, "Semantics a client relies on"). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../src/base/hex.ts'
import { TestService, within } from './with-service.ts'

const SET_STATE = fromHex('00 20 00 07')
const GET_STATE = fromHex('00 21 00 00')
const VIOLATION = 0x8010000b
const RESET = 0x80100068
const REMOVED = 0x80100069
const UNAVAILABLE = 0x80100017
const NOT_TRANSACTED = 0x80100016

test('exclusive keeps everybody else out, and shared keeps exclusive out', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const [one, two] = [await it.client(), await it.client()]
  const alone = await one.handle('A', 1)
  assert.equal((await two.readers())[0]?.sharing, -1)
  assert.equal((await two.connect('A')).rv, VIOLATION)
  assert.equal((await two.connect('A', 3, 0)).rv, VIOLATION)
  await one.disconnect(alone)
  await two.handle('A')
  await two.handle('A')
  assert.equal((await two.readers())[0]?.sharing, 2)
  assert.equal((await one.connect('A', 1)).rv, VIOLATION)
  const third = await one.handle('A')
  assert.equal(await one.reconnect(third, 0, 1), VIOLATION)
})

test('a transaction blocks the other handles, which are served in the order they came', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const clients = [await it.client(), await it.client(), await it.client(), await it.client()] as const
  const [owner, ...others] = clients
  const handles = await Promise.all(clients.map((client) => client.handle('A')))
  assert.equal(await owner.begin(handles[0]!), 0)
  const served: number[] = []
  const waits = others.map(async (client, i) => {
    assert.equal(await client.begin(handles[i + 1]!), 0)
    served.push(i)
    assert.equal((await client.transmit(handles[i + 1]!, SET_STATE)).rv, 0)
    assert.equal(await client.end(handles[i + 1]!), 0)
  })
  assert.equal(await within(Promise.race(waits)), 'waiting')
  assert.equal((await owner.transmit(handles[0]!, SET_STATE)).rv, 0)
  assert.equal(await owner.end(handles[0]!), 0)
  await Promise.all(waits)
  assert.deepEqual(served, [0, 1, 2])
})

test('a single command and a connection wait for a foreign transaction too; status does not', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const [one, two, three] = [await it.client(), await it.client(), await it.client()]
  const [a, b] = [await one.handle('A'), await two.handle('A')]
  await one.begin(a)
  assert.equal(await two.status(b), 0)
  const command = two.transmit(b, SET_STATE)
  const connection = three.connect('A')
  assert.equal(await within(command), 'waiting')
  assert.equal(await within(connection), 'waiting')
  await one.end(a)
  assert.equal((await command).rv, 0)
  assert.equal((await connection).rv, 0)
})

test('transactions nest; ending one that is not open is an error', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const [one, two] = [await it.client(), await it.client()]
  const [a, b] = [await one.handle('A'), await two.handle('A')]
  await one.begin(a)
  await one.begin(a)
  assert.equal(await two.end(b), NOT_TRANSACTED)
  assert.equal(await one.end(a), 0)
  const waiting = two.begin(b)
  assert.equal(await within(waiting), 'waiting')
  assert.equal(await one.end(a), 0)
  assert.equal(await waiting, 0)
  assert.equal(await one.end(a), NOT_TRANSACTED)
})

test('a client that dies releases its transaction; the card is reset and the others learn it', async () => {
  await using it = await TestService.start()
  const chip = it.withCard('A')
  const [one, two] = [await it.client(), await it.client()]
  const [a, b] = [await one.handle('A'), await two.handle('A')]
  await one.begin(a)
  await one.transmit(a, SET_STATE)
  const waiting = two.begin(b)
  one.close()
  assert.equal(await waiting, RESET)
  assert.equal(chip.volatile, 0)
  assert.equal(await two.reconnect(b, 0), 0)
  assert.equal(await two.begin(b), 0)
  assert.equal((await two.readers())[0]?.sharing, 1)
})

test('a client that dies while it waits leaves the queue', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const [one, two, three, four] = [await it.client(), await it.client(), await it.client(), await it.client()]
  const [a, b, c] = [await one.handle('A'), await two.handle('A'), await three.handle('A')]
  await one.begin(a)
  void two.begin(b).catch(() => {})
  void four.connect('A').catch(() => {})
  const last = three.begin(c)
  assert.equal(await within(last), 'waiting')
  two.close()
  four.close()
  while (it.service.clientCount > 2) await within(new Promise(() => {}), 1)
  await one.end(a)
  assert.equal(await last, 0)
  assert.equal((await one.readers())[0]?.sharing, 2)
})

for (const [what, disposition] of [
  ['reset', 1],
  ['unpower', 2],
] as const) {
  test(`${what} at the end of a transaction: the state is gone, and every handle is told until it reconnects`, async () => {
    await using it = await TestService.start()
    const chip = it.withCard('A')
    const [one, two] = [await it.client(), await it.client()]
    const [a, b] = [await one.handle('A'), await two.handle('A')]
    await one.begin(a)
    await one.transmit(a, SET_STATE)
    chip.log.length = 0
    assert.equal(await one.end(a, disposition), 0)
    assert.deepEqual(chip.log, what === 'reset' ? ['warm'] : ['off', 'on contact'])
    assert.equal((await one.transmit(a, GET_STATE)).rv, RESET, 'its own too, as with pcscd')
    assert.equal(await one.reconnect(a, 0), 0)
    assert.equal((await one.transmit(a, GET_STATE)).answer.toString('hex'), '009000')
    assert.equal(await two.status(b), RESET)
    assert.equal((await two.transmit(b, GET_STATE)).rv, RESET)
    assert.equal(await two.begin(b), RESET)
    assert.equal(await two.reconnect(b, 0), 0)
    assert.equal((await two.transmit(b, GET_STATE)).rv, 0)
  })
}

test('dispositions of disconnect: leave keeps the state, reset and unpower end it', async () => {
  await using it = await TestService.start()
  const chip = it.withCard('A')
  const client = await it.client()
  let card = await client.handle('A')
  await client.transmit(card, SET_STATE)
  await client.disconnect(card, 0)
  card = await client.handle('A')
  assert.equal((await client.transmit(card, GET_STATE)).answer.toString('hex'), '079000', 'still powered (facts 1.9)')
  await client.disconnect(card, 1)
  assert.equal(chip.volatile, 0)
  assert.equal(chip.powered, true)
  card = await client.handle('A')
  await client.disconnect(card, 2)
  assert.equal(chip.powered, false)
  assert.equal((await client.readers())[0]?.state, 0x04)
})

test('a card nobody uses loses its power after a while', async () => {
  await using it = await TestService.start()
  const chip = it.withCard('A')
  const client = await it.client()
  await client.disconnect(await client.handle('A'), 0)
  assert.equal(chip.powered, true)
  await new Promise((resolve) => setTimeout(resolve, 90))
  assert.equal(chip.powered, false)
})

test('eject puts the card out where there is a motor, and leaves it alone where there is none', async () => {
  await using it = await TestService.start()
  it.withCard('Motor', { motor: true })
  const still = it.withCard('Still')
  const client = await it.client()
  assert.equal(await client.disconnect(await client.handle('Motor'), 3), 0)
  assert.equal(await client.disconnect(await client.handle('Still'), 3), 0)
  assert.equal(it.bay.reader('Motor').card, undefined)
  assert.equal(still.powered, true)
  const card = await client.handle('Still')
  assert.equal(await client.begin(card), 0)
  assert.equal(await client.end(card, 3), 0x8010001f)
  assert.equal(await client.end(card), 0x80100016, 'the transaction has ended')
  assert.notEqual(it.bay.reader('Still').card, undefined)
})

test('reconnect resets warm or cold, tells the others, and a handle learns of its own reset nothing', async () => {
  await using it = await TestService.start()
  const chip = it.withCard('A')
  const [one, two] = [await it.client(), await it.client()]
  const [a, b] = [await one.handle('A'), await two.handle('A')]
  chip.log.length = 0
  assert.equal(await one.reconnect(a, 1), 0)
  assert.equal(await two.status(b), RESET)
  assert.equal(await one.reconnect(a, 2), 0)
  assert.deepEqual(chip.log, ['warm', 'off', 'on contact'])
  assert.equal(await one.status(a), 0)
  assert.equal(await one.reconnect(a, 3), 0x80100011)
})

test('a removed card: every call says so until the handle reconnects to the next one', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const [one, two] = [await it.client(), await it.client()]
  const [a, b] = [await one.handle('A'), await two.handle('A')]
  await one.begin(a)
  const waiting = two.begin(b)
  const card = it.bay.reader('A').remove()!
  assert.equal((await one.transmit(a, GET_STATE)).rv, REMOVED)
  assert.equal(await one.reconnect(a, 0), 0x8010000c)
  assert.equal(await within(waiting), 'waiting', 'the transaction is still open')
  assert.equal(await one.end(a), REMOVED)
  assert.equal(await waiting, REMOVED)
  it.bay.reader('A').insert(card)
  assert.equal((await one.transmit(a, GET_STATE)).rv, REMOVED)
  assert.equal(await one.reconnect(a, 0), 0)
  assert.equal((await one.transmit(a, GET_STATE)).rv, 0)
})

test('an unplugged reader: open handles, a running transaction and those who wait for it all learn it', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const [one, two] = [await it.client(), await it.client()]
  const [a, b] = [await one.handle('A'), await two.handle('A')]
  await one.begin(a)
  const waiting = two.begin(b)
  it.bay.unplug('A')
  assert.equal(await waiting, UNAVAILABLE)
  assert.equal((await one.transmit(a, GET_STATE)).rv, UNAVAILABLE)
  assert.equal(await one.reconnect(a, 0), UNAVAILABLE)
  assert.equal(await one.disconnect(a), 0)
  assert.deepEqual(await one.readers(), [])
  assert.equal((await one.connect('A')).rv, 0x80100009)
})

test('a card is power-cycled before anybody touches it, and has no power until then', async () => {
  await using it = await TestService.start()
  const chip = it.withCard('A')
  assert.deepEqual(chip.log, ['on contact', 'off'])
  const client = await it.client()
  const [before] = await client.readers()
  assert.equal(before?.state, 0x04)
  await client.handle('A')
  assert.deepEqual(chip.log, ['on contact', 'off', 'on contact'])
  assert.equal((await client.readers())[0]?.state, 0x04 | 0x10 | 0x20)
})

test('a bug in one chip disturbs nobody: the call fails, the bay is told', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  it.withCard('B')
  const told: string[] = []
  it.bay.onEvent(({ kind, detail }) => kind === 'chipError' && told.push(detail ?? ''))
  const client = await it.client()
  assert.equal((await client.transmit(await client.handle('A'), fromHex('00 EE 00 00'))).rv, 0x80100001)
  assert.deepEqual(told, ['bug in the fake chip'])
  assert.equal((await client.transmit(await client.handle('B'), GET_STATE)).rv, 0)
})

test('a refused connection changes nothing: exclusive and RAW beside a shared handle', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  const card = await client.handle('A')
  assert.equal((await client.connect('A', 1, 4)).rv, 0x8010000b)
  assert.equal((await client.transmit(card, fromHex('00 21 00 00'))).rv, 0)
})

test('a reset that leaves a handle without a protocol is told to it; the old name of "any" still means T=0 or T=1', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  const { card, protocol, rv } = await client.connect('A', 2, 0x1000)
  assert.deepEqual([rv, protocol], [0, 2])
  assert.equal(await client.code(0x05, card, 2, 1, 1, 0), 0x8010000f)
  assert.equal(await client.status(card), 0x80100068)
  assert.equal(await client.code(0x01, 4, 0), 0x80100011, 'there is no scope 4')
})

test('a card that is connected to again in time keeps its power', async () => {
  await using it = await TestService.start({ idlePowerMs: 60 })
  it.withCard('A')
  const client = await it.client()
  await client.disconnect(await client.handle('A'))
  const card = await client.handle('A')
  await client.transmit(card, fromHex('00 20 00 07'))
  await within(new Promise(() => {}), 150)
  assert.equal((await client.transmit(card, fromHex('00 21 00 00'))).answer.toString('hex'), '079000')
})
