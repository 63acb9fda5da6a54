/** A kiosk in the browser beside how its procedures end (`stories/kiosk.test.ts`): what is typed, who is there, which card. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { openBrowser } from './browser.ts'
import { Kiosk, READER } from './kiosk.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const AUTH = /^利用者証明用/

test('entries that differ, and one that is easily guessed', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.changes(AUTH, '1234', '8024', '8025')
  await kiosk.reads('2回の入力が違っていました')
  await kiosk.enters('1111')
  await kiosk.reads('人に知られやすい番号です')
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
