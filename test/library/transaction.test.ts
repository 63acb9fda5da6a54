/** One transaction, ended in every case; one queue per card; cancel never cuts a command off. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CardFault } from '../../src/card/card-failure.ts'
import { command } from '../../src/card/command.ts'
import { ReaderError } from '../../src/card/ports.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'
import { scripted, sw } from './scripted-reader.ts'

const PING = command(0x00, 0x84, 0x00, 0x00, { ne: 8 })
const ping = (tx: Transaction) => tx.send('ping', PING)
const OK = () => sw(0x9000)

describe('a transaction', () => {
  test('begins, works, ends', async () => {
    const { connection, run } = scripted(OK)
    assert.deepEqual(await run(async (tx) => (await ping(tx)).sw), { kind: 'ok', value: 0x9000 })
    assert.deepEqual(connection.log, ['begin', '0084000008', 'end leave'])
  })

  test('ends after a fault, which becomes a value, and after a bug, which does not', async () => {
    const { connection, run } = scripted(OK)
    const fault = { kind: 'refused', label: 'x', sw: 0x6f00 } as const
    const faulty = await run(async () => {
      throw new CardFault(fault)
    })
    assert.deepEqual(faulty, fault)
    await assert.rejects(
      run(async () => {
        throw new RangeError('a bug')
      }),
      RangeError,
    )
    assert.deepEqual(connection.log, ['begin', 'end leave', 'begin', 'end leave'])
  })

  test('a card that another program reset is taken again', async () => {
    const { connection, run } = scripted(OK)
    let first = true
    connection.onBegin = async () => {
      if (!first) return
      first = false
      throw new ReaderError({ kind: 'cardReset', reader: 'Scripted' })
    }
    assert.equal((await run(ping)).kind, 'ok')
    assert.deepEqual(connection.log.slice(0, 3), ['begin', 'reconnect', 'begin'])
  })

  test('nothing goes to the card after its end, not even what nobody waited for', async () => {
    const { connection, run } = scripted(async () => {
      await delay(5)
      return sw(0x9000)
    })
    let kept: Transaction | undefined
    let forgotten: Promise<unknown> | undefined
    await run(async (tx) => {
      kept = tx
      forgotten = ping(tx)
    })
    await forgotten
    assert.equal(connection.log.at(-1), 'end leave')
    await assert.rejects(ping(kept as Transaction), /after the end/)
    assert.equal(connection.log.filter((entry) => entry === '0084000008').length, 1)
  })

  test('two commands at a time are a bug', async () => {
    const { run } = scripted(async () => {
      await delay(1)
      return sw(0x9000)
    })
    await assert.rejects(
      run((tx) => Promise.all([ping(tx), ping(tx)])),
      /two commands/,
    )
  })

  test('an answer of one byte is malformed, and command bytes are zeroed after use', async () => {
    let wire: Uint8Array | undefined
    const { run } = scripted((_, bytes) => {
      wire = bytes
      return new Uint8Array(1)
    })
    const outcome = await run((tx) => tx.send('short', command(0x00, 0x20, 0, 0x80, { data: Uint8Array.of(1, 2, 3) })))
    assert.deepEqual(outcome, { kind: 'malformed', label: 'short' })
    assert.ok(wire?.every((byte) => byte === 0))
  })
})

describe('cancel', () => {
  test('waits for the running command, refuses the next, then ends the transaction', async () => {
    const stop = new AbortController()
    const { connection, run } = scripted(async () => {
      stop.abort()
      await delay(5)
      connection.log.push('answered')
      return sw(0x9000)
    })
    const outcome = await run(
      async (tx) => {
        await ping(tx)
        await ping(tx)
      },
      { signal: stop.signal },
    )
    assert.deepEqual(outcome, { kind: 'cancelled' })
    assert.deepEqual(connection.log, ['begin', '0084000008', 'answered', 'end leave'])
  })

  test('leaves the queue at once', async () => {
    const { connection, run } = scripted(async () => {
      await delay(10)
      return sw(0x9000)
    })
    const stop = new AbortController()
    const first = run(ping)
    const second = run(ping, { signal: stop.signal })
    const third = run(ping)
    stop.abort()
    assert.deepEqual(await second, { kind: 'cancelled' })
    assert.equal((await first).kind, 'ok')
    assert.equal((await third).kind, 'ok')
    assert.equal(connection.log.filter((entry) => entry === 'begin').length, 2)
  })

  test('a deadline is told apart from a cancel', async () => {
    const { run } = scripted(async () => {
      await delay(5)
      return sw(0x9000)
    })
    const endless = await run(
      async (tx) => {
        for (;;) await ping(tx)
      },
      { deadlineMs: 20 },
    )
    assert.deepEqual(endless, { kind: 'deadline', reader: 'Scripted' })
  })

  test('a command that never ends costs the card', async () => {
    const { connection, queue, run } = scripted(OK, { commandDeadlineMs: 10 })
    connection.transmit = (_command: Uint8Array, signal?: AbortSignal) =>
      new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new ReaderError({ kind: 'cancelled' })), { once: true }),
      )
    assert.deepEqual(await run(ping), { kind: 'deadline', reader: 'Scripted' })
    assert.equal(queue.alive.aborted, true)
    assert.deepEqual(await run(ping), { kind: 'deadline', reader: 'Scripted' })
  })
})

describe('the queue', () => {
  test('one after another, also after failures', async () => {
    const { connection, run } = scripted(OK)
    const results = await Promise.all([
      run(ping),
      run(async () => {
        throw new CardFault({ kind: 'malformed', label: 'x' })
      }),
      run(ping),
    ])
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['ok', 'malformed', 'ok'],
    )
    assert.deepEqual(
      connection.log.filter((entry) => !/^00/.test(entry)),
      ['begin', 'end leave', 'begin', 'end leave', 'begin', 'end leave'],
    )
  })

  test('dies with its card: what runs is told, what waits never begins', async () => {
    const { connection, queue, run } = scripted(async () => {
      await delay(5)
      return sw(0x9000)
    })
    const running = run(async (tx) => {
      await ping(tx)
      await ping(tx)
    })
    const waiting = run(ping)
    await delay(1)
    queue.die({ kind: 'cardGone', reader: 'Scripted' })
    const gone = { kind: 'cardGone', reader: 'Scripted' }
    assert.deepEqual([await running, await waiting, await run(ping)], [gone, gone, gone])
    assert.deepEqual(connection.log, ['begin', '0084000008', 'end leave'])
  })

  test('a card that reports its own death ends the queue', async () => {
    const { queue, run } = scripted(() => {
      throw new ReaderError({ kind: 'cardGone', reader: 'Scripted' })
    })
    assert.equal((await run(ping)).kind, 'cardGone')
    assert.equal(queue.alive.aborted, true)
  })
})
