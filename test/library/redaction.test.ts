/** Logs and diagnostics hold what an allow-list names, and nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AllowList, MASK, redact, scrub } from '../../src/base/redaction.ts'
import { Secret } from '../../src/base/secret.ts'

const ALLOWED: AllowList = {
  at: 'number',
  ok: 'boolean',
  kind: 'code',
  reader: 'label',
  readers: [{ name: 'label', inUse: 'boolean' }],
}

test('what is allowed stays, what is not is dropped with its name', () => {
  const record = {
    at: 12,
    ok: true,
    kind: 'cardGone',
    reader: 'ACS ACR1252 Dual Reader 00 00',
    readers: [{ name: 'A', inUse: false, serial: '123456789012' }],
    番号花子: 'name',
    pin: '1234',
  }
  const { 番号花子: _, pin: __, ...rest } = record
  assert.deepEqual(redact(record, ALLOWED), { ...rest, readers: [{ name: 'A', inUse: false }] })
})

test('an allowed field with the wrong kind of value is masked', () => {
  const record = { at: '1234', ok: 'ABC123', kind: 'PIN is 1234', reader: new Uint8Array(4), readers: { name: 'x' } }
  assert.deepEqual(redact(record, ALLOWED), { at: MASK, ok: MASK, kind: MASK, reader: MASK, readers: MASK })
})

test('text is scrubbed of numbers, bytes and names', () => {
  assert.equal(scrub('number 123456789018 of 番号　花子'), `number ${MASK} of ${MASK}`)
  assert.equal(scrub('1234 5678 9018'), MASK)
  assert.equal(scrub('APDU 00A4040C0AD392F000260100000001'), `APDU ${MASK}`)
  assert.equal(scrub('30 82 06 2B 30 82 05 13 A0'), MASK)
  assert.equal(scrub('ACS ACR1252 1S CL Reader 01 00'), 'ACS ACR1252 1S CL Reader 01 00')
  assert.equal(scrub('x'.repeat(200)).length, 129)
})

test('total: getters, proxies and secrets do no harm', () => {
  const secret = new Secret(new Uint8Array([0x31, 0x32, 0x33, 0x34]))
  const getter = Object.defineProperty({}, 'reader', {
    enumerable: true,
    get: () => {
      throw new Error('somebody else’s code')
    },
  })
  const proxy = new Proxy(
    {},
    {
      getOwnPropertyDescriptor: () => {
        throw new Error('no')
      },
    },
  )
  for (const record of [getter, proxy, { reader: secret }, null, undefined, 1, 'x', []])
    assert.doesNotThrow(() => redact(record, ALLOWED))
  assert.deepEqual(redact({ reader: secret }, ALLOWED), { reader: MASK })
})

test('property: a My Number gets through nowhere', () => {
  const myNumber = '123456789018'
  const value = fc.oneof(
    fc.constant(myNumber),
    fc.constant(`No. ${myNumber}`),
    fc.constant([{ name: myNumber, inUse: myNumber }]),
    fc.constant({ [myNumber]: myNumber }),
  )
  const fields = fc.constantFrom(...Object.keys(ALLOWED), 'pin', 'address')
  fc.assert(
    fc.property(fc.dictionary(fields, value), (record) => {
      assert.ok(!JSON.stringify(redact(record, ALLOWED)).includes(myNumber))
    }),
    { numRuns: 300 },
  )
})
