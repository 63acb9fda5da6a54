import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Event,
  isInside,
  NIGHT,
  type Offer,
  objection,
  openOffer,
  type State,
  step,
} from '../../apps/terminal/electron/updates.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const trust = { publisher: 'The authors of Madoguchi', key: publicKey }
const content = Buffer.from('a package')
const sha256 = createHash('sha256').update(content).digest('hex')
const words = (more: Partial<Offer> = {}) =>
  Buffer.from(JSON.stringify({ publisher: trust.publisher, version: '1.2.0', sha256, rings: 0, ...more }))
const signed = (text: Buffer, key = privateKey) => sign(null, text, key)

test('row 17: a package is taken only with the signature of the one publisher over its very bytes (P21)', () => {
  const good = words()
  assert.deepEqual(openOffer(good, signed(good), content, trust), {
    publisher: trust.publisher,
    version: '1.2.0',
    sha256,
    rings: 0,
  })
  const other = generateKeyPairSync('ed25519').privateKey
  assert.equal(openOffer(good, signed(good, other), content, trust), 'badSignature')
  assert.equal(openOffer(words({ rings: 9 }), signed(good), content, trust), 'badSignature')
  const stranger = words({ publisher: 'somebody else' })
  assert.equal(openOffer(stranger, signed(stranger), content, trust), 'otherPublisher')
  assert.equal(openOffer(good, signed(good), Buffer.from('another package'), trust), 'otherPackage')
})

test('row 17: never back to an older version, never again what failed, and ring after ring (P14)', () => {
  const offer = (version: string, rings = 9): Offer => ({ publisher: trust.publisher, version, sha256, rings })
  const terminal = { ring: 1, version: '1.9.0', failed: ['2.0.0'] }
  assert.equal(objection(offer('1.9.0'), terminal), 'notNewer')
  assert.equal(objection(offer('1.8.9'), terminal), 'notNewer')
  assert.equal(objection(offer('2.0.0'), terminal), 'failedBefore')
  assert.equal(objection(offer('1.10.0', 0), terminal), 'laterRing')
  assert.equal(objection(offer('1.10.0', 1), terminal), undefined)
})

test('row 17: the night is from half past eleven to six', () => {
  assert.deepEqual(
    [23 * 60 + 29, 23 * 60 + 30, 0, 5 * 60 + 59, 6 * 60, 12 * 60].map((minute) => isInside(NIGHT, minute)),
    [false, true, true, true, false, false],
  )
})

test('row 17: taken at night with nobody there, tried, kept or given back', () => {
  let state: State = { kind: 'current' }
  const does = (event: Event) => {
    const next = step(state, event)
    state = next.state
    return next.actions
  }
  const looked = (minute: number, quiet: boolean) => does({ kind: 'looked', minute, quiet, version: '1.0.0' })
  does({ kind: 'accepted', version: '1.1.0' })
  assert.deepEqual(looked(12 * 60, true), [], 'by day')
  assert.deepEqual(looked(0, false), [], 'a card lies there')
  assert.deepEqual(looked(0, true), [{ kind: 'install', version: '1.1.0' }])
  assert.deepEqual(looked(1, true), [], 'once')
  does({ kind: 'started', version: '1.1.0' })
  assert.deepEqual(does({ kind: 'works' }), [{ kind: 'forgetOld', version: '1.0.0' }])
  assert.equal(state.kind, 'current')

  state = { kind: 'probation', version: '1.2.0', before: '1.1.0', failures: 0 }
  assert.deepEqual(does({ kind: 'fell' }), [])
  assert.deepEqual(does({ kind: 'fell' }), [{ kind: 'goBack', version: '1.1.0' }])
  assert.deepEqual(does({ kind: 'started', version: '1.1.0' }), [{ kind: 'markFailed', version: '1.2.0' }])
  assert.equal(state.kind, 'current')

  state = { kind: 'installing', version: '1.2.0', before: '1.1.0' }
  assert.deepEqual(
    does({ kind: 'started', version: '1.1.0' }),
    [{ kind: 'markFailed', version: '1.2.0' }],
    'it did not go in',
  )
})

test('row 17: in whatever order things happen, nothing is installed by day, with a card in, or over a version on probation', () => {
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ kind: fc.constant('accepted' as const), version: fc.constantFrom('1.1.0', '1.2.0') }),
    fc.record({
      kind: fc.constant('looked' as const),
      minute: fc.integer({ min: 0, max: 1439 }),
      quiet: fc.boolean(),
      version: fc.constant('1.0.0'),
    }),
    fc.record({ kind: fc.constant('started' as const), version: fc.constantFrom('1.0.0', '1.1.0', '1.2.0') }),
    fc.constantFrom<Event>({ kind: 'works' }, { kind: 'fell' }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let state: State = { kind: 'current' }
      for (const happens of events) {
        const { state: next, actions } = step(state, happens)
        for (const { kind } of actions) {
          if (kind === 'install')
            assert.ok(
              state.kind === 'waiting' && happens.kind === 'looked' && happens.quiet && isInside(NIGHT, happens.minute),
            )
          if (kind === 'goBack') assert.equal(state.kind, 'probation')
        }
        state = next
      }
    }),
  )
})
