import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { SPECIMENS } from '../../apps/world/specimens.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { openBrowser } from './browser.ts'
import { daytime } from './daytime.ts'
import { Town } from './town.ts'
import { compares } from './town-staff.ts'

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

test('counter: nobody found is said; the card that goes signs out', async () => {
  await using town = await Town.open(browser, world)
  const { staff } = await town.counter()
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
  await town.take('staff')
  await staff.sees('職員カードを置いてください')
})
