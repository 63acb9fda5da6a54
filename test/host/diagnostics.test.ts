/** Diagnostics and metrics: what a keeper sees, and what never gets out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from '../../src/host/metrics.ts'
import { diagnosticsSchema, NEVER_EXPORTED } from '../../src/wire/diagnostics.ts'
import { changer } from '../procedures/terminal.ts'
import { deliveredCard, PINS, SERIAL } from './delivered-card.ts'
import { ending, kiosk, typing } from './kiosk.ts'
import { reserve } from './reservation.ts'

test('a kiosk after a completed, an abandoned and a refused turn: counted by procedure, and nothing of anybody in it', async () => {
  await using world = await deliveredCard()
  await using terminal = kiosk(world)
  assert.equal(ending(await typing(terminal, world, 'signPinReset', [])), 'noReservation')
  const reservation = await reserve(world, 'sign')
  terminal.insert(world.card)
  const person = changer(terminal, 'none', [])
  await terminal.run('signPinReset', (view, all) =>
    view.kind === 'enterPin' ? () => void terminal.client.call('cancel', {}) : person(view, all),
  )
  assert.equal(ending(await typing(terminal, world, 'signPinReset', ['1234', 'NEU456X', 'NEU456X'])), 'done')

  const told = diagnosticsSchema.parse(await terminal.client.call('diagnostics', {}))
  assert.deepEqual(
    told.turns.map(({ procedure, outcome, ending, count }) => [procedure, outcome, ending, count]),
    [
      ['signPinReset', 'failed', 'noReservation', 1],
      ['signPinReset', 'abandoned', 'cancelled', 1],
      ['signPinReset', 'completed', 'done', 1],
    ],
  )
  assert.ok(told.commands.count > 40)
  assert.ok((told.commands.p95 ?? 0) > 0)
  assert.deepEqual(told.backend, { endpoints: 1, away: false })
  assert.deepEqual(told.neverExported, [...NEVER_EXPORTED])
  assert.match(told.metrics, /^madoguchi_turns_total\{procedure="signPinReset",outcome="completed",ending="done"\} 1$/m)
  assert.match(told.metrics, /^madoguchi_apdu_seconds_bucket\{le="\+Inf"\} \d+$/m)
  assert.match(told.metrics, /^madoguchi_backend_attempts_total\{name="findReset",endpoint="0",outcome="ok"\} 2$/m)

  const text = JSON.stringify(told)
  const { certificates } = await world.ask('demo-kiosk', `/v1/cards/${SERIAL}`)
  const serials = certificates.map(({ serial }: { serial: number }) => String(serial))
  for (const secret of [...Object.values(PINS), 'NEU456X', '花子', '清瀬', SERIAL, reservation, ...serials])
    assert.ok(!text.includes(secret) || secret === '1234', secret)
  assert.ok(!/1234/.test(text.replace(/\d+\.\d+|"at":\d+/g, '')), 'PIN')
})

test('a reader’s fault and an endpoint’s are counted', () => {
  const metrics = new Metrics()
  metrics.command({ at: 0, label: 'x', cla: 0, ins: 0xa4, p1: 0, p2: 0, lc: 0, le: 0, ms: 7, trouble: 'communication' })
  metrics.attempt({ name: 'findReset', endpoint: 1, outcome: 'noAnswer', ms: 8_000 })
  metrics.attempt({ name: 'findReset', endpoint: 1, outcome: 'noAnswer', ms: 8_000 })
  assert.deepEqual(metrics.faults, [{ labels: { kind: 'communication' }, count: 1 }])
  assert.match(metrics.text(), /attempts_total\{name="findReset",endpoint="1",outcome="noAnswer"\} 2/)
  assert.match(metrics.text(), /apdu_seconds_bucket\{le="0.005"\} 0\n.*le="0.01"\} 1/)
  assert.equal(metrics.commandMs(0.5), 10)
  assert.equal(new Metrics().commandMs(0.5), undefined)
})
