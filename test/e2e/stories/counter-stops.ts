/** Counter: how looking at PINs and changing them stops, and that going on afterwards works. */
import assert from 'node:assert/strict'
import type { PinName } from '../../../src/wire/view.ts'
import { takes } from '../../procedures/terminal.ts'
import { READERS, type Sides, type Town } from '../town.ts'
import { begins, bothHear, checks, finds, isDone } from '../town-staff.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { type CounterStory, HASTY, of } from './story.ts'

const STATUS = '暗証番号の状態'

async function looks(town: Town, sides: Sides): Promise<void> {
  await begins(town, sides, 'hanako', STATUS)
  await sides.resident.sees(STATUS)
}

/** Up to the question for the PIN as it is now. */
async function wantsToChange(town: Town, sides: Sides, pin: PinName, asked = /いまの暗証番号/): Promise<void> {
  await begins(town, sides, 'hanako', '暗証番号の変更')
  await sides.resident.presses(PINS[pin].named)
  await sides.resident.sees(asked)
}

/** Staff stop it; the card is pulled while it is looked at. */
async function statusStops(town: Town, sides: Sides): Promise<void> {
  await looks(town, sides)
  await sides.staff.sees('住民が操作しています')
  await sides.staff.key('Escape')
  await bothHear(town, sides, 'cancelled')
  await looks(town, sides)
  await town.take('counter')
  await bothHear(town, sides, 'cardGone')
}

/** What is no sign PIN cannot be entered as one; what differs is asked for again; the resident stops. */
async function tries(town: Town, sides: Sides): Promise<void> {
  const { resident } = sides
  await wantsToChange(town, sides, 'sign')
  await resident.types('ABC123')
  await resident.sees(/新しい暗証番号を入力/)
  const whole = resident.page.getByRole('button', { name: '決定' }).first()
  const kept = resident.page.locator('.rules [data-kept="true"]')
  for (const [typed, rules] of [
    ['ABCDEF', ['6〜16文字', '英字を含む']],
    ['A1', ['英字を含む', '数字を含む']],
    ['123456', ['6〜16文字', '数字を含む']],
  ] as const) {
    await resident.page.keyboard.type(typed)
    await kept.filter({ hasText: rules[1] }).waitFor()
    assert.deepEqual(
      (await kept.allTextContents()).map((text) => text.replace('✓ ', '')),
      rules,
    )
    assert.ok(await whole.isDisabled(), `${typed} cannot be entered`)
    for (const _ of typed) await resident.key('Backspace')
  }
  await resident.types('NEU456X')
  await resident.sees(/もう一度/)
  await resident.types('NEU456Y')
  await resident.reads('2回の入力が違っていました')
  await resident.types('ABCDEF1')
  await resident.sees(/もう一度/)
  await resident.presses('やめる')
}

const pinsStop: CounterStory = {
  ...{ face: 'counter', size: 'small' },
  what: 'a look at PINs stopped by staff, and pulled; a change stopped by the resident, pulled – also between two places –, its last try kept, wrong three times',
  comesTo: [
    of('pinStatus', 'cancelled'),
    of('pinStatus', 'cardGone'),
    of('pinChange', 'cancelled', 'sign'),
    of('pinChange', 'cardGone', 'juki'),
    of('pinChange', 'cardGone', 'juki'),
    of('pinChange', 'done', 'juki'),
    of('pinChange', 'lastTry', 'auth'),
    of('pinChange', 'pinBlocked', 'text'),
    of('pinChange', 'cancelled'),
  ],
  async go(town, sides) {
    const { staff, resident } = sides
    const card = town.world.card('hanako')
    await statusStops(town, sides)
    await tries(town, sides)
    await bothHear(town, sides, 'cancelled')
    mustHave(card, 'sign', 'ABC123')
    mustHaveTries(card)

    await wantsToChange(town, sides, 'juki')
    await resident.types('1234')
    await resident.sees(/新しい暗証番号を入力/)
    await resident.types('6390')
    await resident.sees(/もう一度/)
    town.terminal.desk.pull('Counter', true)
    await resident.types('6390')
    await bothHear(town, sides, 'cardGone')
    mustHave(card, 'juki', '1234', '6390')
    mustHaveTries(card)
    await wantsToChange(town, sides, 'juki')
    await resident.types('1234')
    await resident.sees(/新しい暗証番号を入力/)
    await resident.types('6390')
    await resident.sees(/もう一度/)
    town.readers.faults(READERS.counter, { kind: 'pull', command: 15, when: 'after' })
    await resident.types('6390')
    await bothHear(town, sides, 'cardGone')
    assert.ok(takes(card, 'juki', '6390') && takes(card, 'common', '1234'), 'changed in one place of two')
    await wantsToChange(town, sides, 'juki', /前回の変更で決めた暗証番号/)
    await resident.types('6390')
    await resident.sees(/前回の変更より前の暗証番号/)
    await resident.types('1234')
    await resident.chooses(PINS.juki.named, '3861', 'types')
    await isDone(town, sides, '暗証番号を変えました')
    mustHave(card, 'juki', '3861', '6390')
    mustHaveTries(card)

    await wantsToChange(town, sides, 'auth')
    await resident.types('9090')
    await resident.sees(/新しい暗証番号を入力/)
    await resident.types('1111')
    await resident.reads('人に知られやすい番号です')
    await resident.types('1111')
    await resident.reads('あと2回入力できます')
    mustHaveTries(card, { auth: 2 })
    await resident.types('9091')
    await resident.sees('入力できるのは、あと1回です')
    await staff.reads('最後の1回を入力するか考えています')
    await resident.presses('やめておく')
    await bothHear(town, sides, 'lastTry')
    mustHave(card, 'auth', '1234')
    mustHaveTries(card, { auth: 1 })

    await wantsToChange(town, sides, 'text')
    await resident.types('9090')
    await resident.chooses(PINS.text.named, '5713', 'types')
    await resident.reads('あと2回入力できます')
    await resident.types('9091')
    await resident.presses('入力する')
    await resident.types('9092')
    await bothHear(town, sides, 'pinBlocked')
    mustHaveTries(card, { auth: 1, text: 0 })
    await begins(town, sides, 'hanako', '暗証番号の変更')
    await resident.sees('どの暗証番号を変えますか')
    assert.ok(await resident.page.getByRole('button', { name: PINS.text.named }).isDisabled())
    await resident.presses('やめる')
    await bothHear(town, sides, 'cancelled')
  },
}

/** Everywhere the screen asks first whether somebody is there. */
const walkedAway: CounterStory = {
  ...{ face: 'counter', size: 'small' },
  what: 'the resident walks away: asked whether they are there, then both are told, and nothing is spent',
  patience: HASTY,
  comesTo: [
    of('pinStatus', 'idle'),
    of('pinChange', 'idle', 'auth'),
    of('counterPinReset', 'idle', 'auth'),
    of('delivery', 'idle'),
  ],
  async go(town, sides) {
    const { staff, resident } = sides
    const gone = async () => {
      await resident.sees('続けますか')
      await staff.reads('操作が止まっています')
      await bothHear(town, sides, 'idle')
      mustHaveTries(town.world.card('hanako'))
    }
    await begins(town, sides, 'hanako', STATUS)
    await gone()
    await begins(town, sides, 'hanako', '暗証番号の変更')
    await resident.presses(PINS.auth.named)
    await gone()
    await begins(town, sides, 'hanako', '暗証番号の初期化')
    await checks(staff, /本人であることを確かめてください/)
    await staff.presses(PINS.auth.named)
    await gone()
    await finds(staff, 'prepared')
    await begins(town, sides, 'prepared', '交付')
    await checks(staff, /受け取りに来た人を確かめてください/)
    await gone()
  },
}

export const COUNTER_STOPS: readonly CounterStory[] = [pinsStop, walkedAway]
