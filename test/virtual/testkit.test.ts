/** The testkit, as a test of somebody else's program uses it. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { RawClient } from './raw-client.ts'

const SELECT_JPKI = fromHex('00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01')
const WRONG_PIN = fromHex('00 20 00 98 04 30 30 30 30')
const TRIES = fromHex('00 20 00 98')

test('readers by name, cards by choice, gone at the end', async () => {
  let socket: string
  {
    await using readers = await virtualReaders({
      Profile: 'resident',
      Overridden: { profile: 'resident', with: { pins: { auth: '9876' } } },
      Image: await makeCardImage('child'),
      Empty: null,
    })
    socket = readers.socket
    assert.deepEqual(readers.env, { PCSCLITE_CSOCK_NAME: socket })
    assert.deepEqual(readers.names, ['Profile', 'Overridden', 'Image', 'Empty'])
    const client = await RawClient.open(socket)
    const states = (await client.readers()).map(({ name, state }) => `${name} ${state}`)
    assert.deepEqual(states, ['Profile 4', 'Overridden 4', 'Image 4', 'Empty 2'])
    const card = await client.handle('Overridden')
    await client.transmit(card, SELECT_JPKI)
    assert.equal((await client.transmit(card, fromHex('00 20 00 98 04 39 38 37 36'))).answer.toString('hex'), '9000')
    client.close()
  }
  assert.equal(existsSync(socket), false)
})

test('insert, remove, tap, faults, trace, and one card in two readers', async () => {
  await using readers = await virtualReaders({ A: 'resident', B: null })
  const card = readers.remove('A')
  assert.throws(() => readers.card('A'), /no card in the reader "A"/)
  assert.throws(() => readers.remove('C'), /no reader "C"/)
  await readers.insert('B', card, 'contactless')
  const connection = await readers.service.connect('B', 'exclusive')
  assert.match(hex(connection.atr), /^3B888001/)
  await connection.transmit(SELECT_JPKI)
  readers.faults('B', { kind: 'truncate', length: 1 }, { kind: 'pull', command: 3 })
  await assert.rejects(connection.transmit(TRIES), /communication/)
  assert.equal(hex(await connection.transmit(TRIES)), '63C3')
  await assert.rejects(connection.transmit(TRIES), /cardGone/)
  assert.deepEqual(
    readers.trace('B').map(({ header, sw }) => `${header} ${sw ?? '-'}`),
    ['00A4040C 9000', '00200098 63C3', '00200098 63C3', '00200098 -'],
  )
})

test('a power cut inside the write of a wrong PIN: the try is spent or not, and the card comes back', async () => {
  await using readers = await virtualReaders({ A: 'resident' })
  const connection = await readers.service.connect('A', 'shared')
  for (const at of ['before', 'inside', 'after'] as const) {
    const start = readers.snapshot('A')
    await connection.reconnect('leave')
    await connection.transmit(SELECT_JPKI)
    readers.faults('A', { kind: 'powerCut', write: 1, at })
    await assert.rejects(connection.transmit(WRONG_PIN), /communication/)
    await assert.rejects(connection.transmit(TRIES), /cardReset/)
    await connection.reconnect('leave')
    await connection.transmit(SELECT_JPKI)
    assert.equal(hex(await connection.transmit(TRIES)), at === 'after' ? '63C2' : '63C3', at)
    readers.restore(start)
    await connection.reconnect('leave')
    await connection.transmit(SELECT_JPKI)
    assert.equal(hex(await connection.transmit(TRIES)), '63C3')
  }
})

test('a snapshot belongs to its card', async () => {
  await using readers = await virtualReaders({ A: 'resident' })
  const snapshot = readers.snapshot('A')
  readers.remove('A')
  await readers.insert('A', 'child')
  assert.throws(() => readers.restore(snapshot), /another card/)
})

test('an unusable choice leaves nothing behind', async () => {
  await assert.rejects(virtualReaders({ '': null }), RangeError)
  await assert.rejects(virtualReaders({ A: { profile: 'resident', with: { serial: 'x' } } }))
  await assert.rejects(virtualReaders({ A: null }, { socket: `/tmp/${'x'.repeat(200)}` }), /longer than/)
})
