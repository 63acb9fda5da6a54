/** Why a reader is not seen: each reason told apart (users' most frequent wish). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { afterEach, test } from 'node:test'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { changesBetween } from '../../drivers/pcsc/reader-changes.ts'
import { TROUBLES, troubleOf } from '../../drivers/pcsc/reader-troubles.ts'
import { clientProtocol, serviceProtocol } from '../../drivers/pcsc/service-diagnosis.ts'
import { ReaderError, type ReaderTrouble } from '../../src/card/ports.ts'
import { socket } from './service-under-test.ts'

let server: Server | undefined
afterEach(() => void server?.close())

async function listTrouble(): Promise<ReaderTrouble> {
  const readers = await openPcsc()
  try {
    await readers.list()
    return assert.fail('it succeeded')
  } catch (error) {
    assert.ok(error instanceof ReaderError, String(error))
    return error.trouble
  } finally {
    await readers.close()
  }
}

/** A daemon of another age: answers VERSION with its own number and "stopped", as pcscd does. */
const daemon = async (minor: number): Promise<void> => {
  server = createServer((client) => {
    client.on('error', () => {})
    client.on('data', () => client.write(Buffer.from(Int32Array.of(4, minor, 0x8010001e | 0).buffer)))
  })
  await new Promise<void>((resolve) => server?.listen(socket, resolve))
}

test('nobody listens', async () => {
  assert.deepEqual(await listTrouble(), { kind: 'serviceDown' })
  assert.equal(await serviceProtocol(), undefined)
})

test('client library and daemon speak different versions (facts, PC/SC 1)', async () => {
  const client = await clientProtocol()
  assert.match(client ?? '', /^4\.\d+$/)
  await daemon(99)
  assert.equal(await serviceProtocol(), '4.99')
  assert.deepEqual(await listTrouble(), { kind: 'protocolMismatch', client, service: '4.99' })
})

test('a daemon of the same version that has stopped is down, not mismatched', async () => {
  await daemon(Number((await clientProtocol())?.split('.')[1]))
  assert.deepEqual(await listTrouble(), { kind: 'serviceDown' })
})

test('every sentence of the binding has its reason', () => {
  const header = readFileSync(new URL('../../node_modules/smartcard/src/pcsc_errors.h', import.meta.url), 'utf8')
  const sentences = [...header.matchAll(/return "([^"]+)"/g)].map(([, sentence]) => sentence as string)
  assert.ok(sentences.length > 25)
  const unexplained = sentences.filter((sentence) => !(sentence in TROUBLES))
  assert.deepEqual(unexplained, ['Success', 'Unknown PC/SC error'])
  assert.deepEqual(troubleOf('constructor', 'R'), { kind: 'unexpected', code: 0, detail: 'constructor' })
})

test('a card that was out and in again between two looks is another card', () => {
  const reader = (state: number) => [{ name: 'R', state, atr: Uint8Array.of(0x3b) }]
  const kinds = (before: number, after: number) => changesBetween(reader(before), reader(after)).map(({ kind }) => kind)
  assert.deepEqual(kinds(0x0001_0020, 0x0003_0020), ['cardRemoved', 'cardInserted'])
  assert.deepEqual(kinds(0x0001_0020, 0x0001_0120), ['stateChanged'])
  assert.deepEqual(kinds(0x0001_0020, 0x0001_0020), [])
  assert.deepEqual(kinds(0x0000_0010, 0x0001_0220), ['cardInserted'])
})
