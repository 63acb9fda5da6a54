/** The visual check without a screen: who may look, what crosses, what is decided, and what is left of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { decode } from 'fast-png'
import { PIECE } from '../../apps/faces/faces-api.ts'
import { LOOK_MS } from '../../apps/faces/requests.ts'
import { systemTimers, type Timers } from '../../src/host/ports.ts'
import { TestTown } from '../staff/town.ts'
import { TestPlace } from './place.ts'
import { chipPhoto, livePicture } from './specimens.ts'

let town: TestTown
let photo: Uint8Array
before(async () => {
  town = await TestTown.open()
  photo = await chipPhoto()
})
after(() => town.close())

const never = () => new AbortController().signal

test('nobody signed in: no picture, no decision, not even that somebody waits', async () => {
  await using place = new TestPlace({ backend: town.line() })
  const gone = new AbortController()
  const compared = place.desk.check.compare(photo, livePicture(), gone.signal)
  await place.signsIn('signIn')
  for (const [name, input] of [
    ['picture', { request: 1, which: 'photo', from: 0 }],
    ['decide', { request: 1, decision: 'same' }],
    ['signOut', {}],
  ] as const)
    await assert.rejects(place.page.call(name, input), { code: 'staffSignedOut' }, name)
  assert.ok(place.crossed.every((frame) => !frame.includes('"look"') && !frame.includes('waiting')))
  gone.abort(new Error('the card is gone'))
  await assert.rejects(compared, /the card is gone/)
})

test('signed in: both pictures, bit by bit; the decision names who made it, by their session', async () => {
  await using place = new TestPlace({ backend: town.line() })
  place.layStaffCard(await town.staffCard())
  assert.equal((await place.atDesk()).operator, '窓口　一郎')
  const live = livePicture()
  const compared = place.desk.check.compare(photo, live, never())
  const look = await place.looking()
  assert.ok(look.secondsLeft > 118 && look.secondsLeft <= 120)
  const png = decode(await place.picture(look.request, 'photo', look.photo))
  assert.deepEqual([png.width, png.height], [240, 300])
  assert.deepEqual(await place.picture(look.request, 'live', look.live), live)
  await place.page.call('decide', { request: look.request, decision: 'same' })
  const { session, ...comparison } = (await compared) ?? {}
  assert.deepEqual(comparison, { method: 'visualCheck', matched: true, decidedBy: 'demo-staff-1' })
  assert.match(session ?? '', /^[\w-]{43}$/)
  assert.ok(!place.crossed.join('').includes(session ?? ''), 'the session stays with the desk')
  const again = { request: look.request, decision: 'different' }
  await assert.rejects(place.page.call('decide', again), { code: 'stalePrompt' })
  await assert.rejects(place.picture(look.request, 'photo', look.photo), { code: 'stalePrompt' })
})

test('another person, and what cannot be told: each is an answer of whoever looked', async () => {
  await using place = new TestPlace({ backend: town.line() })
  place.layStaffCard(await town.staffCard(1))
  for (const [decision, expected] of [
    ['different', { matched: false, decidedBy: 'demo-staff-2' }],
    ['unclear', { matched: false, unclear: true, decidedBy: 'demo-staff-2' }],
  ] as const) {
    const compared = place.desk.check.compare(photo, livePicture(), never())
    const { request } = await place.looking()
    await place.page.call('decide', { request, decision })
    const answer = await compared
    const { session, method, ...told } = answer ?? {}
    assert.deepEqual([method, told], ['visualCheck', expected])
    assert.match(session ?? '', /^[\w-]{43}$/)
    await place.sees((screen) => screen.at === 'desk' && screen.look === undefined, 'done')
  }
})

test('a picture that is none, of the chip or of the phone, is shown to nobody: it could not be compared', async () => {
  await using place = new TestPlace({ backend: town.line() })
  place.layStaffCard(await town.staffCard())
  await place.atDesk()
  assert.equal(await place.desk.check.compare(Buffer.from('no photo'), livePicture(), never()), undefined)
  assert.equal(await place.desk.check.compare(photo, Buffer.from('no portrait'), never()), undefined)
  assert.ok(!place.crossed.some((frame) => frame.includes('"look"')))
})

test('nothing of a picture stands in a message, whatever is asked; a large one comes in pieces', async () => {
  await using place = new TestPlace({ backend: town.line() })
  place.layStaffCard(await town.staffCard())
  await place.atDesk()
  const live = Buffer.concat([livePicture(), Buffer.alloc(PIECE, 'CANARY')])
  const gone = new AbortController()
  const compared = place.desk.check.compare(photo, live, gone.signal)
  const look = await place.looking()
  assert.deepEqual(Buffer.from(await place.picture(look.request, 'live', look.live)), live)
  assert.ok(live.includes('CANARY'), 'what was answered was a copy')
  for (const input of [
    { request: look.request, which: 'live', from: look.live },
    { request: look.request, which: 'live', from: -1 },
    { request: look.request, which: 'both', from: 0 },
    { request: look.request + 1, which: 'live', from: 0 },
  ])
    await place.page.call('picture', input).catch(() => {})
  const text = place.crossed.join('')
  assert.ok(!text.includes('CANARY') && !text.includes(live.toString('base64').slice(0, 40)))
  gone.abort(new Error('gone'))
  await assert.rejects(compared, /gone/)
  await place.sees((screen) => screen.at === 'desk' && screen.look === undefined, 'empty again')
})

test('the staff card out of its reader: signed out at once, the one who waits still waits for the next', async () => {
  await using place = new TestPlace({ backend: town.line() })
  place.layStaffCard(await town.staffCard())
  const compared = place.desk.check.compare(photo, livePicture(), never())
  const first = await place.looking()
  place.takeStaffCard()
  await place.signsIn('signIn')
  const decide = { request: first.request, decision: 'same' }
  await assert.rejects(place.page.call('decide', decide), { code: 'staffSignedOut' })
  place.layStaffCard(await town.staffCard(1))
  assert.equal((await place.looking()).request, first.request)
  await place.page.call('decide', decide)
  assert.equal((await compared)?.decidedBy, 'demo-staff-2')
})

test('a sign-out ends the session at the backend too; the same card lies there and does not sign in again by itself', async () => {
  const ended: string[] = []
  const line = town.line()
  await using place = new TestPlace({
    backend: (request, signal) => {
      if (request.path.endsWith('/end')) ended.push(request.path)
      return line(request, signal)
    },
  })
  place.layStaffCard(await town.staffCard())
  await place.atDesk()
  await place.page.call('signOut', {})
  await place.signsIn('signIn')
  assert.deepEqual(ended, ['/v1/operator-sessions/end'])
})

test('a stranger’s card signs nobody in; a wrong PIN neither', async () => {
  await using place = new TestPlace({ backend: town.line(), pin: '9999' })
  const stop = new AbortController()
  const compared = place.desk.check.compare(photo, livePicture(), stop.signal)
  place.layStaffCard(await town.strangersCard())
  await place.sees((screen) => screen.at === 'signIn' && JSON.stringify(screen).includes('problem'), 'refused')
  place.takeStaffCard()
  place.layStaffCard(await town.staffCard())
  await place.sees((screen) => screen.at === 'signIn' && JSON.stringify(screen).includes('"wrong"'), 'wrong')
  stop.abort()
  await assert.rejects(compared)
  assert.ok(!place.crossed.some((frame) => frame.includes('"at":"desk"')))
})

test('whoever is signed in for too long is signed out (a working day)', async () => {
  const expiry: (() => void)[] = []
  const timers: Timers = {
    after: (ms, then) => {
      if (ms < 3_600_000) return systemTimers.after(ms <= 4_000 ? ms / 100 : ms, then)
      expiry.push(then)
      return () => {}
    },
  }
  await using place = new TestPlace({ backend: town.line(), timers })
  place.layStaffCard(await town.staffCard())
  await place.atDesk()
  for (const end of expiry) end()
  await place.sees((screen) => JSON.stringify(screen).includes('"problem":"staffSignedOut"'), 'told that it is over')
})

test('nobody decides in two minutes: not compared, and the page is empty again', async () => {
  const due: (() => void)[] = []
  const timers: Timers = {
    after: (ms, then) => {
      if (ms !== LOOK_MS) return systemTimers.after(ms <= 4_000 ? ms / 100 : ms, then)
      due.push(then)
      return () => {}
    },
  }
  await using place = new TestPlace({ backend: town.line(), timers })
  place.layStaffCard(await town.staffCard())
  const compared = place.desk.check.compare(photo, livePicture(), never())
  await place.looking()
  for (const end of due) end()
  assert.equal(await compared, undefined)
  await place.sees((screen) => screen.at === 'desk' && screen.look === undefined, 'empty')
})
