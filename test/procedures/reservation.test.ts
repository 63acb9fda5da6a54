/** The phone app's reservation (F21–F24): PIN, card and face through the hall; the kiosk then finds what it made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FaceCheck } from '../../src/procedures/face-check.ts'
import type { FaceComparison } from '../../src/wire/backend-resets.ts'
import { deliveredCard } from '../host/delivered-card.ts'
import { ending, kiosk, typing } from '../host/kiosk.ts'
import { takes } from './terminal.ts'

const PORTRAIT = 'a picture of the live face'
const MATCHED: FaceComparison = { method: 'simulatedEngine', matched: true }

function faces(comparison: FaceComparison | undefined) {
  const pictures: Uint8Array[] = []
  const face: FaceCheck = {
    how: 'simulatedEngine',
    async compare(photo, live) {
      assert.equal(Buffer.from(photo.subarray(4, 8)).toString('latin1'), 'jP  ', 'a JPEG 2000 file')
      assert.equal(Buffer.from(live).toString(), PORTRAIT)
      pictures.push(photo, live)
      return comparison
    },
  }
  return { face, pictures }
}

for (const [reset, procedure, at, proof, chosen] of [
  ['sign', 'reserveSignReset', 'signPinReset', '1234', 'NEU456X'],
  ['auth', 'reserveAuthReset', 'authPinReset', 'ABC123', '8024'],
] as const)
  test(`${reset}: reserved in the app with the other PIN, the card and the face; then done at the kiosk`, async () => {
    await using world = await deliveredCard()
    const { face, pictures } = faces(MATCHED)
    await using app = kiosk(world, { role: 'resetApp', face })
    const seen = await typing(app, world, procedure, [proof, world.printed, PORTRAIT])
    assert.equal(ending(seen), 'done')
    const done = seen.find((view) => view.kind === 'done')
    assert.equal(done?.until, world.clock.now() + 24 * 3_600_000)
    assert.ok(
      pictures.length === 2 && pictures.every((picture) => picture.every((byte) => byte === 0)),
      'nothing of either picture is kept',
    )
    await using terminal = kiosk(world)
    assert.equal(ending(await typing(terminal, world, at, [proof, chosen, chosen])), 'done')
    assert.ok(takes(world.card, reset, chosen))
  })

test('a face that does not match, a comparison that cannot be had now: no reservation', async () => {
  await using world = await deliveredCard()
  for (const [comparison, told] of [
    [{ ...MATCHED, matched: false }, 'faceNotMatched'],
    [{ ...MATCHED, matched: false, unclear: true }, 'faceCheckAway'],
    [undefined, 'faceCheckAway'],
  ] as const) {
    await using app = kiosk(world, { role: 'resetApp', face: faces(comparison).face })
    assert.equal(ending(await typing(app, world, 'reserveSignReset', ['1234', world.printed, PORTRAIT])), told)
  }
  await using terminal = kiosk(world)
  assert.equal(ending(await typing(terminal, world, 'signPinReset', [])), 'noReservation')
  const { store } = world.backend.parts
  const records = await store.all<{ result: string }>(
    "SELECT result FROM audit WHERE procedure_name = 'reset.sign.face' ORDER BY id",
  )
  assert.deepEqual(
    records.map(({ result }) => result.split(' by ')[0]),
    ['not matched', 'unclear'],
  )
})

test('the session of whoever looked goes with what they decided, in a header and never in what is said; a dead one opens nothing', async () => {
  await using world = await deliveredCard()
  const session = 'S'.repeat(43)
  const operators: (string | undefined)[] = []
  const port: typeof world.port = (request, signal) => {
    operators.push(request.headers['Madoguchi-Operator'])
    assert.ok(!`${request.path}${request.body}`.includes(session))
    return world.port(request, signal)
  }
  const seenBy = { method: 'visualCheck', matched: true, decidedBy: 'clerk-1', session } as const
  const face: FaceCheck = { how: 'visualCheck', compare: async () => seenBy }
  await using app = kiosk(world, { role: 'resetApp', face, backend: [port] })
  assert.equal(ending(await typing(app, world, 'reserveSignReset', ['1234', world.printed, PORTRAIT])), 'faceCheckAway')
  const from = operators.indexOf(session)
  assert.ok(from > 0 && operators.slice(0, from).every((one) => one === undefined), 'only once they have looked')
})

test('what is printed on the card, read wrongly, is asked for again and spends a try of 照合番号B only', async () => {
  await using world = await deliveredCard()
  await using app = kiosk(world, { role: 'resetApp', face: faces(MATCHED).face })
  const typed = ['1234', '00000000000000', world.printed, PORTRAIT]
  const seen = await typing(app, world, 'reserveSignReset', typed)
  assert.equal(ending(seen), 'done')
  assert.deepEqual(
    seen.flatMap((view) => (view.kind === 'enterCardFace' ? [view.problem] : [])),
    [undefined, 'wrong'],
  )
  await using none = kiosk(world, { role: 'resetApp' })
  assert.equal(ending(await typing(none, world, 'reserveSignReset', [])), 'faceCheckAway')
})
