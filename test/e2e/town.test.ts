/** Every procedure of kiosk and counter from the screens to the chip and back through a backend, as people go through them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { SPECIMENS, type SpecimenName } from '../../apps/world/specimens.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import type { PinName } from '../../src/wire/view.ts'
import { takes } from '../procedures/terminal.ts'
import { openBrowser, type ScreenSize } from './browser.ts'
import { daytime } from './daytime.ts'
import type { Person } from './person.ts'
import { Town } from './town.ts'
import { checks, compares, finds } from './town-staff.ts'

let browser: Browser
let world: World
before(async () => {
  world = await openWorld({ clock: daytime() })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await world?.close()
})

const cardTakes = (name: SpecimenName, pin: PinName, value: string) => takes(world.card(name), pin, value)

/** The button, not its shortcut: whose place in the list depends on what the place offers. */
const begins = (staff: Person, procedure: string) => staff.presses(procedure)

const SIZES: readonly (readonly [ScreenSize, SpecimenName])[] = [
  ['10', 'signBlocked'],
  ['15', 'hanako'],
  ['21 upright', 'hanako'],
]
for (const [size, name] of SIZES)
  test(`kiosk, ${size} inches: the sign PIN is set anew with a reservation (F21)`, async () => {
    await using town = await Town.open(browser, world)
    await town.reserve(name, 'sign')
    const kiosk = await town.page('kiosk', size)
    await kiosk.presses(/署名用の暗証番号を設定し直す/)
    await town.lay(name, 'kiosk')
    await kiosk.sees(/利用者証明用の暗証番号.*入力してください/s)
    await kiosk.enters('1234')
    await kiosk.chooses(/署名用/, 'NEU456X')
    await kiosk.sees('署名用の暗証番号を設定しました')
    await kiosk.reads('受付番号')
    await kiosk.presses('閉じる')
    await kiosk.sees('カードをお取りください')
    assert.ok(cardTakes(name, 'sign', 'NEU456X'))
    await town.take('kiosk')
    await kiosk.sees('ご希望の手続きを選んでください')
  })

test('kiosk: the auth PIN is set anew with a reservation; the proof fails once (F22)', async () => {
  await using town = await Town.open(browser, world)
  await town.reserve('authBlocked', 'auth')
  const kiosk = await town.page('kiosk', '15')
  await kiosk.presses(/利用者証明用の暗証番号を設定し直す/)
  await town.lay('authBlocked', 'kiosk')
  await kiosk.sees(/署名用の暗証番号.*入力してください/s)
  await kiosk.enters('WRONG99')
  await kiosk.reads('暗証番号が違います')
  await kiosk.reads('あと4回入力できます')
  await kiosk.enters('ABC123')
  await kiosk.chooses(/利用者証明用/, '8024')
  await kiosk.sees('利用者証明用の暗証番号を設定しました')
  assert.ok(cardTakes('authBlocked', 'auth', '8024'))
})

test('kiosk: what it offers is what the hall offers; whoever it cannot help hears why before any PIN is asked (F22b)', async () => {
  await using town = await Town.open(browser, world)
  const kiosk = await town.page('kiosk', '15')
  await kiosk.sees('ご希望の手続きを選んでください')
  assert.equal(await kiosk.page.locator('.choice').count(), 3)
  for (const [name, button] of [
    ['moved', /利用者証明用の暗証番号を設定し直す/],
    ['allBlocked', /署名用の暗証番号を設定し直す/],
    ['face', /署名用の暗証番号を設定し直す/],
  ] as const) {
    await kiosk.presses(button)
    await town.lay(name, 'kiosk')
    await kiosk.page.getByRole('button', { name: '閉じる' }).waitFor()
    await kiosk.reads('カードの内容は変わっていません')
    assert.equal(await kiosk.page.locator('.pin-pad').count(), 0, name)
    await kiosk.presses('閉じる')
    await town.take('kiosk')
    await kiosk.sees('ご希望の手続きを選んでください')
  }
})

test('counter: a PIN is set anew after an identity check; the resident enters it, staff see only that', async () => {
  await using town = await Town.open(browser, world)
  const { staff, resident } = await town.counter()
  await resident.sees('こんにちは')
  await town.lay('hanako', 'counter')
  await staff.reads('センターとつながっています')
  await begins(staff, '暗証番号の初期化')
  await resident.sees('係員がお手伝いします')
  await checks(staff, /本人であることを確かめてください/)
  await staff.sees('どの暗証番号を設定し直しますか')
  await staff.presses(/券面事項入力補助用/)
  await staff.sees('住民が操作しています')
  await staff.reads('暗証番号を入力しています')
  await resident.chooses(/券面事項入力補助用/, '5713')
  await resident.sees('暗証番号を設定しました')
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.reads('受付番号')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  assert.ok(cardTakes('hanako', 'text', '5713'))
})

test('counter: a blocked 照合番号B is released, and nobody enters anything for it', async () => {
  await using town = await Town.open(browser, world)
  const { staff, resident } = await town.counter('large')
  await town.lay('allBlocked', 'counter')
  await staff.reads('センターとつながっています')
  await begins(staff, '暗証番号の初期化')
  await checks(staff, /本人であることを確かめてください/)
  await staff.presses(/照合番号B/)
  await resident.sees('暗証番号を設定しました')
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await town.lay('allBlocked', 'counter')
  const row = staff.page.getByRole('row', { name: /照合番号B/ })
  await row.getByText('あと10回').waitFor()
})

test('counter: a fresh card is prepared, handed over and in use; its PINs are the resident’s own (F03, F05, P7)', async () => {
  await using town = await Town.open(browser, world)
  const { staff, resident } = await town.counter()
  await town.lay('fresh', 'counter')
  await staff.reads('送付済み')
  assert.equal(await staff.page.getByText('ロック中').count(), 0, 'nobody has chosen a PIN yet')
  await begins(staff, '交付前設定')
  await resident.sees('交付前設定が終わりました')
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')

  await finds(staff, 'fresh')
  await town.lay('fresh', 'counter')
  await staff.reads('交付前設定済み')
  await begins(staff, '交付')
  await checks(staff, /受け取りに来た人を確かめてください/)
  await resident.chooses(/署名用/, 'NEU456X')
  await resident.sees('4けたの暗証番号を、同じ番号にしますか')
  await resident.presses('別々に決める')
  for (const [about, pin] of [
    [/利用者証明用/, '8024'],
    [/券面事項入力補助用/, '5713'],
    [/住民基本台帳用/, '6390'],
  ] as const)
    await resident.chooses(about, pin)
  await staff.sees('カードの検査結果')
  await staff.reads('すべて正常です')
  await staff.key('Enter')
  await resident.sees('カードをお渡しできます')
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await town.lay('fresh', 'counter')
  await staff.reads('運用中')
  for (const [pin, value] of Object.entries({ sign: 'NEU456X', auth: '8024', text: '5713', juki: '6390' }))
    assert.ok(cardTakes('fresh', pin as PinName, value), pin)
})

test('counter: delivery with one number for three PINs; nobody was searched for, so it could not begin', async () => {
  await using town = await Town.open(browser, world)
  const { staff, resident } = await town.counter()
  await town.lay('prepared', 'counter')
  await staff.reads('交付前設定済み')
  const deliver = staff.page.getByRole('button', { name: '交付', exact: true })
  assert.ok(await deliver.isDisabled())
  await staff.reads('先に住民を検索してください')
  await finds(staff, 'prepared')
  await begins(staff, '交付')
  await checks(staff, /受け取りに来た人を確かめてください/)
  await resident.chooses(/署名用/, 'ABC999')
  await resident.presses('同じ番号にする')
  await resident.chooses(/利用者証明用/, '4071')
  await staff.sees('カードの検査結果')
  await staff.key('Escape')
  await resident.sees('中止しました。')
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('中止しました。')
  await staff.key('Enter')
  await town.lay('prepared', 'counter')
  await staff.reads('交付前設定済み')
})

test('counter: two alike want a second member of staff, with card and PIN of their own (F58)', async () => {
  await using town = await Town.open(browser, world)
  const { staff } = await town.counter()
  const { person } = SPECIMENS.hanako
  await staff.key('F9')
  await staff.sees('住民を検索する')
  await staff.page.keyboard.type(person.kana)
  await staff.key('Tab')
  await staff.page.keyboard.type(person.birth)
  await staff.page.getByRole('radio', { name: '女', exact: true }).press('Space')
  await staff.key('Enter')
  await staff.sees(/候補を選び/)
  await staff.reads('似た人がいるため')
  await compares(staff, 'hanako', '東京都見本区9-9')
  await staff.reads('書類と登録の内容が合いません')
  await compares(staff, 'hanako')
  await staff.sees('2人目の職員カードを置いてください')
  await town.take('staff')
  await town.lay('demo-staff-2', 'staff')
  await staff.sees('2人目の職員の暗証番号を入力してください')
  await staff.page.keyboard.type('1234')
  await staff.key('Enter')
  await staff.sees(/2人目の職員が選び/)
  await compares(staff, 'hanako')
  await staff.sees('あなたの職員カードに戻してください')
  await town.take('staff')
  await town.lay('demo-staff-1', 'staff')
  await staff.sees('手続きを選んでください')
  await staff.reads(person.address)
})

test('counter: nobody found is said; a resident’s card with a changed PIN; staff stop it; the card that goes signs out', async () => {
  await using town = await Town.open(browser, world)
  const { staff, resident } = await town.counter()
  await staff.key('F9')
  await staff.sees('住民を検索する')
  await staff.page.keyboard.type('ダレモ　イナイ')
  await staff.key('Tab')
  await staff.page.keyboard.type('H1.2.3')
  await staff.page.getByLabel('氏名', { exact: true }).fill('誰も　居ない')
  await staff.key('Enter')
  await staff.reads('当てはまる人がいません')
  await staff.key('Escape')
  await staff.sees('手続きを選んでください')

  await town.lay('child', 'counter')
  await staff.reads('センターとつながっています')
  await begins(staff, '暗証番号の変更')
  await resident.presses(/^利用者証明用/)
  await resident.enters('1234')
  await resident.chooses(/利用者証明用/, '8024')
  await resident.sees('暗証番号を変えました')
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  assert.ok(cardTakes('child', 'auth', '8024'))

  await town.lay('child', 'counter')
  await staff.reads('センターとつながっています')
  await begins(staff, '暗証番号の状態')
  await resident.sees('暗証番号の状態')
  await staff.sees('住民が操作しています')
  await staff.key('Escape')
  await resident.sees('中止しました。')
  await resident.presses('閉じる')
  await town.take('counter')
  // Both are told at the same time; a key before the screen that it is meant for goes nowhere.
  await staff.sees('中止しました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await town.take('staff')
  await staff.sees('職員カードを置いてください')
})
