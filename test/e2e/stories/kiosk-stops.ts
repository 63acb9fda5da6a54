/** Kiosk: how looking at PINs and changing them stops, alone and in a town; and whoever walks away. */
import assert from 'node:assert/strict'
import type { PinName } from '../../../src/wire/view.ts'
import { type Kiosk, READER } from '../kiosk.ts'
import { reserve } from '../town-reservations.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { changes, leaves, RESETS, wantsReset } from './kiosk.ts'
import { HASTY, type KioskStory, type LoneStory, of } from './story.ts'

const IDLE = 'ご希望の手続きを選んでください'
const LOOK = /暗証番号の状態を見る/

/** Up to the question for the PIN as it is now. */
async function wantsToChange(kiosk: Kiosk, pin: PinName): Promise<void> {
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.presses(PINS[pin].named)
  await kiosk.sees(/いまの暗証番号/)
}

const aloneStops: LoneStory = {
  ...{ face: 'kiosk', size: '10 across', alone: true },
  what: 'nothing laid, the card pulled while it is looked at; a change stopped, pulled, its last try kept, and wrong three times',
  comesTo: [
    of('pinStatus', 'cancelled'),
    of('pinStatus', 'cardGone'),
    of('pinChange', 'cancelled', 'sign'),
    of('pinChange', 'cardGone', 'juki'),
    of('pinChange', 'done', 'juki'),
    of('pinChange', 'done', 'sign'),
    of('pinChange', 'lastTry', 'auth'),
    of('pinChange', 'pinBlocked', 'auth'),
    of('pinChange', 'cancelled'),
  ],
  async go(kiosk) {
    await kiosk.presses(LOOK)
    await kiosk.presses('やめる')
    await kiosk.hears('cancelled')
    await kiosk.presses('閉じる')

    await kiosk.lay('resident')
    await kiosk.presses(LOOK)
    await kiosk.sees('暗証番号の状態')
    await kiosk.take()
    await kiosk.hears('cardGone')
    await kiosk.presses('閉じる')
    await kiosk.sees(IDLE)

    await wantsToChange(kiosk, 'sign')
    const card = kiosk.readers.card(READER)
    await kiosk.types('ABC123')
    await kiosk.sees(/新しい暗証番号を入力/)
    await kiosk.presses('やめる')
    await kiosk.hears('cancelled')
    await leaves(kiosk)
    mustHave(card, 'sign', 'ABC123')

    await wantsToChange(kiosk, 'juki')
    await kiosk.types('1234')
    await kiosk.sees(/新しい暗証番号を入力/)
    await kiosk.types('6390')
    await kiosk.sees(/もう一度/)
    kiosk.terminal.desk.pull(READER, true)
    await kiosk.types('6390')
    await kiosk.hears('cardGone')
    await kiosk.presses('閉じる')
    await kiosk.sees(IDLE)
    mustHave(card, 'juki', '1234', '6390')
    mustHaveTries(card)
    await wantsToChange(kiosk, 'juki')
    await kiosk.types('1234')
    await kiosk.chooses(PINS.juki.named, '6390', 'types')
    await kiosk.sees('暗証番号を変えました')
    await leaves(kiosk)
    mustHave(card, 'juki', '6390', '1234')
    await kiosk.lay('resident')
    await changes(kiosk, 'sign')

    await wantsToChange(kiosk, 'auth')
    await kiosk.types('9090')
    await kiosk.chooses(PINS.auth.named, '8024', 'types')
    await kiosk.reads('あと2回入力できます')
    await kiosk.types('9091')
    await kiosk.sees('入力できるのは、あと1回です')
    await kiosk.presses('やめておく')
    await kiosk.hears('lastTry')
    await leaves(kiosk)
    mustHave(card, 'auth', '1234')
    mustHaveTries(card, { auth: 1 })

    await kiosk.lay('resident')
    await kiosk.presses(/暗証番号を変える/)
    await kiosk.presses(PINS.auth.named)
    await kiosk.presses('入力する')
    await kiosk.types('9090')
    await kiosk.chooses(PINS.auth.named, '8024', 'types')
    await kiosk.hears('pinBlocked')
    await leaves(kiosk)
    mustHaveTries(card, { auth: 0 })

    await kiosk.lay('resident')
    await kiosk.presses(/暗証番号を変える/)
    const blocked = kiosk.page.getByRole('button', { name: PINS.auth.named })
    assert.ok(await blocked.isDisabled())
    await blocked.getByText('ロックされています').waitFor()
    await kiosk.presses('やめる')
    await kiosk.hears('cancelled')
  },
}

const aloneAndGone: LoneStory = {
  ...{ face: 'kiosk', size: '21', alone: true, patience: HASTY },
  what: 'alone: whoever walks away from the keys is asked, then told; the card is called for',
  comesTo: [of('pinChange', 'idle', 'auth')],
  async go(kiosk) {
    await wantsToChange(kiosk, 'auth')
    await kiosk.sees('続けますか')
    await kiosk.hears('idle')
    await leaves(kiosk)
  },
}

const walkedAway: KioskStory = {
  ...{ face: 'kiosk', size: '21', patience: HASTY },
  what: 'whoever walks away is asked whether they are there; then it ends, and the reservation is still good',
  comesTo: [
    of('pinStatus', 'idle'),
    of('signPinReset', 'idle'),
    of('authPinReset', 'idle'),
    of('signPinReset', 'cancelled'),
  ],
  async go(kiosk, { world }) {
    await kiosk.lay('hanako')
    await kiosk.presses(LOOK)
    await kiosk.sees('続けますか')
    await kiosk.hears('idle')
    await leaves(kiosk)
    for (const pin of ['sign', 'auth'] as const) {
      await reserve(world, 'hanako', pin)
      await kiosk.presses(RESETS[pin].button)
      await kiosk.lay('hanako')
      await kiosk.sees('続けますか')
      await kiosk.hears('idle')
      await leaves(kiosk)
    }
    mustHaveTries(world.card('hanako'))
    await wantsReset(kiosk, 'sign', 'hanako')
    await kiosk.presses('やめる')
    await kiosk.hears('cancelled')
  },
}

export const KIOSK_STOPS: readonly (KioskStory | LoneStory)[] = [aloneStops, aloneAndGone, walkedAway]
