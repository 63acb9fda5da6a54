/** Kiosk: whom a reset cannot help hears why before any PIN is asked (F22b); one that is cut goes on; a reservation is good once. */
import assert from 'node:assert/strict'
import type { SpecimenName } from '../../../apps/world/specimens.ts'
import type { World } from '../../../apps/world/world.ts'
import type { FailureCode } from '../../../src/base/failures/catalogue.ts'
import { LIMIT } from '../../procedures/card-state.ts'
import type { Kiosk } from '../kiosk.ts'
import { ends, type ResetPin, reserve } from '../town-reservations.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { leaves, RESETS, wantsReset } from './kiosk.ts'
import { type KioskStory, of } from './story.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

async function isRefused(kiosk: Kiosk, pin: ResetPin, card: SpecimenName, failure: FailureCode): Promise<void> {
  await kiosk.presses(RESETS[pin].button)
  await kiosk.lay(card)
  await kiosk.hears(failure)
  await leaves(kiosk)
}

/** What the backend still knows of a certificate that nobody may prove themselves with. */
const endsProof = (world: World, name: SpecimenName, pin: ResetPin, to: 'held' | 'revoked') =>
  ends(world, name, RESETS[pin].proof, to === 'held' ? { to } : { to, reason: 'cessationOfOperation' })

/** The hour of the night in Japan at which kiosks rest. */
const untilNight = (now: number): number => {
  const sinceMidnight = (now + 9 * HOUR_MS) % DAY_MS
  return 23.5 * HOUR_MS - sinceMidnight
}

const refusals = (pin: ResetPin): KioskStory => {
  const { procedure } = RESETS[pin]
  const why: readonly FailureCode[] = [
    ...['noReservation', 'noReservation', 'noReservation', 'noReservation', 'kioskClosed'],
    ...['resetCertificateHeld', 'resetCertificateRevoked', 'resetCertificateExpired', 'resetAttributesChanged'],
    ...['resetCardNotDelivered', 'resetFaceAuthCard', 'resetNoCertificate', 'backendUnreachable'],
  ] as FailureCode[]
  return {
    ...{ face: 'kiosk', size: pin === 'sign' ? '15' : '10' },
    what: `${procedure} for nobody whom a kiosk cannot help (F22b): told before any PIN`,
    comesTo: why.map((failure) => of(procedure, failure)),
    async go(kiosk, { world, line, clock }) {
      await isRefused(kiosk, pin, 'hanako', 'noReservation')
      // For the other PIN; then for this PIN, of another card; then of this card, a day ago.
      await reserve(world, 'hanako', RESETS[pin].proof)
      await isRefused(kiosk, pin, 'hanako', 'noReservation')
      await reserve(world, 'hanako', pin)
      const another = pin === 'sign' ? 'signBlocked' : 'authBlocked'
      await isRefused(kiosk, pin, another, 'noReservation')
      clock.ahead = DAY_MS + 60_000
      await isRefused(kiosk, pin, 'hanako', 'noReservation')
      clock.ahead = untilNight(clock.now() - clock.ahead)
      await isRefused(kiosk, pin, 'hanako', 'kioskClosed')
      clock.ahead = 0

      await endsProof(world, 'hanako', pin, 'held')
      await isRefused(kiosk, pin, 'hanako', 'resetCertificateHeld')
      await endsProof(world, another, pin, 'revoked')
      await isRefused(kiosk, pin, another, 'resetCertificateRevoked')
      await isRefused(kiosk, pin, 'expired', 'resetCertificateExpired')
      await isRefused(kiosk, pin, 'moved', 'resetAttributesChanged')
      await isRefused(kiosk, pin, 'prepared', 'resetCardNotDelivered')
      await isRefused(kiosk, pin, 'face', 'resetFaceAuthCard')
      await isRefused(kiosk, pin, 'child', 'resetNoCertificate')
      line.loses = () => true
      await isRefused(kiosk, pin, 'hanako', 'backendUnreachable')
      assert.ok(!kiosk.watched.received.some((packet) => packet.includes('enterPin')), 'no PIN was asked for')
      mustHaveTries(world.card('hanako'))
    },
  }
}

const reservations = async ({ backend }: World) =>
  (await backend.parts.store.all<{ state: string }>('SELECT state FROM reservation')).map(({ state }) => state)

/** New PIN up to its second entry, which is left out. */
async function choosesOnce(kiosk: Kiosk, pin: ResetPin): Promise<void> {
  await kiosk.types(PINS[RESETS[pin].proof].old)
  await kiosk.sees(new RegExp(`${PINS[pin].named.source}.*新しい暗証番号を入力`, 's'))
  await kiosk.types(PINS[pin].anew)
  await kiosk.sees(/もう一度/)
}

const cuts = (pin: ResetPin): KioskStory => {
  const { procedure, proof } = RESETS[pin]
  return {
    ...{ face: 'kiosk', size: pin === 'sign' ? '21' : '21 upright' },
    what: `${procedure} stopped, pulled, the line lost: it goes on by the same reservation, which is used up once; the proof kept and blocked`,
    comesTo: [
      of(procedure, 'cancelled'),
      of(procedure, 'cardGone'),
      of(procedure, 'backendUnreachable'),
      of(procedure, 'done'),
      of(procedure, 'noReservation'),
      of(procedure, 'lastTry'),
      of(procedure, 'otherPinBlocked'),
      of(procedure, 'otherPinBlocked'),
    ],
    async go(kiosk, { world, line }) {
      const card = world.card('hanako')
      await reserve(world, 'hanako', pin)
      await wantsReset(kiosk, pin, 'hanako')
      await kiosk.presses('やめる')
      await kiosk.hears('cancelled')
      await leaves(kiosk)

      await wantsReset(kiosk, pin, 'hanako')
      await choosesOnce(kiosk, pin)
      kiosk.terminal.desk.pull('Kiosk', true)
      await kiosk.types(PINS[pin].anew)
      await kiosk.hears('cardGone')
      await kiosk.presses('閉じる')
      await kiosk.sees('ご希望の手続きを選んでください')
      mustHaveTries(card)
      assert.deepEqual(await reservations(world), ['used'], 'from here on it goes on without another one')

      await wantsReset(kiosk, pin, 'hanako')
      await choosesOnce(kiosk, pin)
      const last = line.requests + 1
      line.loses = (request) => request > last
      await kiosk.types(PINS[pin].anew)
      await kiosk.hears('backendUnreachable')
      await leaves(kiosk)
      line.loses = () => false
      mustHaveTries(card)

      await wantsReset(kiosk, pin, 'hanako')
      await choosesOnce(kiosk, pin)
      await kiosk.types(PINS[pin].anew)
      await kiosk.sees(/を設定しました/)
      await leaves(kiosk)
      mustHave(card, pin, PINS[pin].anew, PINS[pin].old)
      await isRefused(kiosk, pin, 'hanako', 'noReservation')

      await reserve(world, 'hanako', pin)
      await wantsReset(kiosk, pin, 'hanako')
      for (let left = LIMIT[proof] - 1; left > 0; left--) {
        await kiosk.types(PINS[proof].wrong)
        if (left > 1) await kiosk.reads(`あと${left}回入力できます`)
      }
      await kiosk.sees('入力できるのは、あと1回です')
      mustHaveTries(card, { [proof]: 1 })
      await kiosk.presses('やめておく')
      await kiosk.hears('lastTry')
      await leaves(kiosk)
      mustHave(card, proof, PINS[proof].old)

      await kiosk.presses(RESETS[pin].button)
      await kiosk.lay('hanako')
      await kiosk.presses('入力する')
      await kiosk.types(PINS[proof].wrong)
      await kiosk.hears('otherPinBlocked')
      await leaves(kiosk)
      await isRefused(kiosk, pin, 'hanako', 'otherPinBlocked')
      mustHaveTries(card, { [proof]: 0 })
    },
  }
}

export const KIOSK_RESETS: readonly KioskStory[] = [refusals('sign'), refusals('auth'), cuts('sign'), cuts('auth')]
