/** Who waits to be looked at: in order, for two minutes, and nothing is left of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FaceRequests, LOOK_MS } from '../../apps/faces/requests.ts'

const BY = { operator: 'demo-staff-1', token: 'token' }
const SAME = { decision: 'same', by: BY } as const
const pictures = () => [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)] as const

/** Time that a test owns. */
class Time {
  #now = 1_000
  readonly #due: { at: number; then: () => void }[] = []
  readonly clock = { now: () => this.#now }
  readonly timers = {
    after: (ms: number, then: () => void) => {
      const due = { at: this.#now + ms, then }
      this.#due.push(due)
      return () => void this.#due.splice(this.#due.indexOf(due), 1)
    },
  }

  get waiting(): number {
    return this.#due.length
  }

  pass(ms: number): void {
    this.#now += ms
    for (const due of this.#due.filter(({ at }) => at <= this.#now)) due.then()
  }
}

function desk() {
  const time = new Time()
  return { time, requests: new FaceRequests(time) }
}
const never = () => new AbortController().signal

test('the first one is looked at first; a decision ends it, and its photo is zeroed', async () => {
  const { time, requests } = desk()
  const [photo, live] = pictures()
  const [first, second] = [requests.ask(photo, live, never()), requests.ask(...pictures(), never())]
  assert.equal(requests.count, 2)
  const shown = requests.first
  assert.equal(shown?.until, 1_000 + LOOK_MS)
  assert.deepEqual(shown?.photo, Uint8Array.of(1, 2, 3))
  assert.ok(requests.decide(shown?.id ?? 0, SAME))
  assert.deepEqual(await first, SAME)
  assert.deepEqual([...photo], [0, 0, 0])
  assert.deepEqual([...live], [4, 5, 6], 'its owner zeroes it')
  assert.equal(requests.count, 1)
  assert.ok(requests.decide(requests.first?.id ?? 0, { decision: 'different', by: BY }))
  assert.equal((await second)?.decision, 'different')
  assert.deepEqual([requests.first, time.waiting], [undefined, 0], 'no timer is left')
})

test('a decision about another one than the first, or about one that is over, changes nothing', async () => {
  const { requests } = desk()
  const [first, second] = [requests.ask(...pictures(), never()), requests.ask(...pictures(), never())]
  const id = requests.first?.id ?? 0
  assert.equal(requests.decide(id + 1, SAME), false)
  assert.ok(requests.decide(id, SAME))
  await first
  assert.equal(requests.decide(id, SAME), false, 'twice')
  assert.equal(requests.count, 1)
  requests.decide(id + 1, SAME)
  await second
})

test('two minutes and nobody has looked: nothing was compared', async () => {
  const { time, requests } = desk()
  const [photo, live] = pictures()
  const asked = requests.ask(photo, live, never())
  time.pass(LOOK_MS - 1)
  assert.equal(requests.count, 1)
  time.pass(1)
  assert.equal(await asked, undefined)
  assert.deepEqual([...photo, requests.count, time.waiting], [0, 0, 0, 0, 0])
})

test('a phone that gave up disappears, wherever it stood; one that had given up before never stays', async () => {
  const { time, requests } = desk()
  const gone = new AbortController()
  const [photo, live] = pictures()
  const first = requests.ask(...pictures(), never())
  const second = requests.ask(photo, live, gone.signal)
  const reason = new Error('the card is gone')
  gone.abort(reason)
  await assert.rejects(second, reason)
  assert.deepEqual([...photo, requests.count], [0, 0, 0, 1])
  await assert.rejects(requests.ask(...pictures(), gone.signal), reason)
  assert.equal(requests.count, 1)
  requests.decide(requests.first?.id ?? 0, SAME)
  await first
  assert.equal(time.waiting, 0)
})

test('whoever watches hears of each that comes and goes, until they stop', async () => {
  const { requests } = desk()
  const counts: number[] = []
  const stop = requests.watch(() => counts.push(requests.count))
  const asked = requests.ask(...pictures(), never())
  requests.decide(requests.first?.id ?? 0, SAME)
  await asked
  stop()
  const unseen = requests.ask(...pictures(), never())
  requests.decide(requests.first?.id ?? 0, SAME)
  await unseen
  assert.deepEqual(counts, [1, 0])
})
