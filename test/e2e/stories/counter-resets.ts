/** Counter: how 暗証番号の初期化 fails and stops, and what cannot be begun at all. */
import assert from 'node:assert/strict'
import { makeCardImage } from '../../../applets-sim/factory/profiles.ts'
import { READERS, type Sides, type Town } from '../town.ts'
import { recorded } from '../town-records.ts'
import { begins, bothHear, checks, finds, isDone } from '../town-staff.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { type CounterStory, of } from './story.ts'

const RESET = '暗証番号の初期化'
const WHO = /本人であることを確かめてください/

/** Up to the new PIN at the resident's side. */
async function isToChoose(town: Town, sides: Sides): Promise<void> {
  await begins(town, sides, 'signBlocked', RESET)
  await checks(sides.staff, WHO)
  await sides.staff.presses(PINS.sign.named)
  await sides.resident.sees(/新しい暗証番号を入力/)
}

const resetStops: CounterStory = {
  ...{ face: 'counter', size: 'middle' },
  what: 'a PIN is not set anew: another person’s card, not the same face, the resident stops, the card pulled, the line lost',
  comesTo: [
    of('counterPinReset', 'wrongPerson'),
    of('counterPinReset', 'cancelled'),
    of('counterPinReset', 'identityRefused'),
    of('counterPinReset', 'cancelled', 'sign'),
    of('counterPinReset', 'cardGone', 'sign'),
    of('counterPinReset', 'backendUnreachable', 'sign'),
    of('counterPinReset', 'backendUnreachable', 'sign'),
    of('counterPinReset', 'done', 'sign'),
  ],
  async go(town, sides, { world, line }) {
    const { staff, resident } = sides
    const card = world.card('signBlocked')
    const untouched = () => {
      for (const pin of ['auth', 'text', 'juki'] as const) mustHave(card, pin, PINS[pin].old)
      mustHaveTries(card, { sign: 0 })
    }
    await finds(staff, 'signBlocked')
    await begins(town, sides, 'authBlocked', RESET)
    await bothHear(town, sides, 'wrongPerson')

    // Nobody’s face was looked at: nothing but going back is left.
    await begins(town, sides, 'signBlocked', RESET)
    await staff.sees(WHO)
    await resident.sees('係員がお手伝いします')
    await staff.page.getByRole('checkbox', { name: '旅券' }).press('Space')
    await staff.page.getByRole('radio', { name: '比べていない' }).press('Space')
    assert.ok(await staff.page.getByRole('button', { name: '確認した' }).isDisabled())
    await staff.reads('顔が同じか、代理の方か')
    await staff.key('Escape')
    await bothHear(town, sides, 'cancelled')

    await begins(town, sides, 'signBlocked', RESET)
    await checks(staff, WHO, '写真と違う人')
    await bothHear(town, sides, 'identityRefused')
    const [refused] = await recorded(world, 'signBlocked', 'identity.refused')
    assert.equal(refused?.result, 'pinReset, face different, drivingLicence')
    assert.ok(!resident.watched.received.some((packet) => packet.includes('enterPin')), 'no PIN was asked for')
    assert.deepEqual(await recorded(world, 'signBlocked', 'identity.checked'), [], 'nobody was checked')
    untouched()

    await isToChoose(town, sides)
    await resident.presses('やめる')
    await bothHear(town, sides, 'cancelled')
    const [check] = await recorded(world, 'signBlocked', 'identity.checked')
    assert.match(check?.result ?? '', /drivingLicence/)
    untouched()

    await isToChoose(town, sides)
    await resident.types('FRESH99')
    await resident.sees(/もう一度/)
    town.terminal.desk.pull('Counter', true)
    await resident.types('FRESH99')
    await bothHear(town, sides, 'cardGone')
    untouched()

    for (const more of [0, 3]) {
      await isToChoose(town, sides)
      await resident.types('FRESH99')
      await resident.sees(/もう一度/)
      const last = line.requests + more
      line.loses = (request) => request > last
      await resident.types('FRESH99')
      await bothHear(town, sides, 'backendUnreachable')
      line.loses = () => false
      untouched()
    }
    await isToChoose(town, sides)
    await resident.types('FRESH99')
    await resident.sees(/もう一度/)
    await resident.types('FRESH99')
    await isDone(town, sides, '暗証番号を設定しました')
    mustHave(card, 'sign', 'FRESH99', 'ABC123')
    mustHaveTries(card)
  },
}

const hindered: CounterStory = {
  ...{ face: 'counter', size: 'small' },
  what: 'what cannot be begun says why, before any PIN and without a try',
  comesTo: [
    of('pinChange', 'hindered: noCard'),
    of('preDelivery', 'hindered: cardState'),
    of('pinChange', 'hindered: faceAuthCard'),
    of('counterPinReset', 'hindered: faceAuthCard'),
    of('delivery', 'hindered: noPerson'),
    of('counterPinReset', 'hindered: unknownCard'),
    of('counterPinReset', 'hindered: backendAway'),
  ],
  async go(town, { staff }, { line }) {
    const says = async (procedure: string, reason: string) => {
      await staff.reads(reason)
      const button = staff.page.getByRole('button', { name: procedure, exact: true })
      assert.ok(await button.isDisabled(), procedure)
      const why = staff.page.locator(`#${await button.getAttribute('aria-describedby')}`)
      assert.equal(await why.textContent(), reason, procedure)
    }
    await says('暗証番号の変更', '住民のカードがありません')
    await town.lay('hanako', 'counter')
    await says('交付前設定', 'カードのいまの状態ではできません')
    await town.lay('face', 'counter')
    await says('暗証番号の変更', '顔認証マイナンバーカードです')
    await says(RESET, '顔認証マイナンバーカードです')
    await town.lay('prepared', 'counter')
    await says('交付', '先に住民を検索してください')
    await town.take('counter')
    // Of the factory: nobody ever registered it.
    await town.readers.insert(READERS.counter, await makeCardImage('resident', { serial: '990000000000999' }))
    await says(RESET, '登録のないカードです')
    town.readers.remove(READERS.counter)
    line.loses = () => true
    await town.lay('hanako', 'counter')
    await says(RESET, 'センターとつながっていません')
    line.loses = () => false
  },
}

export const COUNTER_RESETS: readonly CounterStory[] = [resetStops, hindered]
