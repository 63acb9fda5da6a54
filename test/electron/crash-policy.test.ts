import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Event,
  FIRST,
  FORGOTTEN_MS,
  pauseAfter,
  type State,
  step,
  type Trouble,
} from '../../apps/terminal/electron/crash-policy.ts'

const TROUBLES: readonly Trouble[] = ['rendererGone', 'rendererHangs', 'hostGone', 'hostHangs']

test('row 22: a calm page, a new host, the card read, and only then the screen', () => {
  let { state } = step(FIRST.state, { kind: 'cardRead', at: 0 })
  for (const trouble of TROUBLES) {
    const fallen = step(state, { kind: trouble, at: 1000 })
    assert.deepEqual(fallen.actions, ['endHost', 'showCalmPage'], trouble)
    const until = (fallen.state as Extract<State, { kind: 'calm' }>).until
    assert.deepEqual(step(fallen.state, { kind: 'tick', at: until - 1 }).actions, [])
    assert.deepEqual(
      step(fallen.state, { kind: 'cardRead', at: until }).actions,
      [],
      'a host of before is not listened to',
    )
    const back = step(fallen.state, { kind: 'tick', at: until })
    assert.deepEqual([back.state.kind, back.actions], ['starting', ['startHost']])
    const serving = step(back.state, { kind: 'cardRead', at: until + 10 })
    assert.deepEqual([serving.state.kind, serving.actions], ['serving', ['showFace']])
    state = serving.state
  }
})

test('row 22: pauses grow to five minutes and are forgotten after ten good ones', () => {
  assert.deepEqual([1, 2, 3, 8, 9, 1000].map(pauseAfter), [2000, 4000, 8000, 256_000, 300_000, 300_000])
  const often: State = { kind: 'serving', failures: 7, since: 0 }
  assert.equal(step(often, { kind: 'hostGone', at: FORGOTTEN_MS - 1 }).state.failures, 8)
  assert.equal(step(often, { kind: 'hostGone', at: FORGOTTEN_MS }).state.failures, 1)
})

test('row 22: in whatever order things happen, a screen is shown only after the card was read in that host', () => {
  const event: fc.Arbitrary<{ kind: Event['kind']; wait: number }> = fc.record({
    kind: fc.constantFrom<Event['kind']>(...TROUBLES, 'cardRead', 'tick'),
    wait: fc.integer({ min: 0, max: 700_000 }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let { state, actions } = FIRST
      let hosts = 0
      let shown = false
      let at = 0
      const play = (kind?: Event['kind']) => {
        for (const action of actions) {
          if (action === 'startHost') assert.equal(++hosts, 1, 'one host at a time')
          if (action === 'endHost') hosts = 0
          if (action === 'showCalmPage') shown = false
          if (action === 'showFace') {
            assert.equal(kind, 'cardRead')
            assert.equal(hosts, 1)
            shown = true
          }
        }
        assert.equal(shown, state.kind === 'serving')
      }
      play()
      for (const { kind, wait } of events) {
        at += wait
        ;({ state, actions } = step(state, { kind, at } as Event))
        play(kind)
      }
    }),
  )
})
