/** Kiosk resets from reservation to chip (F21, F22, F22b): hall, simulated card and a backend over HTTP that issued its certificates. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliveredCard } from '../host/delivered-card.ts'
import { ending, kiosk, typing } from '../host/kiosk.ts'
import { reserve } from '../host/reservation.ts'
import { takes } from './terminal.ts'

test('F21: the 署名用 PIN, from the reservation in the app to the chip', async () => {
  await using world = await deliveredCard()
  const reservation = await reserve(world, 'sign')
  await using terminal = kiosk(world)
  const seen = await typing(terminal, world, 'signPinReset', ['1234', 'NEU456X', 'NEU456X'])
  assert.equal(ending(seen), 'done')
  const done = seen.find((view) => view.kind === 'done')
  assert.equal(done?.reference, reservation)
  assert.ok(takes(world.card, 'sign', 'NEU456X'))
  assert.ok(!takes(world.card, 'sign', 'ABC123'))
  const asked = seen.flatMap((view) => (view.kind === 'enterPin' ? [`${view.pin} ${view.purpose}`] : []))
  assert.deepEqual(asked, ['auth prove', 'sign new', 'sign again'])
})
