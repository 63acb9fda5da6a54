/** Counter: what goes well on each size – the state of PINs, one of each PIN changed, one of each set anew. */
import assert from 'node:assert/strict'
import type { PinName } from '../../../src/wire/view.ts'
import { LIMIT } from '../../procedures/card-state.ts'
import type { Sides, Town } from '../town.ts'
import { begins, checks, isDone } from '../town-staff.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { type CounterSize, type CounterStory, of } from './story.ts'

/** Four PINs with their tries. */
async function looks(town: Town, sides: Sides): Promise<void> {
  const { staff, resident } = sides
  await begins(town, sides, 'authBlocked', '暗証番号の状態')
  await resident.sees('暗証番号の状態')
  await staff.reads('暗証番号の状態を見ています')
  const facts = resident.page.getByRole('main')
  assert.equal(await facts.getByText('ロックされています').count(), 1)
  assert.equal(await facts.getByText('あと3回入力できます').count(), 2)
  assert.equal(await facts.getByText('あと5回入力できます').count(), 1)
  await resident.presses('終わる')
  await resident.sees('カードをお取りください')
  await town.take('counter')
  await staff.sees('手続きを選んでください')
  mustHaveTries(town.world.card('authBlocked'), { auth: 0 })
}

/** Wrong first: told with the tries left, and exactly one is spent. */
async function changes(town: Town, sides: Sides, pin: PinName): Promise<void> {
  const { staff, resident } = sides
  const { named, old, next, wrong, asked } = PINS[pin]
  const card = town.world.card('hanako')
  await begins(town, sides, 'hanako', '暗証番号の変更')
  await resident.sees('どの暗証番号を変えますか')
  await staff.sees('住民が操作しています')
  await resident.presses(named)
  await resident.sees(/いまの暗証番号/)
  await resident.types(wrong)
  await staff.reads('暗証番号を入力しています')
  await resident.chooses(named, next)
  await resident.reads('暗証番号が違います')
  await resident.reads(`あと${LIMIT[asked] - 1}回入力できます`)
  // Of two places the first that says no ends it: one try, not one in each.
  mustHaveTries(card, { [asked]: LIMIT[asked] - 1 })
  await resident.enters(old)
  await isDone(town, sides, '暗証番号を変えました')
  mustHave(card, pin, next, old)
  mustHaveTries(card)
}

/** After staff have looked at who came. */
async function setsAnew(town: Town, sides: Sides, pin: PinName): Promise<void> {
  const { staff, resident } = sides
  const { named, old, anew } = PINS[pin]
  await begins(town, sides, 'allBlocked', '暗証番号の初期化')
  await resident.sees('係員がお手伝いします')
  await checks(staff, /本人であることを確かめてください/)
  await staff.sees('どの暗証番号を設定し直しますか')
  await staff.presses(named)
  await staff.reads('暗証番号を入力しています')
  await resident.chooses(named, anew)
  await resident.sees('暗証番号を設定しました')
  await resident.reads('受付番号')
  await isDone(town, sides, '暗証番号を設定しました')
  mustHave(town.world.card('allBlocked'), pin, anew, old)
}

/** Nobody enters anything for it. */
async function releasesCodeB(town: Town, sides: Sides): Promise<void> {
  const { staff } = sides
  await begins(town, sides, 'allBlocked', '暗証番号の初期化')
  await checks(staff, /本人であることを確かめてください/)
  await staff.presses(/照合番号B/)
  await isDone(town, sides, '暗証番号を設定しました')
  await town.lay('allBlocked', 'counter')
  await staff.page
    .getByRole('row', { name: /照合番号B/ })
    .getByText('あと10回')
    .waitFor()
  await town.take('counter')
}

interface Plan {
  readonly change: readonly PinName[]
  readonly anew: readonly (PinName | 'codeB')[]
}

const goesWell = (size: CounterSize, { change, anew }: Plan): CounterStory => ({
  ...{ face: 'counter', size },
  what: `looked at, changed (${change.join(', ')}), set anew (${anew.join(', ')})`,
  comesTo: [
    of('pinStatus', 'seen'),
    ...change.map((pin) => of('pinChange', 'done', pin)),
    ...anew.map((pin) => of('counterPinReset', 'done', pin)),
  ],
  async go(town, sides) {
    await looks(town, sides)
    for (const pin of change) await changes(town, sides, pin)
    for (const pin of anew) await (pin === 'codeB' ? releasesCodeB(town, sides) : setsAnew(town, sides, pin))
  },
})

export const COUNTER_WELL: readonly CounterStory[] = [
  goesWell('small', { change: ['sign', 'juki'], anew: ['sign'] }),
  goesWell('middle', { change: ['auth'], anew: ['auth', 'codeB'] }),
  goesWell('large', { change: ['text'], anew: ['juki', 'text'] }),
]
