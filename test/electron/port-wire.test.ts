/** The carrier of the packaged program, both adapters over a channel of Node's own. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import { z } from 'zod'
import { mainPortWire } from '../../apps/terminal/electron/port-wire.ts'
import { portWire } from '../../apps/terminal/renderer/shared/port-wire.ts'
import { connect } from '../../src/wire/connect.ts'
import { ChannelError } from '../../src/wire/frame.ts'
import { decodePacket, MAX_PACKET } from '../../src/wire/packet.ts'
import { type Service, serve } from '../../src/wire/serve.ts'
import { type PortPair, portPair } from './ports.ts'

const pairs: PortPair[] = []
// A port that stays open keeps the process alive: a failed test would not end.
after(() => {
  for (const pair of pairs) pair.close()
})

function open() {
  const secrets: Uint8Array[] = []
  const asked: unknown[] = []
  let stopped = 0
  const service: Service = {
    calls: {
      add: {
        input: z.strictObject({ a: z.number(), b: z.number() }),
        handle: async (input: { a: number; b: number }, secret) => {
          asked.push(input)
          if (secret !== undefined) secrets.push(secret)
          return input.a + input.b
        },
      },
      silent: { input: z.strictObject({}), handle: () => new Promise(() => {}) },
    },
    listens: {
      ever: {
        input: z.strictObject({}),
        handle: async function* (_: unknown, signal) {
          yield 'first'
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          stopped++
        },
      },
    },
  }
  const pair = portPair()
  pairs.push(pair)
  serve(mainPortWire(pair.host), service)
  return { pair, client: connect(portWire(pair.page)), secrets, asked, stopped: () => stopped }
}

const lost = (error: unknown) => error instanceof ChannelError && error.code === 'channelClosed'

test('row 10: a call and its answer over the port', async () => {
  const { pair, client } = open()
  assert.deepEqual(await Promise.all([client.call('add', { a: 1, b: 2 }), client.call('add', { a: 3, b: 4 })]), [3, 7])
  pair.close()
})

test('row 12: PIN bytes arrive beside the frame, once, and nothing of them stays in what was sent or received', async () => {
  const { port1, port2 } = new MessageChannel()
  const posted: Uint8Array[] = []
  const received: Uint8Array[] = []
  const page = portWire({
    postMessage: (bytes) => {
      posted.push(bytes)
      port1.postMessage(bytes)
    },
    addEventListener: () => {},
    start: () => {},
    close: () => port1.close(),
  })
  const arrived = Promise.withResolvers<Uint8Array | undefined>()
  const host = mainPortWire({
    postMessage: () => {},
    close: () => port2.close(),
    start: () => port2.start(),
    on: (event: 'message' | 'close', listener: (message: { data: unknown }) => void) => {
      if (event !== 'message') return
      port2.on('message', (data) => {
        received.push(data)
        listener({ data })
      })
    },
  })
  host.receive(
    (_frame, secret) => arrived.resolve(secret),
    () => {},
  )
  const pin = Uint8Array.from(Buffer.from('ZX81QQ'))
  page.send({ kind: 'call', id: 1, name: 'answer', input: {} }, pin)
  assert.deepEqual(Buffer.from((await arrived.promise) ?? []).toString(), 'ZX81QQ')
  assert.deepEqual([posted.length, received.length], [1, 1])
  assert.ok(
    posted[0]?.every((byte) => byte === 0),
    'the packet that was sent is zeroed',
  )
  assert.ok(!Buffer.from(received[0] ?? []).includes('ZX81QQ'), 'the packet that came is zeroed where the PIN was')
  port1.close()
})

test('row 12: a secret goes to the handler of its call', async () => {
  const { pair, client, secrets } = open()
  await client.call('add', { a: 1, b: 1 }, Uint8Array.of(0x31, 0x32))
  assert.deepEqual(secrets, [Uint8Array.of(0x31, 0x32)])
  pair.close()
})

test('row 12: a dead port ends what was asked, what is listened to, and says so', async () => {
  for (const end of ['page', 'host'] as const) {
    const { pair, client, stopped } = open()
    const silent = client.call('silent', {})
    const heard: unknown[] = []
    const listening = (async () => {
      for await (const value of client.listen('ever', {}, new AbortController().signal)) heard.push(value)
    })()
    while (heard.length === 0) await delay(1)
    if (end === 'page') pair.page.close()
    else pair.host.close()
    await assert.rejects(silent, lost)
    await assert.rejects(listening, lost)
    await assert.rejects(client.call('add', { a: 1, b: 1 }), lost)
    while (stopped() === 0) await delay(1)
  }
})

test('row 12: whatever is posted that is no packet closes the port and reaches no handler', async () => {
  const posts = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).filter((bytes) => decodePacket(Uint8Array.from(bytes)) === undefined),
    fc.string(),
    fc.integer(),
    fc.constantFrom(null, undefined, {}, [], new Uint8Array(MAX_PACKET + 1), { kind: 'call', id: 1, name: 'add' }),
    fc.jsonValue(),
  )
  await fc.assert(
    fc.asyncProperty(posts, async (post) => {
      const { pair, asked } = open()
      const closed = new Promise<void>((resolve) => pair.raw.once('close', () => resolve()))
      pair.raw.postMessage(post)
      await closed
      assert.deepEqual(asked, [])
    }),
    { numRuns: 200 },
  )
})

test('row 12: frames that are packets but no frames, and inputs that do not fit, reach no handler; the port lives on', async () => {
  const { pair, client, asked } = open()
  const packet = (frame: unknown) => {
    const json = new TextEncoder().encode(JSON.stringify(frame) ?? 'null')
    const bytes = new Uint8Array(4 + json.length)
    new DataView(bytes.buffer).setUint32(0, json.length)
    bytes.set(json, 4)
    return bytes
  }
  const frames = fc.oneof(
    fc.jsonValue(),
    fc.record({
      kind: fc.constantFrom('call', 'listen', 'stop', 'value', 'end', 'error', 'other'),
      // 1 is the id of the call below.
      id: fc.oneof(fc.integer({ min: 2 }), fc.integer({ max: 0 }), fc.string()),
      name: fc.constantFrom('add', 'ever', 'constructor', '__proto__', 'toString'),
      input: fc.oneof(fc.jsonValue(), fc.constant({ a: 1, b: 2, c: 3 }), fc.constant({ a: '1', b: 2 })),
    }),
  )
  for (const frame of fc
    .sample(frames, 500)
    .filter((frame) => !(frame !== null && typeof frame === 'object' && 'id' in frame && frame.id === 1)))
    pair.raw.postMessage(packet(frame))
  assert.equal(await client.call('add', { a: 20, b: 22 }), 42)
  assert.deepEqual(asked, [{ a: 20, b: 22 }])
  pair.close()
})
