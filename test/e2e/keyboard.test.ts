/** Without a pointer: the whole procedure by keyboard, with names and roles, and what the voice says. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { openBrowser } from './browser.ts'
import { Kiosk } from './kiosk.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

/** Tab until the button of that name has the focus, and press it. */
async function presses(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate<string>("document.activeElement.closest('button')?.textContent ?? ''")
    if (name.test(text)) {
      const ring = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')
      assert.notEqual(ring, 'none', `the focus on ${text} is seen`)
      await page.keyboard.press('Enter')
      return
    }
  }
  assert.fail(`no ${name} on the way of the Tab key`)
}

test('a PIN is changed by keyboard alone', async () => {
  await using kiosk = await Kiosk.open(browser)
  const { page } = kiosk
  await kiosk.lay('resident')
  await kiosk.sees('ご希望の手続きを選んでください')
  await presses(page, /暗証番号を変える/)
  await kiosk.sees('どの暗証番号を変えますか')
  await presses(page, /^署名用/)
  for (const [heading, pin] of [
    [/いまの/, 'abc123'],
    [/新しい暗証番号を入力/, 'NEU456Y'],
    [/もう一度/, 'NEU456Y'],
  ] as const) {
    await kiosk.sees(heading)
    await page.keyboard.type(pin.slice(0, -1))
    await page.keyboard.type('X')
    await page.keyboard.press('Backspace')
    await page.keyboard.type(pin.slice(-1))
    await page.keyboard.press('Enter')
  }
  await kiosk.sees('暗証番号を変えました')
  await presses(page, /閉じる/)
  await kiosk.sees('カードをお取りください')
})

test('the settings: opened, changed and closed by keyboard; the focus comes back', async () => {
  await using kiosk = await Kiosk.open(browser)
  const { page } = kiosk
  await presses(page, /見やすさ/)
  const dialog = page.getByRole('dialog', { name: '見やすさ・ことば' })
  await dialog.waitFor()
  for (const name of ['ことば', '文字の大きさ', '黒い画面に白い文字', '音声案内'])
    await dialog.getByRole('radiogroup', { name }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja')
  const back = await page.evaluate<string>('document.activeElement.className')
  assert.match(back, /settings-button/)
})

test('names and roles: heading, keys, announcement, hidden digits', async () => {
  await using kiosk = await Kiosk.open(browser)
  const { page } = kiosk
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.presses(/^利用者証明用/)
  await kiosk.sees(/^利用者証明用の暗証番号\s*いまの暗証番号を入力してください$/)
  for (const digit of '0123456789') await page.getByRole('button', { name: digit, exact: true }).waitFor()
  assert.ok(await page.getByRole('button', { name: '決定' }).isDisabled())
  await page.keyboard.type('12')
  await page.getByRole('status').getByText('2文字入力しました').waitFor()
  const announced = await page.getByRole('status').first().textContent()
  assert.equal(announced, '利用者証明用の暗証番号 いまの暗証番号を入力してください あと3回入力できます')
})

const LISTEN = `{
  globalThis.said = []
  speechSynthesis.speak = (utterance) => void said.push(utterance.lang + ': ' + utterance.text)
}`

test('a forgotten card is called for aloud, also where no voice was wanted', async () => {
  await using kiosk = await Kiosk.open(browser, '15', { ...KIOSK_PATIENCE, takeCard: 300 })
  await kiosk.page.evaluate(LISTEN)
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号の状態を見る/)
  await kiosk.presses('終わる')
  await kiosk.sees('カードが残っています。お取りください')
  // After the chime.
  for (let i = 0; i < 100 && (await kiosk.page.evaluate<number>('said.length')) === 0; i++)
    await kiosk.page.waitForTimeout(50)
  assert.deepEqual(await kiosk.page.evaluate('said'), ['ja: カードが残っています。お取りください'])
})

test('spoken guidance says what is to be done and how many characters there are, never which', async () => {
  await using kiosk = await Kiosk.open(browser)
  const { page } = kiosk
  await page.evaluate(LISTEN)
  await kiosk.presses('見やすさ・ことば')
  await page.getByRole('radiogroup', { name: '音声案内' }).getByText('あり').click()
  await kiosk.presses('閉じる')
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.presses(/^利用者証明用/)
  await kiosk.sees(/いまの/)
  await page.keyboard.type('79')
  const said = await page.evaluate<string[]>('said')
  assert.ok(said.includes('ja: どの暗証番号を変えますか'), said.join('\n'))
  assert.deepEqual(said.slice(-2), ['ja: 1文字入力しました', 'ja: 2文字入力しました'])
  assert.ok(!said.some((text) => /[79]/.test(text)))
})
