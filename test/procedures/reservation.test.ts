/** The phone app's reservation (F21–F24): PIN, card and face through the hall; the kiosk then finds what it made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import type { FaceCheck } from '../../src/procedures/face-check.ts'
import type { FaceComparison } from '../../src/wire/backend-resets.ts'
import { deliveredCard } from '../host/delivered-card.ts'
import { ending, kiosk, typing } from '../host/kiosk.ts'
import { takes } from './terminal.ts'

const MATCHED: FaceComparison = { method: 'visualCheck', matched: true, decidedBy: 'clerk-1' }

function faces(comparison: FaceComparison | undefined, printed: readonly string[]) {
  const left = [...printed]
  const photos: Uint8Array[] = []
  const face: FaceCheck = {
    async printed() {
      const text = left.shift()
      return text === undefined ? undefined : new Secret(Buffer.from(text))
    },
    async compare(photo) {
      assert.equal(Buffer.from(photo.subarray(4, 8)).toString('latin1'), 'jP  ', 'a JPEG 2000 file')
      photos.push(photo)
      return comparison
    },
  }
  return { face, photos }
}

for (const [reset, procedure, at, proof, chosen] of [
  ['sign', 'reserveSignReset', 'signPinReset', '1234', 'NEU456X'],
  ['auth', 'reserveAuthReset', 'authPinReset', 'ABC123', '8024'],
] as const)
  test(`${reset}: reserved in the app with the other PIN, the card and the face; then done at the kiosk`, async () => {
    await using world = await deliveredCard()
    const { face, photos } = faces(MATCHED, [world.printed])
    await using app = kiosk(world, { role: 'resetApp', face })
    const seen = await typing(app, world, procedure, [proof])
    assert.equal(ending(seen), 'done')
    const done = seen.find((view) => view.kind === 'done')
    assert.equal(done?.until, world.clock.now() + 24 * 3_600_000)
    assert.ok(
      photos[0]?.every((byte) => byte === 0),
      'nothing of the photo is kept',
    )
    await using terminal = kiosk(world)
    assert.equal(ending(await typing(terminal, world, at, [proof, chosen, chosen])), 'done')
    assert.ok(takes(world.card, reset, chosen))
  })

test('a face that does not match, a simulated one that may not count, a person who goes back: no reservation', async () => {
  await using world = await deliveredCard()
  for (const [comparison, told] of [
    [{ ...MATCHED, matched: false }, 'faceNotMatched'],
    [undefined, 'cancelled'],
  ] as const) {
    await using app = kiosk(world, { role: 'resetApp', face: faces(comparison, [world.printed]).face })
    assert.equal(ending(await typing(app, world, 'reserveSignReset', ['1234'])), told)
  }
  await using terminal = kiosk(world)
  assert.equal(ending(await typing(terminal, world, 'signPinReset', [])), 'noReservation')
})

test('what is printed on the card, read wrongly, is asked for again and spends a try of 照合番号B only', async () => {
  await using world = await deliveredCard()
  const { face } = faces(MATCHED, ['00000000000000', world.printed])
  await using app = kiosk(world, { role: 'resetApp', face })
  assert.equal(ending(await typing(app, world, 'reserveSignReset', ['1234'])), 'done')
  await using none = kiosk(world, { role: 'resetApp' })
  assert.equal(ending(await typing(none, world, 'reserveSignReset', [])), 'faceCheckAway')
})
