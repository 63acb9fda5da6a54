import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { end } from '../../src/backend/ca/revoke.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { riceDecode, riceEncode, riceParameter } from '../../src/backend/status/rice.ts'
import {
  bitmapOf,
  countEnded,
  deltaPayload,
  openStatus,
  readStatus,
  snapshotPayload,
} from '../../src/backend/status/snapshot.ts'
import { SNAPSHOT_PERIOD_MS, snapshotPublisher } from '../../src/backend/status/snapshot-publisher.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, type Fixture, openFixture, orderFor, TERMINAL } from './fixture.ts'

const SIZE = 5_000
const sets = fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: 400 }).map((numbers) => Uint32Array.from(numbers).sort())

describe('status of many as a small file', () => {
  test('any set comes back, and costs little more than its entropy', () => {
    fc.assert(
      fc.property(sets, (numbers) => {
        const k = riceParameter(numbers.length, SIZE)
        const coded = riceEncode(numbers, k)
        assert.deepEqual(riceDecode(coded, k, numbers.length, SIZE), numbers)
      }),
    )
    const one = Uint32Array.from({ length: 10_000 }, () => Math.floor(Math.random() * 1_000_000))
    const numbers = Uint32Array.from(new Set(one)).sort()
    const share = numbers.length / 1_000_000
    const entropy = (-1_000_000 / 8) * (share * Math.log2(share) + (1 - share) * Math.log2(1 - share))
    assert.ok(riceEncode(numbers, riceParameter(numbers.length, 1_000_000)).length < entropy * 1.06)
  })

  test('readers are total: any bytes give undefined or a set within its bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(31), fc.nat(200), (bytes, k, count) => {
        const numbers = riceDecode(bytes, k, count, SIZE)
        if (numbers !== undefined)
          assert.ok(numbers.every((number, i) => number < SIZE && (i === 0 || number > (numbers[i - 1] as number))))
        assert.equal(readStatus(bytes), undefined)
      }),
    )
  })

  test('snapshot + delta = the next snapshot, additions and lifted holds alike', () => {
    fc.assert(
      fc.property(sets, sets, (before, after) => {
        const from = { size: SIZE, number: 7, thisUpdate: 1_000, ended: before }
        const to = { size: SIZE, number: 8, thisUpdate: 2_000, ended: after }
        assert.deepEqual(readStatus(snapshotPayload(from)), from)
        assert.deepEqual(readStatus(deltaPayload(from, to), from), to)
        assert.equal(readStatus(deltaPayload(from, to), { ...from, number: 6 }), undefined)
        const bits = bitmapOf(to)
        for (let i = 0; i < SIZE; i += 37) assert.equal(countEnded(bits, Uint32Array.of(i)), after.includes(i) ? 1 : 0)
        assert.equal(countEnded(bits, Uint32Array.of(SIZE + 8)), 1, 'nothing is known of it')
      }),
      { numRuns: 40 },
    )
  })
})

onBothEngines('status snapshots', (place) => {
  const issuerOf = (parts: Fixture) => parts.issuers.find(({ id }) => id === 'auth-2') as (typeof parts.issuers)[0]

  test('signed, hourly, with deltas from what was kept', async () => {
    const parts = await openFixture(place())
    const issuer = issuerOf(parts)
    const publisher = snapshotPublisher(parts)
    const key = cardKey()
    const { serial } = await activate(parts, orderFor('auth', key), key)
    const first = await publisher.snapshot(issuer)
    const payload = openStatus(first.file, issuer.responderKey.publicKey)
    assert.ok(payload !== undefined)
    const status = readStatus(payload)
    assert.deepEqual(status?.ended, new Uint32Array(0))
    await end(parts, { issuer: issuer.id, serial, ending: { to: 'held' }, by: TERMINAL, key: 'k', body: 'b' })
    assert.equal((await publisher.snapshot(issuer)).number, first.number, 'the same hour')
    parts.clock.at += SNAPSHOT_PERIOD_MS
    const delta = await publisher.delta(issuer, first.number)
    const change = openStatus(delta.file, issuer.responderKey.publicKey)
    assert.ok(change !== undefined && status !== undefined)
    assert.deepEqual(readStatus(change, status)?.ended, Uint32Array.of(serial - issuer.firstSerial))
    await assert.rejects(
      publisher.delta(issuer, 1),
      (error) => error instanceof Refusal && error.code === 'unknownSnapshot',
    )

    const other = snapshotPublisher(parts)
    assert.equal((await other.snapshot(issuer)).number, delta.number, 'a process that starts goes on with the series')
    const { file } = await other.delta(issuer, first.number)
    assert.deepEqual(openStatus(file, issuer.responderKey.publicKey), change, 'and knows what was kept')
    parts.clock.at += SNAPSHOT_PERIOD_MS
    const both = await Promise.all([publisher.snapshot(issuer), other.snapshot(issuer), publisher.snapshot(issuer)])
    assert.equal(new Set(both.map(({ number }) => number)).size, 1, 'two at once publish one')
    for (let hour = 0; hour < 25; hour++) {
      parts.clock.at += SNAPSHOT_PERIOD_MS
      await publisher.snapshot(issuer)
    }
    const day = await parts.store.all('SELECT number FROM status_snapshot WHERE issuer = ?', issuer.id)
    assert.equal(day.length, 25, 'a day is kept')
    for (const from of [first.number, Number.NaN, 1.5])
      await assert.rejects(publisher.delta(issuer, from), { code: 'unknownSnapshot' })

    const forged = Uint8Array.from(first.file)
    forged[20] = (forged[20] as number) ^ 1
    assert.equal(openStatus(forged, issuer.responderKey.publicKey), undefined)
    assert.equal(openStatus(first.file, issuer.key.publicKey), undefined)
    await parts.store.close()
  })
})
