/** Counter: 交付前設定 and 交付 (F03, F05, P7), on each size; how they fail in the middle, and that the card is handed over in the end. */
import assert from 'node:assert/strict'
import type { SpecimenName } from '../../../apps/world/specimens.ts'
import type { World } from '../../../apps/world/world.ts'
import type { PinName } from '../../../src/wire/view.ts'
import { takes } from '../../procedures/terminal.ts'
import type { Person } from '../person.ts'
import { READERS, type Sides, type Town } from '../town.ts'
import { ends } from '../town-reservations.ts'
import { begins, bothHear, checks, finds, isDone } from '../town-staff.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { type CounterStory, of } from './story.ts'

const [SET_UP, DELIVER] = ['交付前設定', '交付']
const WHO = /受け取りに来た人を確かめてください/
const ALL = ['sign', 'auth', 'text', 'juki'] as const satisfies readonly PinName[]

const hasPins = (world: World, name: SpecimenName, same: boolean) => {
  const card = world.card(name)
  for (const pin of ALL) mustHave(card, pin, same && pin !== 'sign' ? PINS.auth.next : PINS[pin].next)
  mustHaveTries(card)
}

async function prepares(town: Town, sides: Sides, name: SpecimenName): Promise<void> {
  await begins(town, sides, name, SET_UP)
  await isDone(town, sides, '交付前設定が終わりました')
}

/** Up to the last entry of the last PIN, which is left out. */
async function choosesPins(resident: Person, same: boolean, by: 'enters' | 'types' = 'types'): Promise<void> {
  await resident.chooses(PINS.sign.named, PINS.sign.next, by)
  await resident.sees('4けたの暗証番号を、同じ番号にしますか')
  await resident.presses(same ? '同じ番号にする' : '別々に決める')
  for (const pin of same ? [] : (['auth', 'text'] as const)) await resident.chooses(PINS[pin].named, PINS[pin].next, by)
  const last = same ? PINS.auth : PINS.juki
  await resident.sees(new RegExp(`${last.named.source}.*新しい暗証番号を入力`, 's'))
  if (same) await resident.reads('選んだ番号は、4けたの暗証番号すべてに使われます。')
  await resident[by](last.next)
  await resident.sees(/もう一度/)
}
const lastOf = (same: boolean) => (same ? PINS.auth.next : PINS.juki.next)

/** With the right person found before; up to the result of the self-test. */
async function isTested(town: Town, sides: Sides, name: SpecimenName, by: 'enters' | 'types' = 'types'): Promise<void> {
  await begins(town, sides, name, DELIVER)
  await checks(sides.staff, WHO)
  await choosesPins(sides.resident, true, by)
  await sides.resident[by](lastOf(true))
  await sides.staff.sees('カードの検査結果')
}

const handsOver = async (town: Town, sides: Sides): Promise<void> => {
  await sides.staff.reads('すべて正常です')
  await sides.staff.key('Enter')
  await isDone(town, sides, 'カードをお渡しできます')
}

const goesWell: CounterStory = {
  ...{ face: 'counter', size: 'small' },
  what: 'a fresh card is prepared, handed over with four PINs, and in use',
  comesTo: [of('preDelivery', 'done'), of('delivery', 'done')],
  async go(town, sides) {
    const { staff, resident } = sides
    await town.lay('fresh', 'counter')
    await staff.reads('送付済み')
    assert.equal(await staff.page.getByText('ロック中').count(), 0, 'nobody has chosen a PIN yet')
    await prepares(town, sides, 'fresh')
    await finds(staff, 'fresh')
    await town.lay('fresh', 'counter')
    await staff.reads('交付前設定済み')
    await begins(town, sides, 'fresh', DELIVER)
    await checks(staff, WHO)
    await choosesPins(resident, false, 'enters')
    await resident.enters(lastOf(false))
    await staff.sees('カードの検査結果')
    await handsOver(town, sides)
    hasPins(town.world, 'fresh', false)
    await town.lay('fresh', 'counter')
    await staff.reads('運用中')
  },
}

const setUpStops: CounterStory = {
  ...{ face: 'counter', size: 'middle' },
  what: 'not prepared: another person’s card, the card pulled, the line lost; then it goes on',
  comesTo: [
    of('preDelivery', 'wrongPerson'),
    of('preDelivery', 'cardGone'),
    of('preDelivery', 'backendUnreachable'),
    of('preDelivery', 'done'),
  ],
  async go(town, sides, { line }) {
    const { staff } = sides
    await finds(staff, 'prepared')
    await begins(town, sides, 'fresh', SET_UP)
    await bothHear(town, sides, 'wrongPerson')
    await finds(staff, 'fresh')

    await town.lay('fresh', 'counter')
    await staff.reads('送付済み')
    const { memory } = town.world.card('fresh')
    const before = memory.writes
    town.readers.faults(READERS.counter, { kind: 'pull', command: 40 })
    await staff.presses(SET_UP)
    await bothHear(town, sides, 'cardGone')
    assert.ok(memory.writes > before, 'something was written before')

    await town.lay('fresh', 'counter')
    await staff.reads('送付済み')
    const last = line.requests + 6
    line.loses = (request) => request > last
    await staff.presses(SET_UP)
    await bothHear(town, sides, 'backendUnreachable')
    line.loses = () => false
    await prepares(town, sides, 'fresh')
    await town.lay('fresh', 'counter')
    await staff.reads('交付前設定済み')
  },
}

const deliveryStops: CounterStory = {
  ...{ face: 'counter', size: 'middle' },
  what: 'not handed over: another person’s card, either side stops, the card pulled, the line lost; taken up again each time',
  comesTo: [
    of('delivery', 'wrongPerson'),
    of('delivery', 'cancelled'),
    of('delivery', 'cancelled'),
    of('delivery', 'cardGone'),
    of('delivery', 'backendUnreachable'),
    of('delivery', 'done'),
  ],
  async go(town, sides, { line }) {
    const { staff, resident } = sides
    await finds(staff, 'fresh')
    await begins(town, sides, 'prepared', DELIVER)
    await bothHear(town, sides, 'wrongPerson')
    await finds(staff, 'prepared')

    await begins(town, sides, 'prepared', DELIVER)
    await checks(staff, WHO)
    await resident.chooses(PINS.sign.named, 'ABC999', 'types')
    await resident.presses('やめる')
    await bothHear(town, sides, 'cancelled')

    await isTested(town, sides, 'prepared')
    await staff.key('Escape')
    await bothHear(town, sides, 'cancelled')

    await begins(town, sides, 'prepared', DELIVER)
    await checks(staff, WHO)
    await choosesPins(resident, false)
    town.readers.faults(READERS.counter, { kind: 'pull', command: 30 })
    await resident.types(lastOf(false))
    await bothHear(town, sides, 'cardGone')
    const card = town.world.card('prepared')
    mustHave(card, 'sign', PINS.sign.next)
    assert.ok(!takes(card, 'juki', PINS.juki.next), 'some of the PINs were written, and some not')

    await isTested(town, sides, 'prepared')
    await staff.reads('すべて正常です')
    line.loses = () => true
    await staff.key('Enter')
    await bothHear(town, sides, 'backendUnreachable')
    line.loses = () => false
    await town.lay('prepared', 'counter')
    await staff.reads('交付前設定済み')
    await isTested(town, sides, 'prepared', 'enters')
    await handsOver(town, sides)
    hasPins(town.world, 'prepared', true)
  },
}

const notPassed: CounterStory = {
  ...{ face: 'counter', size: 'large' },
  what: 'P7: a chip that does not pass stays here; prepared again it is handed over',
  comesTo: [
    of('delivery', 'selfTestFailed'),
    of('delivery', 'certificateMissing'),
    of('preDelivery', 'done'),
    of('delivery', 'done'),
  ],
  async go(town, sides, { world }) {
    const { staff } = sides
    const revoked = { to: 'revoked', reason: 'cessationOfOperation' }
    await finds(staff, 'prepared')
    await begins(town, sides, 'prepared', DELIVER)
    await staff.sees(WHO)
    await ends(world, 'prepared', 'sign', revoked)
    await checks(staff, WHO)
    await choosesPins(sides.resident, true)
    await sides.resident.types(lastOf(true))
    await staff.sees('カードの検査結果')
    await staff.reads('このカードは渡せません')
    const row = staff.page.getByRole('row', { name: /電子証明書が読めて/ })
    assert.match((await row.textContent()) ?? '', /異常署名用$/)
    assert.equal(await staff.page.getByRole('button', { name: '渡した' }).count(), 0)
    await staff.key('Enter')
    await staff.key('Escape')
    await bothHear(town, sides, 'selfTestFailed')

    await ends(world, 'prepared', 'auth', revoked)
    await begins(town, sides, 'prepared', DELIVER)
    await bothHear(town, sides, 'certificateMissing')

    await town.lay('prepared', 'counter')
    await staff.reads('交付前設定済み')
    await prepares(town, sides, 'prepared')
    await finds(staff, 'prepared')
    await isTested(town, sides, 'prepared', 'enters')
    await handsOver(town, sides)
    hasPins(world, 'prepared', true)
  },
}

export const DELIVERIES: readonly CounterStory[] = [goesWell, setUpStops, deliveryStops, notPassed]
