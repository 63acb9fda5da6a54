/** The reservation app (F21–F24, F22b): both reservations on three phones, and every way they are not made. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../../applets-sim/simulated-card.ts'
import { SPECIMENS, type SpecimenName } from '../../../apps/world/specimens.ts'
import type { World } from '../../../apps/world/world.ts'
import type { FailureCode } from '../../../src/base/failures/catalogue.ts'
import type { ProcedureName } from '../../../src/wire/view.ts'
import { LIMIT } from '../../procedures/card-state.ts'
import type { PhoneSize } from '../phone.ts'
import { ends, type ResetPin } from '../town-reservations.ts'
import { mustHaveTries, PINS } from './counter-pins.ts'
import { type Handset, PHONE } from './handset.ts'
import { HASTY, of, type PhoneStory } from './story.ts'

const IDLE = 'ご希望の手続きを選んでください'

interface Reservation {
  readonly procedure: ProcedureName
  readonly button: RegExp
  readonly proof: ResetPin
}

const RESERVED: Readonly<Record<ResetPin, Reservation>> = {
  sign: { procedure: 'reserveSignReset', button: /署名用の暗証番号を忘れた/, proof: 'auth' },
  auth: { procedure: 'reserveAuthReset', button: /利用者証明用の暗証番号を忘れた/, proof: 'sign' },
}

/** Day of birth as it stands on the card, in the era. */
const BORN = { hanako: '010331', signBlocked: '470415', authBlocked: '220203' } as const
type Held = keyof typeof BORN

/** What stands on the face of a card: birth, the last year of the card, the security code. */
async function printedOn({ backend }: World, name: Held): Promise<string> {
  const sql = 'SELECT expires FROM card WHERE serial = ?'
  const row = await backend.parts.store.get<{ expires: string }>(sql, SPECIMENS[name].serial)
  return `${BORN[name]}${row?.expires.slice(0, 4)}1234`
}

async function leaves(phone: Handset): Promise<void> {
  await phone.presses('閉じる')
  await phone.sees('カードをお取りください')
  await phone.take()
  await phone.sees(IDLE)
}

/** Up to the question for the PIN that shows whose card it is. */
async function wants(phone: Handset, pin: ResetPin, name: SpecimenName): Promise<void> {
  await phone.presses(RESERVED[pin].button)
  await phone.presses('始める')
  await phone.lay(name)
  await phone.sees(new RegExp(`${PINS[RESERVED[pin].proof].named.source}.*を入力してください`, 's'))
}

/** Up to the portrait. */
async function proves(phone: Handset, world: World, pin: ResetPin, name: Held): Promise<void> {
  await wants(phone, pin, name)
  await phone.types(PINS[RESERVED[pin].proof].old)
  await phone.sees(/カードの表に書かれた数字/)
  await phone.types(await printedOn(world, name))
  await phone.sees('お顔を撮影します')
}

const goesWell = (size: PhoneSize): PhoneStory => ({
  ...{ face: 'phone', size },
  what: 'either reset is reserved by the other PIN, the card and the face',
  comesTo: [of('reserveSignReset', 'done'), of('reserveAuthReset', 'done')],
  async go(phone, { world }) {
    for (const [pin, name] of [
      ['sign', 'signBlocked'],
      ['auth', 'authBlocked'],
    ] as const) {
      await wants(phone, pin, name)
      await phone.enters(PINS[RESERVED[pin].proof].old)
      await phone.sees(/カードの表に書かれた数字/)
      await phone.enters(await printedOn(world, name))
      await phone.presses('撮影する')
      await phone.sees('予約しました')
      await phone.reads(/予約の期限/)
      await leaves(phone)
    }
    assert.deepEqual(await reservations(world), ['open', 'open'])
  },
})

const reservations = async ({ backend }: World) =>
  (await backend.parts.store.all<{ state: string }>('SELECT state FROM reservation')).map(({ state }) => state)

/** In the order of the story. The 利用者証明用 certificate is free to read: then nobody enters a PIN in vain. */
const REFUSED = [
  ...['otherPinBlocked', 'resetNoCertificate', 'resetCertificateExpired', 'resetAttributesChanged'],
  ...['resetFaceAuthCard', 'resetCardNotDelivered', 'resetCertificateHeld', 'resetCertificateRevoked'],
  'backendUnreachable',
] as const satisfies readonly FailureCode[]

const refusals = (pin: ResetPin): PhoneStory => {
  const { procedure, proof, button } = RESERVED[pin]
  return {
    ...{ face: 'phone', size: pin === 'sign' ? 'small' : 'large' },
    what: `${procedure} for nobody whom a kiosk could not help (F22b)`,
    comesTo: REFUSED.map((failure) => of(procedure, failure)),
    async go(phone, { world, line }) {
      const isRefused = async (name: SpecimenName, failure: FailureCode, asksPin = proof === 'sign') => {
        await phone.presses(button)
        await phone.presses('始める')
        await phone.lay(name)
        if (asksPin) await phone.types(PINS[proof].old)
        await phone.hears(failure)
        await leaves(phone)
      }
      const says = (sql: string) => world.backend.parts.store.transaction((tx) => tx.run(sql, SPECIMENS.hanako.serial))
      await isRefused('allBlocked', 'otherPinBlocked', false)
      await isRefused('child', 'resetNoCertificate', false)
      await isRefused('expired', 'resetCertificateExpired')
      await isRefused('moved', 'resetAttributesChanged')
      // Its auth PIN is locked, which is not the reason (F18); a sign certificate it has only in the register of this story.
      await says('UPDATE card SET face_auth = 1 WHERE serial = ?')
      await isRefused(pin === 'sign' ? 'face' : 'hanako', 'resetFaceAuthCard')
      await says("UPDATE card SET face_auth = 0, state = 'suspended' WHERE serial = ?")
      await isRefused('hanako', 'resetCardNotDelivered')
      await says("UPDATE card SET state = 'delivered' WHERE serial = ?")
      await ends(world, 'hanako', proof, { to: 'held' })
      await isRefused('hanako', 'resetCertificateHeld')
      const another = pin === 'sign' ? 'signBlocked' : 'authBlocked'
      await ends(world, another, proof, { to: 'revoked', reason: 'cessationOfOperation' })
      await isRefused(another, 'resetCertificateRevoked')
      line.loses = () => true
      await isRefused('hanako', 'backendUnreachable')
      assert.deepEqual(
        (await reservations(world)).filter((state) => state === 'open'),
        [],
      )
      if (proof === 'auth') assert.ok(!phone.watched.received.some((packet) => packet.includes('enterPin')))
      mustHaveTries(world.card('hanako'))
    },
  }
}

/** 照合番号B has ten tries, and nobody risks the last one for a photo. */
const WRONG_FACES = 9

/** 照合番号B presented wrong elsewhere, while the card lies there. */
function mistakes(card: SimulatedCard, times: number): void {
  card.transmit(Buffer.from('00A4040C0AD3921000310001010402', 'hex'))
  const wrong = Buffer.concat([Buffer.from('002000920E', 'hex'), Buffer.from('00000000000000')])
  for (let i = 0; i < times; i++) assert.equal(card.transmit(wrong)[0], 0x63)
}

const stops = (pin: ResetPin): PhoneStory => {
  const { procedure, proof } = RESERVED[pin]
  return {
    ...{ face: 'phone', size: 'middle' },
    what: `${procedure} stopped, pulled, faces not alike or not compared, and made then; the last tries are kept`,
    comesTo: [
      of(procedure, 'cancelled'),
      of(procedure, 'cardGone'),
      of(procedure, 'faceNotMatched'),
      of(procedure, 'faceCheckAway'),
      of(procedure, 'done'),
      of(procedure, 'lastTry'),
      of(procedure, 'codeBBlocked'),
    ],
    async go(phone, { world }) {
      const card = world.card('hanako')
      await wants(phone, pin, 'hanako')
      await phone.presses('やめる')
      await phone.hears('cancelled')
      await leaves(phone)

      await wants(phone, pin, 'hanako')
      phone.terminal.desk.pull(PHONE, true)
      await phone.types(PINS[proof].old)
      await phone.hears('cardGone')
      await phone.presses('閉じる')
      await phone.sees(IDLE)
      mustHaveTries(card)

      for (const [faces, failure] of [
        ['different', 'faceNotMatched'],
        ['unknown', 'faceCheckAway'],
      ] as const) {
        phone.faces = faces
        await proves(phone, world, pin, 'hanako')
        await phone.presses('撮影する')
        await phone.hears(failure)
        await leaves(phone)
      }
      assert.deepEqual(
        (await reservations(world)).filter((state) => state === 'open'),
        [],
      )
      phone.faces = 'alike'
      await proves(phone, world, pin, 'hanako')
      await phone.presses('撮影する')
      await phone.sees('予約しました')
      await leaves(phone)

      await wants(phone, pin, 'hanako')
      for (let left = LIMIT[proof] - 1; left > 0; left--) {
        await phone.types(PINS[proof].wrong)
        if (left > 1) await phone.reads(`あと${left}回入力できます`)
      }
      await phone.presses('やめておく')
      await phone.hears('lastTry')
      await leaves(phone)
      mustHaveTries(card, { [proof]: 1 })

      const another = pin === 'sign' ? 'signBlocked' : 'authBlocked'
      await wants(phone, pin, another)
      await phone.types(PINS[proof].old)
      await phone.sees(/カードの表に書かれた数字/)
      mistakes(world.card(another), WRONG_FACES - 1)
      await phone.types('00000000000000')
      await phone.reads(/カードの数字と合いません/)
      await phone.types(await printedOn(world, another))
      await phone.hears('codeBBlocked')
      await leaves(phone)
      assert.deepEqual(
        (await reservations(world)).filter((state) => state === 'open'),
        ['open'],
        'the one that was made',
      )
    },
  }
}

const walkedAway: PhoneStory = {
  ...{ face: 'phone', size: 'large', patience: HASTY },
  what: 'whoever puts the phone aside is asked whether they are there; then it ends',
  comesTo: [of('reserveSignReset', 'idle'), of('reserveAuthReset', 'idle')],
  async go(phone, { world }) {
    for (const pin of ['sign', 'auth'] as const) {
      await phone.presses(RESERVED[pin].button)
      await phone.sees('続けますか')
      await phone.hears('idle')
      await phone.presses('閉じる')
      await phone.sees(IDLE)
    }
    assert.deepEqual(await reservations(world), [])
  },
}

export const RESERVATIONS: readonly PhoneStory[] = [
  ...[goesWell('small'), goesWell('large')],
  ...[refusals('sign'), refusals('auth'), stops('sign'), stops('auth'), walkedAway],
]
