/** Kiosk: what goes well on each panel – resets with a reservation (F21, F22); where it stands alone, every PIN changed. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../../applets-sim/simulated-card.ts'
import type { PinName, ProcedureName } from '../../../src/wire/view.ts'
import { LIMIT } from '../../procedures/card-state.ts'
import type { Panel } from '../browser.ts'
import { type Kiosk, READER } from '../kiosk.ts'
import { type ResetPin, reserve } from '../town-reservations.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { type KioskStory, type LoneStory, of } from './story.ts'

const IDLE = 'ご希望の手続きを選んでください'
const FOUR = ['sign', 'auth', 'text', 'juki'] as const satisfies readonly PinName[]

export interface Reset {
  readonly procedure: ProcedureName
  readonly button: RegExp
  /** The PIN that shows whose card it is. */
  readonly proof: ResetPin
}

export const RESETS: Readonly<Record<ResetPin, Reset>> = {
  sign: { procedure: 'signPinReset', button: /^署名用の暗証番号を設定し直す/, proof: 'auth' },
  auth: { procedure: 'authPinReset', button: /^利用者証明用の暗証番号を設定し直す/, proof: 'sign' },
}

/** From the last screen to the first one. */
export async function leaves(kiosk: Kiosk): Promise<void> {
  await kiosk.presses('閉じる')
  await kiosk.sees('カードをお取りください')
  await kiosk.take()
  await kiosk.sees(IDLE)
}

/** Up to the question for the proof, with the card there. */
export async function wantsReset(kiosk: Kiosk, pin: ResetPin, card: string): Promise<void> {
  await kiosk.presses(RESETS[pin].button)
  await kiosk.lay(card)
  await kiosk.sees(new RegExp(`${PINS[RESETS[pin].proof].named.source}.*を入力してください`, 's'))
}

async function resets(kiosk: Kiosk, pin: ResetPin, card: SimulatedCard): Promise<void> {
  const { proof } = RESETS[pin]
  await kiosk.enters(PINS[proof].old)
  await kiosk.chooses(PINS[pin].named, PINS[pin].next)
  await kiosk.sees(pin === 'sign' ? '署名用の暗証番号を設定しました' : '利用者証明用の暗証番号を設定しました')
  await kiosk.reads('受付番号')
  await leaves(kiosk)
  mustHave(card, pin, PINS[pin].next, PINS[pin].old)
  mustHave(card, proof, PINS[proof].old)
  mustHaveTries(card)
}

const inTown = (size: Panel): KioskStory => ({
  ...{ face: 'kiosk', size },
  what: 'looked at; a blocked PIN set anew with a reservation, each by the other one',
  comesTo: [of('pinStatus', 'seen'), of('signPinReset', 'done'), of('authPinReset', 'done')],
  async go(kiosk, { world }) {
    await kiosk.sees(IDLE)
    assert.equal(await kiosk.page.locator('.choice').count(), 3, 'what it offers is what the hall offers')
    await kiosk.lay('allBlocked')
    await kiosk.presses(/暗証番号の状態を見る/)
    await kiosk.sees('暗証番号の状態')
    assert.equal(await kiosk.page.getByRole('main').getByText('ロックされています').count(), FOUR.length)
    await kiosk.presses('終わる')
    await kiosk.sees('カードをお取りください')
    await kiosk.take()
    for (const [pin, name] of [
      ['sign', 'signBlocked'],
      ['auth', 'authBlocked'],
    ] as const) {
      await reserve(world, name, pin)
      await wantsReset(kiosk, pin, name)
      await resets(kiosk, pin, world.card(name))
    }
  },
})

/** Wrong first: told with the tries left, and exactly one is spent. */
export async function changes(kiosk: Kiosk, pin: PinName): Promise<void> {
  const { named, old, next, wrong, asked } = PINS[pin]
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.sees('どの暗証番号を変えますか')
  await kiosk.presses(named)
  await kiosk.sees(/いまの暗証番号/)
  await kiosk.enters(wrong)
  await kiosk.chooses(named, next, 'types')
  await kiosk.reads('暗証番号が違います')
  await kiosk.reads(`あと${LIMIT[asked] - 1}回入力できます`)
  mustHaveTries(kiosk.readers.card(READER), { [asked]: LIMIT[asked] - 1 })
  await kiosk.enters(old)
  await kiosk.sees('暗証番号を変えました')
  const card = kiosk.readers.card(READER)
  await leaves(kiosk)
  mustHave(card, pin, next, old)
  mustHaveTries(card)
}

const alone = (size: Panel, pins: readonly PinName[]): LoneStory => ({
  ...{ face: 'kiosk', size, alone: true },
  what: `alone, without a backend: looked at, changed (${pins.join(', ')})`,
  comesTo: [of('pinStatus', 'seen'), ...pins.map((pin) => of('pinChange', 'done', pin))],
  async go(kiosk) {
    await kiosk.presses(/暗証番号の状態を見る/)
    await kiosk.sees('マイナンバーカードを置いてください')
    await kiosk.lay('resident')
    await kiosk.sees('暗証番号の状態')
    const facts = kiosk.page.getByRole('main')
    assert.equal(await facts.getByText('あと3回入力できます').count(), 3)
    assert.equal(await facts.getByText('あと5回入力できます').count(), 1)
    await kiosk.presses('終わる')
    await kiosk.sees('カードをお取りください')
    await kiosk.take()
    for (const pin of pins) {
      await kiosk.lay('resident')
      await changes(kiosk, pin)
    }
  },
})

export const KIOSK_WELL: readonly (KioskStory | LoneStory)[] = [
  inTown('10'),
  inTown('15'),
  alone('15', ['auth']),
  alone('21', ['text']),
]
