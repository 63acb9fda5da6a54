/** pcsc-lite's client protocol as the facts page (PC/SC, section 2) has it, spoken by a client of our own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../src/base/hex.ts'
import { at32, parseReaders, RawClient, u32 } from './raw-client.ts'
import { TestService, within } from './with-service.ts'

const READ_8 = fromHex('00 B0 00 08 00')

test('versions 4.4, 4.5 and 4.6 are answered with themselves; any other is told 4.6 and "service stopped"', async () => {
  await using it = await TestService.start()
  const client = new RawClient(it.service.socketPath)
  for (const minor of [4, 5, 6]) assert.deepEqual(await client.call(0x11, u32(4, minor, 9)), u32(4, minor, 0))
  for (const [major, minor] of [
    [4, 3],
    [4, 7],
    [3, 4],
    [5, 4],
  ] as const)
    assert.deepEqual(await client.call(0x11, u32(major, minor, 0)), u32(4, 6, 0x8010001e))
  client.close()
})

test('the reader state array: 16 entries, in 4.6 as many as there are', async () => {
  await using it = await TestService.start()
  for (let i = 1; i <= 20; i++) it.bay.plug(`Reader ${i}`)
  it.withCard('第一窓口')
  const old = await it.client(4)
  assert.equal((await old.readers()).length, 16)
  const newer = await it.client(6)
  const size = at32(await newer.call(0x16, Buffer.alloc(0), 4), 0)
  assert.equal(size, 21)
  const all = parseReaders(await newer.call(0x17, Buffer.alloc(0), size * 184))
  assert.deepEqual(all.at(-1), { name: '第一窓口', events: 1, state: 0x04, sharing: 0, atr: '3be000ff8131fe4514' })
  assert.deepEqual(all[0], { name: 'Reader 1', events: 0, state: 0x02, sharing: 0, atr: '' })
})

test('waiting for a change: 4.4 and 4.5 get the array at once, 4.6 does not; one signal per wait', async () => {
  await using it = await TestService.start()
  it.bay.plug('A')
  for (const minor of [4, 5, 6]) {
    const client = await it.client(minor)
    client.send(0x13, Buffer.alloc(0))
    if (minor < 6) assert.equal(parseReaders(await client.receive(16 * 184)).length, it.bay.readers.length)
    const signal = client.receive(8)
    assert.equal(await within(signal), 'waiting')
    it.bay.plug(`B ${minor}`)
    assert.deepEqual(await signal, u32(0, 0))
    it.bay.plug(`C ${minor}`)
    assert.equal(await within(client.receive(1)), 'waiting', 'no second signal')
  }
})

test('stop waiting is answered only while waiting', async () => {
  await using it = await TestService.start()
  const client = await it.client()
  client.send(0x14, Buffer.alloc(0))
  await client.readers()
  assert.equal(client.unread, 0)
  client.send(0x13, Buffer.alloc(0))
  await client.receive(16 * 184)
  client.send(0x14, Buffer.alloc(0))
  assert.deepEqual(await client.receive(8), u32(0, 0))
})

test('a blocked wait is cancelled from another connection by its context', async () => {
  await using it = await TestService.start()
  const client = await it.client()
  const other = new RawClient(it.service.socketPath)
  client.send(0x13, Buffer.alloc(0))
  await client.receive(16 * 184)
  assert.equal(at32(await other.call(0x0d, u32(client.context, 0)), 4), 0)
  assert.deepEqual(await client.receive(8), u32(0, 0x80100002))
  assert.equal(at32(await other.call(0x0d, u32(client.context, 0)), 4), 0, 'nothing to cancel is no error')
  assert.equal(at32(await other.call(0x0d, u32(0, 0)), 4), 0x80100003)
  assert.equal(at32(await other.call(0x0d, u32(client.context ^ 1, 0)), 4), 0x80100003)
  other.close()
})

test('the counter of readers that came and went moves (4.5)', async () => {
  await using it = await TestService.start()
  const client = await it.client(5)
  const count = async () => at32(await client.call(0x15, Buffer.alloc(0), 8), 0)
  const before = await count()
  it.bay.plug('A')
  it.bay.unplug('A')
  assert.equal(await count(), before + 2)
})

test('events move the counter of a reader: insertion, removal, insertion', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  const card = it.bay.reader('A').remove()!
  assert.deepEqual((await client.readers())[0], { name: 'A', events: 2, state: 0x02, sharing: 0, atr: '' })
  it.bay.reader('A').insert(card, 'contactless')
  const [again] = await client.readers()
  assert.equal(again?.events, 3)
  assert.equal(again?.atr, '3b88800100000 5e0b381a1007f'.replace(' ', ''))
})

test('transmit: struct and bytes; a short buffer, an unknown handle, a wrong protocol', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  const card = await client.handle('A')
  assert.equal((await client.transmit(card, READ_8)).answer.toString('hex'), 'aaaaaaaaaaaaaaaa9000')
  assert.equal((await client.transmit(card, READ_8, 2, 9)).rv, 0x80100008)
  assert.equal((await client.transmit(card ^ 1, READ_8)).rv, 0x80100003)
  assert.equal((await client.transmit(card, READ_8, 1)).rv, 0x8010000f)
  assert.equal((await client.transmit(card, READ_8, 4)).rv, 0)
})

test('long commands and answers arrive whole, also in small pieces', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  const card = await client.handle('A')
  const data = Uint8Array.from({ length: 60_000 }, (_, i) => i & 0xff)
  const command = Buffer.concat([fromHex('00 0E 00 00 00'), data])
  const { rv, answer } = await client.transmit(card, command)
  assert.equal(rv, 0)
  assert.deepEqual(answer.subarray(0, -2), Buffer.from(data))
  const message = Buffer.concat([u32(32, 9), u32(card, 2, 16, READ_8.length, 0, 16, 258, 0), READ_8])
  for (const byte of message) {
    client.socket.write(Uint8Array.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(at32(await client.receive(32), 28), 0)
  assert.equal((await client.receive(10)).length, 10)
})

test('calls sent ahead are answered in order', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  const card = await client.handle('A')
  const answers = await Promise.all([client.begin(card), client.status(card), client.end(card), client.end(card)])
  assert.deepEqual(answers, [0, 0, 0, 0x80100016])
})

test('connect refuses what is not there or not asked for', async () => {
  await using it = await TestService.start()
  it.bay.plug('Empty')
  it.bay.plug('Mute').insert({ chip: it.withCard('A'), mute: true })
  const client = await it.client()
  assert.equal((await client.connect('No such reader')).rv, 0x80100009)
  assert.equal((await client.connect('Empty')).rv, 0x8010000c)
  assert.equal((await client.connect('Mute')).rv, 0x80100066)
  assert.equal((await client.readers()).find(({ name }) => name === 'Mute')?.state, 0x04 | 0x08)
  assert.equal((await client.connect('A', 4)).rv, 0x80100011)
  assert.equal((await client.connect('A', 2, 0)).rv, 0x8010000f)
  assert.equal((await client.connect('A', 2, 1)).rv, 0x8010000f, 'the card offers T=1 only (facts 1.3)')
  const direct = await client.connect('Empty', 3, 0)
  assert.deepEqual([direct.rv, direct.protocol], [0, 0])
})

test('a context belongs to its connection', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const one = await it.client()
  const two = await it.client()
  const card = await one.handle('A')
  assert.equal((await two.transmit(card, READ_8)).rv, 0x80100003)
  assert.equal(await two.code(0x02, one.context), 0x80100003)
  const second = await one.call(0x01, u32(2, 0, 0))
  assert.equal(at32(second, 8), 0x80100006, 'one context a connection')
  assert.equal(await one.code(0x02, one.context), 0)
  assert.equal((await one.transmit(card, READ_8)).rv, 0x80100003)
  assert.equal((await one.connect('A')).rv, 0x80100003)
})

test('attributes: the ATR, names that say simulated, and a refusal', async () => {
  await using it = await TestService.start()
  it.withCard('窓口 A')
  const client = await it.client()
  const card = await client.handle('窓口 A')
  assert.equal((await client.attribute(card, 0x00090303)).value.toString('hex'), '3be000ff8131fe4514')
  assert.match((await client.attribute(card, 0x00010100)).value.toString(), /simulated/)
  assert.equal((await client.attribute(card, 0x7fff0003)).value.toString(), '窓口 A\0')
  assert.equal((await client.attribute(card, 0x00090303, 4)).rv, 0x80100008)
  assert.equal((await client.attribute(card, 0x12345678)).rv, 0x8010001f)
  assert.equal((await client.attribute(card ^ 1, 0x00090303)).rv, 0x80100003)
  const set = await client.call(0x10, Buffer.concat([u32(card, 0x7fff0003), Buffer.alloc(264), u32(0, 0)]))
  assert.equal(at32(set, 276), 0x80100016)
})

test('FF CA: a fresh PUPI at each activation of a contactless card; refused through contacts (facts 1.2)', async () => {
  await using it = await TestService.start()
  it.withCard('Contact')
  it.withCard('Antenna', {}, 'contactless')
  const client = await it.client()
  const getUid = async (card: number, le = '00') =>
    (await client.transmit(card, fromHex(`FF CA 00 00 ${le}`))).answer.toString('hex')
  assert.equal(await getUid(await client.handle('Contact')), '6a81')
  const antenna = await client.handle('Antenna')
  const first = await getUid(antenna)
  assert.match(first, /^[0-9a-f]{8}9000$/)
  assert.equal(await getUid(antenna), first)
  assert.equal(await getUid(antenna, '02'), '6c04')
  assert.match(await getUid(antenna, '0A'), /^[0-9a-f]{8}6282$/)
  assert.equal((await client.transmit(antenna, fromHex('FF CA 01 00 00'))).answer.toString('hex'), '6a81')
  assert.equal(await client.reconnect(antenna, 2), 0)
  assert.notEqual(await getUid(antenna), first)
})
