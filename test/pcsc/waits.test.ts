/** How waits at the service end: whatever becomes of a cancel, nobody waits without a bound and no context goes with a wait in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { BindingCalls } from '../../drivers/pcsc/binding-calls.ts'
import { pcscOver } from '../../drivers/pcsc/pcsc.ts'
import { type WaitContext, Waits } from '../../drivers/pcsc/waits.ts'

const never = () => new Promise<never>(() => {})

/** A context whose service hears a cancel only when a wait has begun at it, which takes a while; or never. */
function context(beginsAfterMs: number) {
  const told: string[] = []
  let waiting: { begun: boolean; resolve: () => void } | undefined
  const made: WaitContext = {
    async waitForChange() {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wait = { begun: false, resolve }
      waiting = wait
      setTimeout(() => (wait.begun = true), beginsAfterMs).unref()
      await promise
      waiting = undefined
      told.push('ended')
    },
    cancel() {
      told.push('cancel')
      if (waiting?.begun) waiting.resolve()
    },
    close() {
      assert.equal(waiting, undefined, 'a wait is in it')
      told.push('close')
    },
  }
  return { made, told }
}

test('a cancel that came before its wait had begun is said again, and the context is let go afterwards', async () => {
  const { made, told } = context(30)
  const waits = new Waits(() => made)
  const wait = waits.wait(1, [], 1000)
  const start = performance.now()
  await waits.end(1)
  await wait
  assert.ok(performance.now() - start < 300)
  assert.ok(told.filter((what) => what === 'cancel').length > 1, String(told))
  assert.deepEqual(told.slice(-2), ['ended', 'close'])
  await waits.end(1)
  assert.equal(told.filter((what) => what === 'close').length, 1, 'once')
})

test('a wait that never ends is given up after two seconds, its context left alone', async () => {
  const { made, told } = context(Number.MAX_SAFE_INTEGER % 2 ** 31)
  const waits = new Waits(() => made)
  void waits.wait(1, [], 1000)
  const start = performance.now()
  await waits.end(1)
  assert.ok(performance.now() - start < 2500)
  assert.ok(!told.includes('close'))
})

test('a wait that fails takes its context with it, and the next one has a new one', async () => {
  let opened = 0
  let closed = 0
  const waits = new Waits(() => {
    opened++
    return {
      waitForChange: () => Promise.reject(new Error('PC/SC service stopped')),
      cancel() {},
      close: () => void closed++,
    }
  })
  await assert.rejects(waits.wait(1, [], 1000), /service stopped/)
  await assert.rejects(waits.wait(1, [], 1000), /service stopped/)
  assert.deepEqual([opened, closed], [2, 2])
})

const silent: BindingCalls = {
  list: never,
  wait: never,
  endWait: never,
  connect: never,
  transmit: never,
  control: never,
  checkStatus: never,
  reconnect: never,
  reopen: never,
  disconnect: never,
}

test('a service that answers nothing any more holds up no watch, no list and no closing', async () => {
  const one = { name: 'Reader', state: 0x20, atr: new Uint8Array() }
  for (const [silence, binding] of [
    ['list', silent],
    ['wait', { ...silent, list: async () => [one] }],
  ] as const) {
    const readers = pcscOver(binding, { deadlines: { connect: 200 } })
    const stop = new AbortController()
    const watching = (async () => {
      for await (const _ of readers.watch(stop.signal));
    })()
    await delay(20)
    const start = performance.now()
    stop.abort()
    await watching
    assert.ok(performance.now() - start < 100, silence)
    await readers.close()
    assert.ok(performance.now() - start < 150, silence)
  }
  const readers = pcscOver(silent, { deadlines: { connect: 50 } })
  await assert.rejects(readers.list(), /deadline/)
})

test('closing does not wait longer than agreed for a card that is not let go', async () => {
  const raw = { id: 1, protocol: 2, atr: new Uint8Array() }
  const readers = pcscOver({ ...silent, connect: async () => raw }, { deadlines: { connect: 100 } })
  for (let i = 0; i < 3; i++) await readers.connect('Reader', 'shared')
  const start = performance.now()
  await readers.close()
  const took = performance.now() - start
  assert.ok(took >= 90 && took < 250, `${took.toFixed()} ms: all at once`)
})
