/** What each fault looks like to pyscard: decision 0032, and where pcscd with vpcd has the same fault the facts' table (PC/SC page, section 1). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { PyscardClient } from './pyscard-client.ts'

const CONNECT = 'connect A'
const SELECT = 'transmit 00A4040C0AD392F000260100000001'
const SELECT_PIN = 'transmit 00A4020C020018'
const TRIES = 'transmit 00200080'
const WRONG_PIN = 'transmit 002000800439393939'

const OK = '00000000'
const THREE_LEFT = `${OK} 63c3`
const TWO_LEFT = `${OK} 63c2`
const REMOVED = '80100069'
const RESET = '80100068'
const NOT_TRANSACTED = '80100016'
const UNRESPONSIVE = '80100066'
const READER_GONE = '80100017'
const UNKNOWN_READER = '80100009'
const NO_CARD = '8010000c'

/** Back at the PIN after a reset. */
const AGAIN = [
  ['reconnect', OK],
  [SELECT, `${OK} 9000`],
  [SELECT_PIN, `${OK} 9000`],
] as const

interface Sight {
  readonly fault: Fault
  /** Calls from the one that the fault falls on, and what each gives. */
  readonly calls: readonly (readonly [call: string, gives: string])[]
  /** Milliseconds the first call takes at least. */
  readonly lasts?: number
}

const SIGHTS: readonly Sight[] = [
  {
    fault: { kind: 'pull' },
    calls: [
      [TRIES, REMOVED],
      ['status', REMOVED],
      ['reconnect', NO_CARD],
      ['disconnect', OK],
      [CONNECT, NO_CARD],
    ],
  },
  {
    fault: { kind: 'unplug' },
    calls: [
      [TRIES, READER_GONE],
      ['status', READER_GONE],
      [CONNECT, UNKNOWN_READER],
    ],
  },
  {
    fault: { kind: 'mute' },
    calls: [
      [TRIES, NOT_TRANSACTED],
      [TRIES, NOT_TRANSACTED],
      ['disconnect reset', OK],
      [CONNECT, UNRESPONSIVE],
    ],
  },
  {
    fault: { kind: 'slow', ms: 300 },
    calls: [
      [TRIES, THREE_LEFT],
      ['status', OK],
    ],
    lasts: 300,
  },
  { fault: { kind: 'waitingTimeExtension', times: 3, ms: 100 }, calls: [[TRIES, THREE_LEFT]], lasts: 300 },
  {
    fault: { kind: 'truncate', length: 1 },
    calls: [
      [TRIES, `${OK} 63`],
      [TRIES, THREE_LEFT],
    ],
  },
  {
    fault: { kind: 'empty' },
    calls: [
      [TRIES, OK],
      [TRIES, THREE_LEFT],
    ],
  },
  {
    fault: { kind: 'powerCut', write: 1, at: 'before' },
    calls: [[WRONG_PIN, NOT_TRANSACTED], ['status', RESET], [TRIES, RESET], ...AGAIN, [TRIES, THREE_LEFT]],
  },
  {
    fault: { kind: 'powerCut', write: 1, at: 'after' },
    calls: [[WRONG_PIN, NOT_TRANSACTED], ...AGAIN, [TRIES, TWO_LEFT]],
  },
  { fault: { kind: 'reset' }, calls: [[WRONG_PIN, RESET], ['begin', RESET], ...AGAIN, [TRIES, THREE_LEFT]] },
  {
    fault: { kind: 'reset', when: 'after' },
    calls: [[WRONG_PIN, RESET], ...AGAIN, [TRIES, TWO_LEFT]],
  },
]

async function atThePin(readers: TestReaders): Promise<PyscardClient> {
  const client = new PyscardClient(readers.env)
  for (const call of [CONNECT, SELECT, SELECT_PIN]) assert.match(await client.call(call), /^00000000/)
  return client
}

for (const { fault, calls, lasts = 0 } of SIGHTS) {
  const { kind, ...how } = fault
  test(`${kind} ${Object.values(how).join(' ')}`.trim(), async () => {
    await using readers = await virtualReaders({ A: 'resident' })
    await using client = await atThePin(readers)
    readers.faults('A', fault)
    const start = performance.now()
    const seen: [string, string][] = []
    let first = 0
    for (const [call] of calls) {
      seen.push([call, await client.call(call)])
      first ||= performance.now() - start
    }
    assert.deepEqual(seen, calls)
    assert.ok(first >= lasts, `${first} ms`)
  })
}

test('hang: the call ends when the card is pulled, and a new card is a fresh one', async () => {
  await using readers = await virtualReaders({ A: 'resident' })
  await using client = await atThePin(readers)
  readers.faults('A', { kind: 'hang' })
  let answered = false
  const hanging = client.call(TRIES).finally(() => {
    answered = true
  })
  await new Promise((resolve) => setTimeout(resolve, 400))
  assert.equal(answered, false)
  readers.remove('A')
  assert.equal(await hanging, REMOVED)
  await readers.insert('A', 'resident')
  for (const [call, gives] of AGAIN) assert.equal(await client.call(call), gives)
  assert.equal(await client.call(TRIES), THREE_LEFT)
})
