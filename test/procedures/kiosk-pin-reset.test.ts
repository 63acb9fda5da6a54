/** Kiosk resets from reservation to chip (F21, F22, F22b): hall, simulated card and a backend over HTTP that issued its certificates. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Line } from '../host/broken-line.ts'
import { deliveredCard, SERIAL, type World } from '../host/delivered-card.ts'
import { ending, kiosk, typing } from '../host/kiosk.ts'
import { reserve } from '../host/reservation.ts'
import { changer, type TestTerminal, takes } from './terminal.ts'

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

test('F22: the 利用者証明用 PIN, by the 署名用 one; a PIN that is the birth date is explained', async () => {
  await using world = await deliveredCard()
  await reserve(world, 'auth')
  await using terminal = kiosk(world)
  const seen = await typing(terminal, world, 'authPinReset', ['ABC123', '0331', '0331'])
  assert.equal(ending(seen), 'done')
  assert.ok(takes(world.card, 'auth', '0331'))
  assert.ok(!takes(world.card, 'auth', '1234'))
  assert.equal(seen.findLast((view) => view.kind === 'enterPin')?.problem, 'weak')
})

test('the PIN that proves the person: wrong once, then right; the last try only after a yes; nothing is used up by a no', async () => {
  await using world = await deliveredCard()
  await reserve(world, 'sign')
  await using first = kiosk(world)
  const no = changer(first, 'none', ['9999', '9998'])
  first.insert(world.card)
  const seen = await first.run('signPinReset', (view, all) =>
    view.kind === 'confirmLastTry' ? { answer: { goOn: false } } : no(view, all),
  )
  assert.equal(ending(seen), 'lastTry')
  const asked = seen.filter((view) => view.kind === 'enterPin')
  assert.deepEqual(
    asked.map(({ triesLeft, problem }) => [triesLeft, problem]),
    [
      [3, undefined],
      [2, 'wrong'],
    ],
  )
  await using second = kiosk(world)
  assert.equal(ending(await typing(second, world, 'signPinReset', ['1234', 'NEU456X', 'NEU456X'])), 'done')
})

const WAYS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  noReservation: async () => {},
  kioskClosed: async (world) => {
    await reserve(world, 'sign')
    // 23:00 in Japan.
    world.clock.at += 11 * 3_600_000
  },
  resetCertificateHeld: async (world) => {
    await reserve(world, 'sign')
    await certificateOf(world, 'sign', { to: 'held' })
  },
  resetCertificateRevoked: async (world) => {
    await reserve(world, 'sign')
    await certificateOf(world, 'sign', { to: 'revoked', reason: 'cessationOfOperation' })
  },
  resetAttributesChanged: async (world) => {
    await reserve(world, 'sign')
    const event = { kind: 'renamed', name: '番号　桜', kana: 'バンゴウ　サクラ' }
    await world.ask('demo-registry', '/v1/registry-events', { id: 'event-1', holder: 'hanako', event })
  },
  resetCertificateExpired: async (world) => {
    await reserve(world, 'sign')
    world.clock.at += 6 * 365 * 86_400_000
  },
  resetCardNotDelivered: async (world) => {
    await reserve(world, 'sign')
    const { store } = world.backend.parts
    await store.transaction((tx) => tx.run("UPDATE card SET state = 'setUp'"))
  },
  resetFaceAuthCard: async (world) => {
    const { store } = world.backend.parts
    await store.transaction((tx) => tx.run('UPDATE card SET face_auth = 1'))
  },
  otherPinBlocked: async (world) => {
    await reserve(world, 'sign')
    world.card.powerOn('contact')
    world.card.transmit(Buffer.from('00A4040C0AD392F000260100000001', 'hex'))
    for (let i = 0; i < 3; i++) world.card.transmit(Buffer.from('002000980439393939', 'hex'))
    world.card.powerOff()
  },
  cardNotRegistered: async (world) => {
    const { store } = world.backend.parts
    await store.transaction(async (tx) => {
      await tx.run("UPDATE cert SET card = 'other' WHERE card = ?", SERIAL)
      await tx.run('DELETE FROM card_chip')
    })
  },
}

async function certificateOf(world: World, kind: string, order: object): Promise<void> {
  const { certificates } = await world.ask('demo-kiosk', `/v1/cards/${SERIAL}`)
  const { issuer, serial } = certificates.find((one: { kind: string }) => one.kind === kind)
  const { state } = await world.ask('demo-callCentre', `/v1/certificates/${issuer}/${serial}/end`, order)
  assert.ok(state, 'the certificate is ended')
}

for (const [failure, make] of Object.entries(WAYS))
  test(`F22b: ${failure} is told before any PIN is asked`, async () => {
    await using world = await deliveredCard()
    await make(world)
    await using terminal = kiosk(world)
    const seen = await typing(terminal, world, 'signPinReset', [])
    assert.equal(ending(seen), failure)
    assert.ok(!seen.some(({ kind }) => kind === 'enterPin'))
  })

test('P16: a kiosk without a line says so, and asks for no PIN', async () => {
  await using world = await deliveredCard()
  await using terminal = kiosk(world, { backend: [] })
  const seen = await typing(terminal, world, 'signPinReset', [])
  assert.equal(ending(seen), 'backendUnreachable')
  assert.ok(!seen.some(({ kind }) => kind === 'enterPin'))
})

test('one endpoint of two gone in the middle: the other goes on with the same session (P18, P20)', async () => {
  await using world = await deliveredCard()
  await reserve(world, 'sign')
  const first = new Line(world.port)
  first.loses = (request) => request > 3
  await using terminal = kiosk(world, { backend: [first.port, world.port] })
  assert.equal(ending(await typing(terminal, world, 'signPinReset', ['1234', 'NEU456X', 'NEU456X'])), 'done')
})

test('a kiosk offers what a kiosk may, and refuses the rest by name (requirements 1)', async () => {
  await using world = await deliveredCard()
  await using terminal = kiosk(world)
  const [screen] = await firstScreen(terminal)
  assert.deepEqual(screen?.view, { kind: 'idle', procedures: ['pinStatus', 'signPinReset', 'authPinReset'] })
  await assert.rejects(terminal.client.call('start', { procedure: 'pinChange' }), { code: 'badInput' })
})

async function firstScreen(terminal: TestTerminal): Promise<{ view: unknown }[]> {
  const stop = new AbortController()
  const seen: { view: unknown }[] = []
  for await (const screen of terminal.client.listen('screen', {}, stop.signal)) {
    seen.push(screen as { view: unknown })
    stop.abort()
  }
  return seen
}
