/** Malformed, oversized, hostile and slow clients are refused, and the well-behaved one beside them never notices. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_HANDLES } from '../../drivers/virtual/service/pcsc-calls.ts'
import { FrameReader } from '../../drivers/virtual/service/pcsc-frames.ts'
import { MAX_CLIENTS } from '../../drivers/virtual/service/pcsc-service.ts'
import { BODY_SIZE } from '../../drivers/virtual/service/pcsc-wire.ts'
import { fromHex } from '../../src/base/hex.ts'
import { RawClient, u32 } from './raw-client.ts'
import { TestService, within } from './with-service.ts'

const READ_8 = fromHex('00 B0 00 08 00')

test('a frame that cannot be right ends its client: wrong sizes, unknown commands, announced lengths', async () => {
  await using it = await TestService.start()
  const hostile: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['a huge body', u32(0xffffffff, 1)],
    ['a body too long', u32(13, 1, 0, 0, 0, 0)],
    ['a body too short', u32(8, 1, 0, 0)],
    ['command 0', u32(0, 0)],
    ['an unknown command', u32(0, 0x18)],
    ['an unused command', u32(8, 0x03, 0, 0)],
    ['a command too long', u32(32, 9, 1, 2, 16, 65_549, 0, 16, 258, 0)],
    ['a control input too long', u32(24, 10, 1, 1, 0x80000000, 258, 0, 0)],
  ]
  for (const [what, bytes] of hostile) {
    const client = new RawClient(it.service.socketPath)
    client.socket.write(bytes)
    assert.notEqual(await within(client.closed, 2000), 'waiting', what)
  }
})

test('a name without an end, a context and handles of nobody: refused, not fatal', async () => {
  await using it = await TestService.start()
  const client = await it.client()
  const body = Buffer.concat([u32(client.context), Buffer.alloc(128, 0x41), u32(2, 3, 0, 0, 0)])
  assert.equal((await client.call(0x04, body)).readUInt32LE(148), 0x80100009)
  for (const command of [0x05, 0x06, 0x07, 0x08, 0x0b, 0x0f, 0x10]) {
    const answer = await client.call(command, Buffer.alloc(BODY_SIZE[command]!, 0xff))
    assert.equal(answer.readUInt32LE(answer.length - 4), 0x80100003)
  }
})

test('no more clients and handles than the limits', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const client = await it.client()
  for (let i = 0; i < MAX_HANDLES; i++) await client.handle('A')
  assert.equal((await client.connect('A')).rv, 0x80100006)
  const crowd = Array.from({ length: MAX_CLIENTS + 20 }, () => new RawClient(it.service.socketPath))
  const version = await within(Promise.allSettled(crowd.map((one) => one.call(0x11, u32(4, 4, 0)))), 5000)
  assert.ok(version !== 'waiting')
  assert.equal(version.filter(({ status }) => status === 'fulfilled').length, MAX_CLIENTS - 1)
  for (const one of crowd) one.close()
  while (it.service.clientCount > 1) await within(new Promise(() => {}), 5)
  assert.equal((await it.client()).context > 0, true)
})

test('clients that send thousands of commands ahead take turns, and nothing overflows', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const count = 6000
  const clients = [await it.client(), await it.client(), await it.client()]
  const answers = clients.map(async (client) => {
    const card = await client.handle('A')
    const command = Buffer.concat([u32(32, 9), u32(card, 2, 16, READ_8.length, 0, 16, 258, 0), READ_8])
    client.socket.write(Buffer.concat(Array.from({ length: count }, () => command)))
    return client.receive(42 * count)
  })
  // Held up once, all three have a queue: from then on every answer lets another client go on.
  it.bay.reader('A').addFault({ kind: 'slow', ms: 300, command: 2 })
  for (const bytes of await Promise.all(answers))
    for (let at = 0; at < bytes.length; at += 42) assert.equal(bytes.readUInt16BE(at + 40), 0x9000)
})

test('a client that does not read its answers is cut off, one that stops in mid-frame too', async () => {
  await using it = await TestService.start({ stallMs: 200 })
  const deaf = connect(it.service.socketPath)
  deaf.pause()
  deaf.on('error', () => {})
  const closed = new Promise<void>((resolve) => deaf.on('close', () => resolve()))
  const ask = Buffer.concat(Array.from({ length: 2000 }, () => u32(0, 0x12)))
  deaf.write(ask)
  const stalled = await it.client()
  stalled.socket.write(u32(32, 9, 1, 2))
  const healthy = await it.client()
  healthy.send(0x13, Buffer.alloc(0))
  await healthy.receive(16 * 184)
  assert.notEqual(await within(stalled.closed, 3000), 'waiting')
  deaf.resume()
  assert.notEqual(await within(closed, 1000), 'waiting')
  assert.equal((await healthy.readers()).length, 0, 'a quiet client is left alone')
})

test('frames out of arbitrary pieces: total, and the same however they are cut', () => {
  const command = fc.constantFrom(...Object.keys(BODY_SIZE).map(Number))
  const frame = fc.tuple(command, fc.uint8Array({ minLength: 300, maxLength: 300 })).map(([code, bytes]) => {
    const size = BODY_SIZE[code]!
    const body = Buffer.from(bytes.subarray(0, size))
    if (code === 0x09) body.writeUInt32LE(3, 12)
    if (code === 0x0a) body.writeUInt32LE(3, 8)
    return Buffer.concat([u32(size, code), body, Buffer.alloc(code === 0x09 || code === 0x0a ? 3 : 0, 7)])
  })
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames)
        const reader = new FrameReader()
        const seen: Buffer[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length]!
          reader.push(bytes.subarray(at, at + size))
          at += size
          for (let next = reader.next(); next !== undefined; next = reader.next()) {
            assert.ok(next !== 'malformed')
            seen.push(Buffer.concat([u32(BODY_SIZE[next.command]!, next.command), next.body]))
          }
        }
        assert.deepEqual(Buffer.concat(seen), bytes)
        assert.equal(reader.held, 0)
      },
    ),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
      const reader = new FrameReader()
      for (const chunk of chunks) {
        reader.push(Buffer.from(chunk))
        for (let next = reader.next(); next !== undefined && next !== 'malformed'; ) next = reader.next()
      }
    }),
    { numRuns: 1000 },
  )
})

/** Bytes of a hostile client: noise, truncated frames, well-formed frames with senseless fields. */
const hostileBytes = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc.tuple(fc.nat(0x18), fc.uint8Array({ minLength: 300, maxLength: 300 }), fc.nat(300)).map(([code, noise, cut]) => {
    const size = BODY_SIZE[code] ?? 8
    return Buffer.concat([u32(size, code), noise.subarray(0, Math.min(size, 300))]).subarray(0, 8 + Math.max(cut, size))
  }),
)

test('fuzzing the socket beside a well-behaved client: 400 hostile connections, not one of its answers is wrong', async () => {
  await using it = await TestService.start()
  it.withCard('A')
  const good = await it.client()
  const card = await good.handle('A')
  let exchanges = 0
  let running = true
  const behaved = (async () => {
    while (running) {
      assert.equal(await good.begin(card), 0)
      const { rv, answer } = await good.transmit(card, READ_8)
      assert.equal(rv, 0)
      assert.equal(answer.toString('hex'), 'aaaaaaaaaaaaaaaa9000')
      assert.equal(await good.end(card), 0)
      exchanges++
    }
  })()
  await fc.assert(
    fc.asyncProperty(fc.array(hostileBytes, { minLength: 1, maxLength: 6 }), async (pieces) => {
      const hostile = new RawClient(it.service.socketPath)
      for (const piece of pieces) hostile.socket.write(piece)
      await new Promise<void>((resolve) => hostile.socket.end(() => resolve()))
      hostile.close()
    }),
    { numRuns: 400 },
  )
  running = false
  await behaved
  assert.ok(exchanges > 50, `${exchanges} exchanges`)
  good.close()
  while (it.service.clientCount > 0) await within(new Promise(() => {}), 5)
  assert.equal(it.bay.slot('A')?.sharing, 0)
})
