import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { connect } from '../../src/wire/connect.ts'
import { ChannelError } from '../../src/wire/frame.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { type Service, serve } from '../../src/wire/serve.ts'

const heard: Uint8Array[] = []
let stopped = 0
let picture = Uint8Array.of(9, 8, 7)

const service: Service = {
  calls: {
    double: { input: z.strictObject({ n: z.number() }), handle: async ({ n }: { n: number }) => 2 * n },
    secret: {
      input: z.strictObject({}),
      handle: async (_: unknown, secret) => {
        if (secret !== undefined) heard.push(secret)
      },
    },
    picture: { input: z.strictObject({}), handle: async () => picture },
    fails: {
      input: z.strictObject({}),
      handle: async () => {
        throw new Error('holds the name of a person')
      },
    },
  },
  listens: {
    count: {
      input: z.strictObject({ to: z.number() }),
      handle: async function* ({ to }: { to: number }, signal) {
        try {
          for (let i = 1; i <= to && !signal.aborted; i++) yield i
        } finally {
          stopped++
        }
      },
    },
    forever: {
      input: z.strictObject({}),
      handle: async function* (_: unknown, signal) {
        yield 'first'
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        stopped++
      },
    },
  },
}

function open() {
  const pair = wirePair()
  serve(pair.far, service)
  return { client: connect(pair.near), pair }
}

const code = (expected: string) => (error: unknown) => error instanceof ChannelError && error.code === expected

test('a call is answered, calls do not mix', async () => {
  const { client } = open()
  const answers = await Promise.all([1, 2, 3].map((n) => client.call('double', { n })))
  assert.deepEqual(answers, [2, 4, 6])
})

test('an unknown name, an inherited name, a missing and an unknown field are refused by code', async () => {
  const { client } = open()
  await assert.rejects(client.call('nothing', {}), code('unknownName'))
  await assert.rejects(client.call('toString', {}), code('unknownName'))
  await assert.rejects(client.call('double', {}), code('badInput'))
  await assert.rejects(client.call('double', { n: 1, m: 2 }), code('badInput'))
})

test('what an error says in words does not cross', async () => {
  const { client } = open()
  await assert.rejects(
    client.call('fails', {}),
    (error: Error) => code('internal')(error) && !error.message.includes('person'),
  )
})

test('a secret travels beside the message, as a copy', async () => {
  const { client } = open()
  const pin = Uint8Array.of(1, 2, 3, 4)
  const sent = client.call('secret', {}, pin)
  pin.fill(0)
  await sent
  assert.deepEqual(heard.at(-1), Uint8Array.of(1, 2, 3, 4))
})

test('bytes as an answer travel beside the message, and are zeroed behind them', async () => {
  const { client, pair } = open()
  const frames: string[] = []
  const send = pair.far.send.bind(pair.far)
  pair.far.send = (frame, secret) => {
    frames.push(JSON.stringify(frame))
    send(frame, secret)
  }
  picture = Uint8Array.of(9, 8, 7)
  assert.deepEqual(await client.bytes('picture', {}), Uint8Array.of(9, 8, 7))
  assert.deepEqual([...picture], [0, 0, 0])
  assert.deepEqual(frames, ['{"kind":"value","id":1,"value":{}}'])
  await assert.rejects(client.bytes('double', { n: 1 }), code('internal'))
})

test('a listener hears all values in order and ends', async () => {
  const { client } = open()
  const values = await Array.fromAsync(client.listen('count', { to: 5 }, new AbortController().signal))
  assert.deepEqual(values, [1, 2, 3, 4, 5])
})

test('a listener that stops is stopped on the other side too', async () => {
  const { client } = open()
  const before = stopped
  const stop = new AbortController()
  for await (const value of client.listen('forever', {}, stop.signal)) {
    assert.equal(value, 'first')
    stop.abort()
  }
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(stopped, before + 1)
})

test('a closed wire ends calls and listeners with channelClosed, and stops the serving side', async () => {
  const { client, pair } = open()
  const before = stopped
  const listening = Array.fromAsync(client.listen('forever', {}, new AbortController().signal))
  await new Promise((resolve) => setImmediate(resolve))
  pair.close()
  await assert.rejects(listening, code('channelClosed'))
  await assert.rejects(client.call('double', { n: 1 }), code('channelClosed'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(stopped, before + 1)
})

test('any frame whatever neither stops the service nor reaches a handler', async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (raw) => {
      const pair = wirePair()
      serve(pair.far, service)
      const client = connect(pair.near)
      pair.near.send(raw as never)
      assert.equal(await client.call('double', { n: 21 }), 42)
    }),
    { numRuns: 200 },
  )
})
