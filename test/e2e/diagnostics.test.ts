/** The keeper's page: what it tells, in whose words, and that neither it nor its files hold anything of anybody. */
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { SPECIMENS } from '../../apps/world/specimens.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { diagnosticsSchema, NEVER_EXPORTED } from '../../src/wire/diagnostics.ts'
import { loadAxe, violations } from './axe.ts'
import { openBrowser } from './browser.ts'
import { daytime } from './daytime.ts'
import { MEASURE, type Measured } from './measure.ts'
import { Town } from './town.ts'

const CANARY = 'CANARY77X'
const { person, serial } = SPECIMENS.hanako

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

/** Presses the button; the host saves, and the page says where. */
async function saved(page: Page, button: RegExp, name: RegExp): Promise<string> {
  const downloads: unknown[] = []
  page.on('download', (download) => downloads.push(download))
  await page.getByRole('button', { name: button }).first().click()
  const status = page.getByRole('status').filter({ hasText: name }).first()
  await status.waitFor({ timeout: 10_000 })
  const path = ((await status.textContent()) ?? '').replace(/^.*?: /, '')
  assert.deepEqual(downloads, [])
  assert.equal(statSync(path).mode & 0o777, 0o600)
  return readFileSync(path, 'utf8')
}

test('after a look at PINs, a reset that nobody had reserved and one that was done: told in plain words, saved as JSON and for Prometheus, nothing of anybody in it', async () => {
  await using town = await Town.open(browser, world)
  const kiosk = await town.page('kiosk', '15')
  await kiosk.presses(/暗証番号の状態/)
  await town.lay('hanako', 'kiosk')
  await kiosk.sees('暗証番号の状態')
  await kiosk.presses('終わる')
  await kiosk.sees('カードをお取りください')
  await town.take('kiosk')
  await kiosk.sees('ご希望の手続きを選んでください')
  await kiosk.presses(/^利用者証明用/)
  await town.lay('hanako', 'kiosk')
  await kiosk.sees(/予約/)
  await kiosk.presses('閉じる')
  await town.take('kiosk')
  await kiosk.sees('ご希望の手続きを選んでください')
  await town.reserve('hanako', 'sign')
  await kiosk.presses(/^署名用/)
  await town.lay('hanako', 'kiosk')
  await kiosk.sees(/暗証番号を入力/)
  await kiosk.enters('1234')
  await kiosk.chooses(/署名用/, CANARY)
  await kiosk.presses('閉じる')
  await town.take('kiosk')

  const keeper = await town.page('diagnostics', 'large')
  await keeper.sees('端末の状態')
  await keeper.reads('完了')
  await keeper.reads('暗証番号の状態')
  await keeper.reads(/予約.* ×1/)
  for (const told of ['カードなし', 'つながっています(接続先 1)', '決して保存しないもの', '個人番号'])
    await keeper.reads(told)
  // The kiosk is still where it was: this page takes nobody's place.
  await kiosk.sees('ご希望の手続きを選んでください')

  const json = await saved(keeper.page, /JSON/, /[/\\]\d{4}-\d\d-\d\d\.json$/)
  const told = diagnosticsSchema.parse({ ...JSON.parse(json), metrics: '' })
  assert.ok(told.turns.some(({ procedure, outcome }) => procedure === 'pinStatus' && outcome === 'completed'))
  assert.deepEqual(told.neverExported, [...NEVER_EXPORTED])
  const metrics = await saved(keeper.page, /Prometheus/, /[/\\]\d{4}-\d\d-\d\d\.prom$/)
  assert.match(metrics, /^madoguchi_turns_total\{procedure="pinStatus",outcome="completed",ending="\w+"\} 1$/m)

  const nobodys = [CANARY, person.name, person.kana, person.address, serial, person.birth]
  for (const text of [json, metrics, await keeper.page.content(), ...keeper.watched.received])
    for (const secret of nobodys) assert.ok(!text.includes(secret), secret)
})

test('the keeper’s page in every language, at 200 % and in high contrast: large enough, nothing cut, nothing for axe', async () => {
  await using town = await Town.open(browser, world)
  const { page } = await town.page('diagnostics', 'small')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await loadAxe(page)
  for (const [language, heading] of [
    ['English', 'State of the terminals'],
    ['やさしい にほんご', /ようす/],
    ['日本語', '端末の状態'],
  ] as const) {
    await page.locator('.settings-button').click()
    await page.getByRole('radiogroup').nth(0).getByText(language, { exact: true }).click()
    await page
      .getByRole('radiogroup')
      .nth(2)
      .getByRole('radio')
      .nth(Number(language === '日本語'))
      .press(' ')
    await page.locator('.dialog .close').click()
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    assert.deepEqual(await violations(page), [], language)
    for (const scale of ['1', '2']) {
      await page.evaluate(`document.documentElement.style.setProperty('--scale', '${scale}')`)
      const { targets, cut, tooWide } = await page.evaluate<Measured>(MEASURE)
      assert.deepEqual(cut, [], `${language} ×${scale}`)
      assert.ok(tooWide <= 1, `${language} ×${scale}: ${tooWide} px too wide`)
      assert.ok(targets.length >= 6 && targets.every(({ height, clipped }) => height > 43.9 && !clipped))
    }
    await page.evaluate("document.documentElement.style.removeProperty('--scale')")
  }
})

test('at a counter whoever is signed in finds it beside their work', async () => {
  await using town = await Town.open(browser, world)
  const { staff } = await town.counter()
  await staff.presses('端末の状態')
  const dialog = staff.page.getByRole('dialog', { name: '端末の状態' })
  await dialog.getByText('市区町村の窓口').waitFor()
  await loadAxe(staff.page)
  assert.deepEqual(await violations(staff.page), [])
  // They look; what leaves a counter as a file is the keeper's matter (P12).
  assert.equal(await dialog.getByRole('button', { name: /JSON|Prometheus/ }).count(), 0)
  await staff.key('Escape')
  await staff.sees('手続きを選んでください')
})
