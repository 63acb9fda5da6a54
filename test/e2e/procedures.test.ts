/** Both procedures from the screen to the chip and back, as a person goes through them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { openBrowser, type Panel } from './browser.ts'
import { Kiosk, READER } from './kiosk.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const AUTH = /^利用者証明用/

for (const panel of ['10', '15', '21'] as const satisfies readonly Panel[])
  test(`a PIN is changed on a panel of ${panel} inches`, async () => {
    await using kiosk = await Kiosk.open(browser, panel)
    await kiosk.presses(/暗証番号を変える/)
    await kiosk.sees('マイナンバーカードを置いてください')
    await kiosk.lay('resident')
    await kiosk.sees('どの暗証番号を変えますか')
    await kiosk.presses(AUTH)
    await kiosk.enters('1234')
    await kiosk.sees(/新しい暗証番号を入力/)
    await kiosk.enters('8024')
    await kiosk.sees(/もう一度/)
    await kiosk.enters('8024')
    await kiosk.sees('暗証番号を変えました')
    await kiosk.presses('閉じる')
    await kiosk.sees('カードをお取りください')
    assert.ok(kiosk.takesAuthPin('8024'))
    await kiosk.take()
    await kiosk.sees('ご希望の手続きを選んでください')
  })

for (const panel of ['10', '15'] as const)
  test(`the sign PIN with its letters, on a panel of ${panel} inches`, async () => {
    await using kiosk = await Kiosk.open(browser, panel)
    await kiosk.lay('resident')
    await kiosk.changes(/^署名用/, 'ABC123', 'NEU456X', 'NEU456X')
    await kiosk.sees('暗証番号を変えました')
  })

test('the state of the PINs: tries left, and why a PIN cannot be used', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('blocked')
  await kiosk.presses(/暗証番号の状態を見る/)
  await kiosk.sees('暗証番号の状態')
  assert.equal(await kiosk.page.getByRole('main').getByText('ロックされています').count(), 4)
  await kiosk.presses('終わる')
  await kiosk.take()
  await kiosk.sees('ご希望の手続きを選んでください')

  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号の状態を見る/)
  await kiosk.sees('暗証番号の状態')
  assert.equal(await kiosk.page.getByRole('main').getByText('あと3回入力できます').count(), 3)
  assert.equal(await kiosk.page.getByRole('main').getByText('あと5回入力できます').count(), 1)
})

test('wrong twice, the last try is warned of, wrong again blocks; a blocked PIN cannot be chosen any more', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.changes(AUTH, '9999', '8024', '8024')
  await kiosk.reads('暗証番号が違います')
  await kiosk.reads('あと2回入力できます')
  await kiosk.enters('9998')
  await kiosk.sees('入力できるのは、あと1回です')
  await kiosk.presses('入力する')
  await kiosk.sees(/いまの暗証番号/)
  await kiosk.enters('9997')
  await kiosk.sees(/使えなくなっています/)
  await kiosk.reads('カードは無事です')
  await kiosk.presses('閉じる')
  await kiosk.sees('カードをお取りください')
  await kiosk.take()

  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  const blocked = kiosk.page.getByRole('button', { name: AUTH })
  assert.ok(await blocked.isDisabled())
  await blocked.getByText('ロックされています').waitFor()
})

test('the last try is kept by whoever is not sure', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.changes(AUTH, '9999', '8024', '8024')
  await kiosk.reads('あと2回入力できます')
  await kiosk.enters('9998')
  await kiosk.presses('やめておく')
  await kiosk.sees(/残りはあと1回/)
  await kiosk.presses('閉じる')
  await kiosk.sees('カードをお取りください')
  assert.ok(kiosk.takesAuthPin('1234'))
})

test('entries that differ, and one that is easily guessed', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.changes(AUTH, '1234', '8024', '8025')
  await kiosk.reads('2回の入力が違っていました')
  await kiosk.enters('1111')
  await kiosk.reads('人に知られやすい番号です')
})

test('the card is pulled in mid-change: the person is told, and starting again works', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.presses(AUTH)
  await kiosk.enters('1234')
  await kiosk.sees(/新しい暗証番号を入力/)
  await kiosk.enters('8024')
  await kiosk.sees(/もう一度/)
  kiosk.terminal.desk.pull(READER, true)
  await kiosk.enters('8024')
  await kiosk.sees('カードが途中で離れました。')
  await kiosk.presses('閉じる')
  await kiosk.sees('ご希望の手続きを選んでください')
  await kiosk.lay('resident')
  await kiosk.changes(AUTH, '1234', '8024', '8024')
  await kiosk.sees('暗証番号を変えました')
})

test('power fails in mid-write: the old PIN or the new one, never neither', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  kiosk.terminal.desk.cutPower(READER, true)
  await kiosk.changes(AUTH, '1234', '8024', '8024')
  await kiosk.presses('閉じる')
  await kiosk.sees('カードをお取りください')
  assert.notEqual(kiosk.takesAuthPin('1234'), kiosk.takesAuthPin('8024'))
})

test('stopped by the person: nothing is changed, the card is asked back', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.presses(AUTH)
  await kiosk.sees(/いまの暗証番号/)
  await kiosk.presses('やめる')
  await kiosk.sees('中止しました。')
  await kiosk.presses('閉じる')
  await kiosk.sees('カードをお取りください')
  assert.ok(kiosk.takesAuthPin('1234'))
})

const HASTY = { ...KIOSK_PATIENCE, question: 700, pin: 700, stillThere: 700, ending: 700, takeCard: 700 }

test('whoever leaves is asked, then the turn ends; a card left behind is called for; every preference is as at first', async () => {
  await using kiosk = await Kiosk.open(browser, '15', HASTY)
  const html = kiosk.page.locator('html')
  await kiosk.lay('resident')
  await kiosk.presses('見やすさ・ことば')
  for (const choice of ['English', 'Very large']) await kiosk.page.getByText(choice, { exact: true }).click()
  await kiosk.page.getByRole('radiogroup', { name: 'White on black' }).getByText('On', { exact: true }).click()
  await kiosk.page.getByRole('button', { name: 'Close' }).click()
  assert.deepEqual(
    [await html.getAttribute('lang'), await html.getAttribute('data-size'), await html.getAttribute('data-contrast')],
    ['en', 'largest', 'high'],
  )
  await kiosk.presses(/Change a PIN/)
  await kiosk.sees(/Do you want to go on/)
  await kiosk.sees(/stopped because nothing was entered/)
  await kiosk.sees(/Your card is still here/)
  await kiosk.take()
  await kiosk.sees('ご希望の手続きを選んでください')
  assert.deepEqual(
    [await html.getAttribute('lang'), await html.getAttribute('data-size'), await html.getAttribute('data-contrast')],
    ['ja', 'normal', 'normal'],
  )
})

test('one tap keeps the turn alive', async () => {
  await using kiosk = await Kiosk.open(browser, '15', { ...KIOSK_PATIENCE, question: 900 })
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号の状態を見る/)
  await kiosk.sees('続けますか')
  await kiosk.presses('続ける')
  await kiosk.sees('暗証番号の状態')
})

test('a card that is none of ours is named, and a good one goes on', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.presses(/暗証番号の状態を見る/)
  await kiosk.sees('マイナンバーカードを置いてください')
  const { cells, ...rest } = await makeCardImage('resident')
  const plain = { ...rest, cells: { isd: cells['isd'] ?? {}, gp: cells['gp'] ?? {} } }
  await kiosk.readers.insert(READER, plain)
  await kiosk.reads(/マイナンバーカードではありません|分かりません/)
  kiosk.readers.remove(READER)
  await kiosk.lay('resident')
  await kiosk.sees('暗証番号の状態')
})
