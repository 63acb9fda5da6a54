/** The backend's client: fail-over and fail-back (P20), few repeats (P9), one order whatever happens (rule 7), replies held against the contract. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Attempt, BackendClient } from '../../src/host/backend-client.ts'
import type { HttpPort, HttpRequest, HttpResponse } from '../../src/host/http-port.ts'
import { Stopped } from '../../src/procedures/terminal.ts'

interface Waiting {
  readonly at: number
  readonly run: () => void
}

/** Time that passes when somebody waits for it. */
class Time {
  at = 1_000_000
  readonly #waiting: Waiting[] = []
  readonly waited: number[] = []
  now = () => this.at
  readonly timers = {
    after: (ms: number, run: () => void) => {
      const entry = { at: this.at + ms, run }
      this.#waiting.push(entry)
      // Short waits are pauses between attempts: they pass at once. Long ones are deadlines.
      if (ms < 8_000) {
        this.waited.push(ms)
        queueMicrotask(() => this.#due(entry))
      }
      return () => void this.#drop(entry)
    },
  }
  pass(ms: number): void {
    this.at += ms
    for (const entry of [...this.#waiting]) if (entry.at <= this.at) this.#due(entry)
  }
  #due(entry: Waiting): void {
    if (!this.#drop(entry)) return
    this.at = Math.max(this.at, entry.at)
    entry.run()
  }
  #drop(entry: Waiting): boolean {
    const at = this.#waiting.indexOf(entry)
    if (at >= 0) this.#waiting.splice(at, 1)
    return at >= 0
  }
}

type Answer = HttpResponse | 'down' | 'silent'
const ok = (value: unknown): HttpResponse => ({ status: 200, body: JSON.stringify(value) })
const refused = (status: number, code: string, rest: object = {}): HttpResponse => ({
  ...{ status, body: JSON.stringify({ code, message: 'x', retriable: false, ...rest }) },
})
const FOUND = { serial: 'card-1', state: 'delivered' }

function setUp(...endpoints: ((request: HttpRequest, nth: number) => Answer)[]) {
  const time = new Time()
  const asked: { endpoint: number; request: HttpRequest }[] = []
  const attempts: Attempt[] = []
  const port =
    (endpoint: number): HttpPort =>
    async (request, signal) => {
      asked.push({ endpoint, request })
      const nth = asked.filter((one) => one.endpoint === endpoint).length
      const answer = endpoints[endpoint]?.(request, nth) ?? 'down'
      if (answer === 'down') throw new TypeError('connection refused')
      if (answer !== 'silent') return answer
      return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
  const client = new BackendClient({
    ...{ endpoints: endpoints.map((_, i) => port(i)), clock: time, timers: time.timers, terminal: 'kiosk-1' },
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    observe: (attempt) => attempts.push(attempt),
  })
  const stop = new AbortController()
  const find = (options = {}) =>
    client.call('findCard', { body: { chip: '0'.repeat(20) } }, { signal: stop.signal, ...options })
  return { time, asked, attempts, client, stop, find }
}

const keys = (asked: readonly { request: HttpRequest }[]) =>
  asked.map(({ request }) => request.headers['Idempotency-Key'])

test('one endpoint down: the other answers, under the same key; the first is not asked while it rests, then it is first again', async () => {
  let down = true
  const { asked, find, time } = setUp(
    () => (down ? 'down' : ok(FOUND)),
    () => ok(FOUND),
  )
  assert.deepEqual(await find(), { kind: 'ok', value: FOUND })
  assert.deepEqual(
    asked.map(({ endpoint }) => endpoint),
    [0, 1],
  )
  assert.equal(new Set(keys(asked)).size, 1)
  await find()
  assert.deepEqual(
    asked.map(({ endpoint }) => endpoint),
    [0, 1, 1],
  )
  down = false
  time.pass(2_001)
  await find()
  assert.equal(asked.at(-1)?.endpoint, 0, 'fail-back')
})

test('all endpoints down: a few attempts at random distances, then away; and it rests longer each time', async () => {
  const { asked, find, client, time } = setUp(
    () => 'down',
    () => 'down',
  )
  assert.deepEqual(await find(), { kind: 'away' })
  assert.equal(asked.length, 4)
  assert.equal(new Set(keys(asked)).size, 1)
  assert.ok(client.away)
  assert.ok(
    time.waited.every((ms) => ms <= 1_000),
    String(time.waited),
  )
  const distances = new Set<number>()
  for (let i = 0; i < 8; i++) {
    time.waited.length = 0
    await find()
    for (const ms of time.waited) distances.add(ms)
  }
  assert.ok(distances.size > 4, 'no two terminals wait the same')
})

test('a busy backend is asked again after what Retry-After says; a refusal that stays one is handed on', async () => {
  const { asked, find, time } = setUp((_, nth) =>
    nth === 1
      ? { ...refused(503, 'overloaded'), retryAfter: 2 }
      : nth === 2
        ? refused(429, 'tooManyRequests')
        : ok(FOUND),
  )
  assert.equal((await find()).kind, 'ok')
  assert.equal(asked.length, 3)
  assert.equal(time.waited[0], 2_000)

  const always = setUp(() => refused(503, 'overloaded'))
  assert.deepEqual(await always.find(), { kind: 'refused', code: 'overloaded' })
  assert.equal(always.asked.length, 4)

  const no = setUp(() => refused(409, 'resetAtCounter', { detail: 'faceAuthCard' }))
  assert.deepEqual(await no.find(), { kind: 'refused', code: 'resetAtCounter', detail: 'faceAuthCard' })
  assert.equal(no.asked.length, 1)
})

test('what is no answer of a backend: a proxy’s page is tried elsewhere, a reply outside the contract is away (P14)', async () => {
  const { asked, find } = setUp(
    () => ({ status: 502, body: '<html>Bad Gateway</html>' }),
    () => ok(FOUND),
  )
  assert.equal((await find()).kind, 'ok')
  assert.equal(asked.length, 2)
  for (const reply of [{ serial: 'card-1', state: 'lost' }, { ...FOUND, extra: 1 }, null]) {
    const one = setUp(() => ok(reply))
    assert.deepEqual(await one.find(), { kind: 'away' })
    assert.equal(one.attempts[0]?.outcome, 'malformed')
    assert.equal(one.asked.length, 1)
  }
  assert.deepEqual(await setUp(() => ({ status: 200, body: 'no JSON' })).find(), { kind: 'away' })
  assert.deepEqual(await setUp().find(), { kind: 'away' }, 'a terminal without a backend')
})

test('an endpoint that says nothing is given up after its deadline, and the whole call after its own', async () => {
  const { find, time, asked } = setUp(
    () => 'silent',
    () => ok(FOUND),
  )
  const answer = find()
  await new Promise(setImmediate)
  time.pass(8_001)
  assert.equal((await answer).kind, 'ok')
  assert.equal(asked.length, 2)

  const all = setUp(() => 'silent')
  const nothing = all.find()
  for (let i = 0; i < 4; i++) {
    await new Promise(setImmediate)
    all.time.pass(8_001)
  }
  assert.deepEqual(await nothing, { kind: 'away' })
  assert.ok(all.asked.length <= 3, `${all.asked.length} attempts in twenty seconds`)
})

test('a procedure that ends takes its call along; the same words asked again after nobody answered are the same order', async () => {
  const { find, stop } = setUp(() => 'silent')
  const answer = find()
  await new Promise(setImmediate)
  stop.abort(new Stopped('cancelled'))
  await assert.rejects(answer, Stopped)

  let down = true
  const { asked, client } = setUp(() => (down ? 'down' : ok(FOUND)))
  const line = client.line({ signal: new AbortController().signal, operator: () => 'session-1' })
  const call = () => line.call('findCard', { body: { chip: '0'.repeat(20) } })
  assert.equal((await call()).kind, 'away')
  down = false
  assert.equal((await call()).kind, 'ok')
  assert.equal(new Set(keys(asked)).size, 1, 'still the same order')
  assert.equal((await call()).kind, 'ok')
  assert.equal(new Set(keys(asked)).size, 2, 'another one')
  assert.equal(asked[0]?.request.headers['Madoguchi-Operator'], 'session-1')
})

test('requests are as the contract says: parameters in the path, a key on POST alone', async () => {
  const { asked, client, stop } = setUp(() => 'down')
  const options = { signal: stop.signal }
  await client.call('card', { params: { serial: 'card 1/2' } }, options)
  const [first] = asked
  assert.equal(first?.request.path, '/v1/cards/card%201%2F2')
  assert.equal(first?.request.headers['Idempotency-Key'], undefined)
  assert.equal(first?.request.body, undefined)
})
