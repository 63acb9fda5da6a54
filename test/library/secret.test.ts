/** A PIN is used once and never written out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { ascii } from '../../src/base/bytes.ts'
import { Secret, SecretGone } from '../../src/base/secret.ts'

test('takes the bytes over and zeroes those given', () => {
  const typed = ascii('1234')
  const secret = new Secret(typed)
  assert.deepEqual(typed, new Uint8Array(4))
  assert.ok(secret.test((bytes) => Buffer.from(bytes).toString() === '1234'))
})

test('is used once, then zeroed, also when the work fails', async () => {
  const secret = new Secret(ascii('1234'))
  let seen: Uint8Array | undefined
  await assert.rejects(
    secret.use(async (bytes) => {
      seen = bytes
      assert.equal(Buffer.from(bytes).toString(), '1234')
      throw new RangeError('card gone')
    }),
    RangeError,
  )
  assert.deepEqual(seen, new Uint8Array(4))
  assert.equal(secret.state, 'used')
  await assert.rejects(
    secret.use(async () => {}),
    SecretGone,
  )
  assert.throws(() => secret.test(() => true), SecretGone)
})

test('a twin has the same bytes, its own one use, and the same end', async () => {
  let now = 0
  const stop = new AbortController()
  const secret = new Secret(ascii('4821'), { clock: { now: () => now }, lifetimeMs: 100, until: stop.signal })
  now = 60
  const twin = secret.twin()
  await secret.use(async () => {})
  assert.ok(twin.test((bytes) => Buffer.from(bytes).toString() === '4821'))
  assert.throws(() => secret.twin(), SecretGone)
  const third = twin.twin()
  now = 100
  assert.equal(twin.state, 'expired')
  now = 0
  stop.abort()
  assert.equal(third.state, 'expired')
})

test('cannot be serialised, printed, cloned or inspected', () => {
  const secret = new Secret(ascii('4821'))
  const record = { pin: secret }
  assert.throws(() => JSON.stringify(record), TypeError)
  assert.throws(() => `${secret}`, TypeError)
  assert.throws(() => String(secret), TypeError)
  assert.throws(() => structuredClone(record), { name: 'DataCloneError' })
  assert.throws(() => new MessageChannel().port1.postMessage(record), { name: 'DataCloneError' })
  assert.throws(() => serialize(record))
  for (const shown of [
    inspect(record, { showHidden: true, depth: 9, getters: true }),
    format('%o %O %j', secret, secret, 1),
    inspect({ ...secret }),
    Object.values(secret).join(),
  ]) {
    assert.ok(!shown.includes('4821'), shown)
    assert.ok(!/52|0x34|4, 8/.test(shown), shown)
  }
})

test('expires by its clock, by its signal, by dispose; expired bytes are zero', async () => {
  let now = 0
  const clock = { now: () => now }
  const timed = new Secret(ascii('1234'), { clock, lifetimeMs: 100 })
  now = 99
  assert.equal(timed.state, 'fresh')
  now = 100
  assert.equal(timed.state, 'expired')
  await assert.rejects(
    timed.use(async () => {}),
    SecretGone,
  )
  const stop = new AbortController()
  const prompted = new Secret(ascii('1234'), { until: stop.signal })
  stop.abort()
  assert.equal(prompted.state, 'expired')
  assert.equal(new Secret(ascii('1234'), { until: stop.signal }).state, 'expired')
  let kept: Secret
  {
    using scoped = new Secret(ascii('1234'))
    kept = scoped
  }
  assert.equal(kept.state, 'expired')
})

test('two entries are compared without being used', () => {
  const same = new Secret(ascii('ABC123')).sameAs(new Secret(ascii('ABC123')))
  const other = new Secret(ascii('ABC123')).sameAs(new Secret(ascii('ABC124')))
  const longer = new Secret(ascii('ABC123')).sameAs(new Secret(ascii('ABC1230')))
  assert.deepEqual([same, other, longer], [true, false, false])
})

test('a Node Buffer is taken over too: zeroed, and still usable', async () => {
  const typed = Buffer.from('1234')
  const secret = new Secret(typed)
  assert.deepEqual([...typed], [0, 0, 0, 0])
  assert.deepEqual(await secret.use(async (bytes) => [...bytes]), [0x31, 0x32, 0x33, 0x34])
})
