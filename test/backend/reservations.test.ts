import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DEFAULT_LIMITS, limits } from '../../apps/backend/limits.ts'
import type { Issued } from '../../src/backend/ca/issue.ts'
import { end } from '../../src/backend/ca/revoke.ts'
import { people } from '../../src/backend/cards/people.ts'
import { registryEvent } from '../../src/backend/cards/registry-events.ts'
import type { Actor } from '../../src/backend/context.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import {
  type Asked,
  askReset,
  findReset,
  openReset,
  RESERVATION_MS,
  resetStatus,
  useReset,
} from '../../src/backend/reservations/reservations.ts'
import type { ResetPin } from '../../src/backend/reservations/reset-reasons.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import type { BackendErrorCode } from '../../src/wire/backend-errors.ts'
import type { FaceComparison } from '../../src/wire/backend-resets.ts'
import { onBothEngines } from './engines.ts'
import {
  activate,
  type CardKey,
  cardKey,
  type Fixture,
  MASTER,
  openFixture,
  orderFor,
  TERMINAL,
  TestClock,
} from './fixture.ts'

const refused = (code: BackendErrorCode, detail?: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.code === code && (detail === undefined || detail.test(error.message))

const MATCHED: FaceComparison = { method: 'visualCheck', matched: true, decidedBy: 'operator-1' }

interface Desk {
  readonly parts: Fixture
  readonly keys: Readonly<Record<'auth' | 'sign', CardKey>>
  readonly certs: Readonly<Record<'auth' | 'sign', Issued>>
  ask(pin: ResetPin): Promise<Asked>
  find(pin: ResetPin, kiosksRest?: boolean): Promise<Asked>
  open(
    asked: Asked,
    key: CardKey,
    face?: FaceComparison,
    simulation?: boolean,
    by?: Actor,
  ): ReturnType<typeof openReset>
  use(asked: Asked, key: CardKey): ReturnType<typeof useReset>
}

async function desk(place: StorePlace): Promise<Desk> {
  const parts = await openFixture(place)
  const registry = people(MASTER)
  const hanako = {
    name: '番号　花子',
    kana: 'バンゴウ',
    sex: '2',
    birth: '19890331',
    address: '東京都',
    abroad: false,
  } as const
  await parts.store.transaction(async (tx) => {
    await registry.add(tx, 'hanako', '132217', hanako, 1)
    await tx.run(
      "INSERT INTO card (serial, holder, municipality, state, state_at, expires, face_auth, at) VALUES ('card-1', 'hanako', '132217', 'delivered', 1, '20350331', 0, 1)",
    )
  })
  const keys = { auth: cardKey(), sign: cardKey() }
  const certs = {
    auth: await activate(parts, orderFor('auth', keys.auth), keys.auth),
    sign: await activate(parts, orderFor('sign', keys.sign), keys.sign),
  }
  const proves = { sign: certs.auth, auth: certs.sign }
  const about = (pin: ResetPin) => ({ pin, issuer: proves[pin].issuer, serial: proves[pin].serial })
  let n = 0
  const proof = (asked: Asked, key: CardKey) => {
    const id = `r${++n}`
    return {
      reservation: asked.reservation,
      signature: key.sign(asked.challenge),
      by: TERMINAL,
      named: { actor: 'app', key: id, body: id },
    }
  }
  return {
    ...{ parts, keys, certs },
    ask: (pin) => askReset(parts, about(pin), TERMINAL),
    find: (pin, kiosksRest = true) => findReset({ ...parts, kiosksRest }, about(pin), TERMINAL),
    open: (asked, key, face = MATCHED, simulation = false, by: Actor = TERMINAL) =>
      openReset(parts, { ...proof(asked, key), by, face, simulation }),
    use: (asked, key) => useReset(parts, proof(asked, key)),
  }
}

onBothEngines('reservations', (place) => {
  for (const [pin, other, rule] of [
    ['sign', 'auth', 'F21'],
    ['auth', 'sign', 'F22'],
  ] as const)
    test(`${rule}: the ${pin} PIN, proved with the ${other} PIN in the app and again at the kiosk, once`, async () => {
      const { parts, keys, ask, find, open, use } = await desk(place())
      await assert.rejects(find(pin), refused('noReservation'))
      const asked = await ask(pin)
      assert.equal((await open(asked, keys[other])).expiresAt, parts.clock.at + RESERVATION_MS)
      const found = await find(pin)
      assert.equal(found.reservation, asked.reservation)
      assert.deepEqual(await use(found, keys[other]), { card: 'card-1', pin })
      await assert.rejects(use(found, keys[other]), refused('noReservation'))
      await assert.rejects(find(pin), refused('noReservation'))
      await parts.store.close()
    })

  test('no PIN, no face, an old challenge, an unopened reservation: refused, nothing used', async () => {
    const { parts, keys, ask, find, open, use } = await desk(place())
    const asked = await ask('sign')
    await assert.rejects(open(asked, keys.sign), refused('badEvidence'))
    await assert.rejects(open(asked, keys.auth, { ...MATCHED, matched: false }), refused('faceNotMatched'))
    await assert.rejects(use(asked, keys.auth), refused('noReservation'))
    await open(asked, keys.auth)
    await assert.rejects(use(asked, keys.sign), refused('badEvidence'))
    const [first, second] = [await find('sign'), await find('sign')]
    await assert.rejects(use(first, keys.auth), refused('badEvidence'), 'its challenge was replaced')
    await use(second, keys.auth)
    await parts.store.close()
  })

  test('24 hours and not a moment longer; a newer reservation takes the place of an older', async () => {
    const { parts, keys, ask, find, open, use } = await desk(place())
    const older = await ask('sign')
    await open(older, keys.auth)
    const newer = await ask('sign')
    await open(newer, keys.auth)
    const found = await find('sign')
    assert.equal(found.reservation, newer.reservation)
    parts.clock.at += RESERVATION_MS
    await assert.rejects(use(found, keys.auth), refused('noReservation'))
    await assert.rejects(find('sign'), refused('noReservation'))
    const late = await ask('sign')
    parts.clock.at += 10 * 60_000
    await assert.rejects(open(late, keys.auth), refused('noReservation'))
    await parts.store.close()
  })

  test('F22b: revoked, changed attributes, expired or suspended – the counter, and why, before any PIN', async () => {
    const one = await desk(place())
    const asked = await one.ask('sign')
    await one.open(asked, one.keys.auth)
    const event = { kind: 'moved', municipality: '011011', address: '北海道' } as const
    await registryEvent(one.parts, people(MASTER), { id: 'e', holder: 'hanako', event }, TERMINAL)
    await assert.rejects(one.ask('sign'), refused('resetAtCounter', /: attributesChanged$/))
    await assert.rejects(one.ask('auth'), refused('resetAtCounter', /: attributesChanged$/))
    await assert.rejects(one.find('sign'), refused('resetAtCounter'), 'also what was reserved before')
    await one.parts.store.close()

    const two = await desk(place())
    const { issuer, serial } = two.certs.auth
    await end(two.parts, { issuer, serial, ending: { to: 'held' }, by: TERMINAL, key: 'h', body: 'h' })
    await assert.rejects(two.ask('sign'), refused('resetAtCounter', /: certificateHeld$/))
    await two.parts.store.close()

    const three = await desk(place())
    three.parts.clock.at = Date.parse('2031-04-01T03:00:00Z')
    await assert.rejects(three.ask('sign'), refused('resetAtCounter', /: certificateExpired$/))
    await three.parts.store.close()
  })

  test('F22b: reasons that lie in the card, by name', async () => {
    const at = await desk(place())
    const { store } = at.parts
    const own = at.certs.sign
    const wrongOne = { pin: 'sign', issuer: own.issuer, serial: own.serial } as const
    await assert.rejects(askReset(at.parts, wrongOne, TERMINAL), refused('resetAtCounter', /: otherCertificateNeeded$/))
    const setCard = (column: string, value: string | number) =>
      store.transaction((tx) => tx.run(`UPDATE card SET ${column} = ? WHERE serial = 'card-1'`, value))
    await setCard('state', 'suspended')
    await assert.rejects(at.ask('sign'), refused('resetAtCounter', /: cardNotDelivered$/))
    await setCard('face_auth', 1)
    await assert.rejects(at.ask('sign'), refused('resetAtCounter', /: faceAuthCard$/))
    await setCard('face_auth', 0)
    await setCard('state', 'delivered')
    const { issuer, serial } = own
    const ending = { to: 'revoked', reason: 'keyCompromise' } as const
    await end(at.parts, { issuer, serial, ending, by: TERMINAL, key: 'r', body: 'r' })
    await assert.rejects(at.ask('sign'), refused('resetAtCounter', /: certificateRevoked$/))
    await store.transaction((tx) => tx.run("UPDATE cert SET active_at = NULL WHERE kind = 'sign'"))
    await assert.rejects(at.ask('sign'), refused('resetAtCounter', /: noCertificateToReset$/), 'a child’s card')
    await store.close()
  })

  test('the comparison of faces: how and by whom is on record; a simulated one counts in a simulation only', async () => {
    const at = await desk(place())
    const simulated = { method: 'simulatedEngine', matched: true } as const
    const asked = await at.ask('sign')
    await assert.rejects(at.open(asked, at.keys.auth, simulated), refused('simulatedFaceRefused'))
    await assert.rejects(at.open(asked, at.keys.auth, { ...MATCHED, matched: false }), refused('faceNotMatched'))
    for (const matched of [false, true])
      await assert.rejects(at.open(asked, at.keys.auth, { ...MATCHED, matched, unclear: true }), refused('faceUnclear'))
    for (const nobody of [{ terminal: TERMINAL.terminal }, { ...TERMINAL, operator: 'operator-2' }])
      for (const face of [MATCHED, { ...MATCHED, matched: false }, { ...MATCHED, unclear: true } as const])
        await assert.rejects(at.open(asked, at.keys.auth, face, true, nobody), refused('operatorSignedOut'))
    assert.equal((await resetStatus(at.parts, asked.reservation)).state, 'asked', 'nothing was opened')
    const signature = at.keys.auth.sign(asked.challenge)
    const named = { actor: 'app', key: 'looked', body: 'looked' }
    const looked = { reservation: asked.reservation, signature, named, face: MATCHED, simulation: false }
    const opened = await openReset(at.parts, { ...looked, by: TERMINAL })
    const gone = { terminal: TERMINAL.terminal }
    assert.deepEqual(await openReset(at.parts, { ...looked, by: gone }), opened, 'asked again after they left (rule 7)')
    await at.open(await at.ask('sign'), at.keys.auth, simulated, true)
    const faces = await at.parts.store.all<{ result: string }>(
      "SELECT result FROM audit WHERE procedure_name = 'reset.sign.face' ORDER BY id",
    )
    assert.deepEqual(
      faces.map(({ result }) => result),
      [
        'not matched by visualCheck operator-1',
        'unclear by visualCheck operator-1',
        'unclear by visualCheck operator-1',
        'matched by visualCheck operator-1',
        'matched by simulatedEngine',
      ],
    )
    await at.parts.store.close()
  })

  test('the app shows what became of a reservation', async () => {
    const { parts, keys, ask, find, open, use } = await desk(place())
    const stateOf = async ({ reservation }: Asked) => (await resetStatus(parts, reservation)).state
    const first = await ask('sign')
    assert.equal(await stateOf(first), 'asked')
    await open(first, keys.auth)
    assert.deepEqual(await resetStatus(parts, first.reservation), {
      ...{ reservation: first.reservation, pin: 'sign', state: 'open', expiresAt: parts.clock.at + RESERVATION_MS },
    })
    const second = await ask('sign')
    await open(second, keys.auth)
    assert.deepEqual([await stateOf(first), await stateOf(second)], ['replaced', 'open'])
    await use(await find('sign'), keys.auth)
    assert.equal(await stateOf(second), 'used')
    const third = await ask('sign')
    await open(third, keys.auth)
    parts.clock.at += RESERVATION_MS
    assert.deepEqual([await stateOf(third), await stateOf(second)], ['expired', 'used'])
    await assert.rejects(resetStatus(parts, 'none'), refused('noReservation'))
    await parts.store.close()
  })

  test('kiosk hours: 6:30 to 23:00 in Japan', async () => {
    const { parts, keys, ask, find, open } = await desk(place())
    await open(await ask('sign'), keys.auth)
    const at = async (time: string) => {
      parts.clock.at = Date.parse(`2026-11-02T${time}:00+09:00`)
      return find('sign').then(
        () => 'open',
        (error: Refusal) => error.code,
      )
    }
    assert.deepEqual([await at('22:59'), await at('23:00')], ['open', 'kioskClosed'])
    parts.clock.at = Date.parse('2026-11-03T06:29:00+09:00')
    await assert.rejects(find('sign'), refused('kioskClosed'))
    await find('sign', false)
    parts.clock.at += 60_000
    await find('sign')
    await parts.store.close()
  })

  test('of ten uses at once exactly one is allowed', async () => {
    const { parts, keys, ask, find, open, use } = await desk(place())
    await open(await ask('sign'), keys.auth)
    const found = await find('sign')
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => use(found, keys.auth)))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    await parts.store.close()
  })
})

describe('P11: the way to a PIN reset has a capacity of its own', () => {
  test('a surge of resets is shed and leaves terminals alone; waiting helps', () => {
    const clock = new TestClock()
    const gate = limits(clock)
    let taken = 0
    for (let i = 0; i < 500; i++)
      try {
        gate.enter('reservation')()
        taken++
      } catch (error) {
        assert.ok(refused('overloaded')(error))
      }
    assert.equal(taken, DEFAULT_LIMITS.resets.burst)
    gate.enter('interactive')()
    for (let ms = 0; ms < 1000; ms += 5) {
      clock.at += 5
      try {
        gate.enter('reservation')()
        taken++
      } catch {}
    }
    assert.equal(
      taken,
      DEFAULT_LIMITS.resets.burst + DEFAULT_LIMITS.resets.perSecond,
      'hammering does not slow the refill',
    )
  })

  test('more at once than there is room for are shed until one leaves', () => {
    const gate = limits(new TestClock())
    const inside = Array.from({ length: DEFAULT_LIMITS.atOnce.batch }, () => gate.enter('batch'))
    assert.throws(() => gate.enter('batch'), refused('overloaded'))
    inside[0]?.()
    inside[0]?.()
    gate.enter('batch')
    assert.throws(() => gate.enter('batch'), refused('overloaded'), 'leaving twice frees one place')
  })
})
