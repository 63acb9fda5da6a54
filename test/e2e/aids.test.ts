/** What helps a person at the kiosk, and what the operator decides there: shuffled keys, one button, a sound that stops, a receipt. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Browser, Page } from 'playwright-core'
import { announcementOf } from '../../apps/terminal/renderer/shared/announce.ts'
import { shuffledOrder, TELEPHONE } from '../../apps/terminal/renderer/shared/key-order.ts'
import { openBrowser } from './browser.ts'
import { kioskGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const digitsOf = (page: Page) => page.locator('.digits .key:not(.word-key)').allTextContents()
const ENTER = { kind: 'enterPin', pin: 'auth', purpose: 'current', triesLeft: 3 } as const

test('a shuffled order has every digit once, whatever the dice say; letters stay', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 9, maxLength: 9 }), (dice) => {
      let i = 0
      const { digits, letters } = shuffledOrder((below) => (dice[i++] as number) % below)
      assert.deepEqual([...digits].sort(), [...'0123456789'])
      assert.deepEqual(letters, TELEPHONE.letters)
    }),
  )
})

test('keys lie as on a telephone; where the operator shuffles them each prompt has another order, but never for who listens', async () => {
  await using plain = await kioskGallery(browser, '15')
  await plain.show(ENTER)
  assert.deepEqual(await digitsOf(plain.watched.page), [...'1234567890'])

  await using gallery = await kioskGallery(browser, '15', { keypad: 'shuffled' })
  const { page } = gallery.watched
  const orders = new Set<string>()
  for (let i = 0; i < 8; i++) {
    await gallery.show(ENTER)
    orders.add((await digitsOf(page)).join(''))
  }
  assert.ok(orders.size > 4, [...orders].join(' '))
  await page.locator('.settings-button').click()
  await page.getByRole('radiogroup', { name: '音声案内' }).getByText('あり').click()
  await page.getByRole('button', { name: '閉じる' }).click()
  assert.deepEqual(await digitsOf(page), [...'1234567890'])
})

test('one button: it begins scanning on the first screen, chooses a row, then a key in it', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await page.clock.install()
  await page.keyboard.press('Space')
  const marked = () => page.locator('[data-scanned]').allTextContents()
  /** Waits for the mark, then presses. */
  const when = async (text: RegExp) => {
    for (let i = 0; i < 30; i++) {
      await page.clock.runFor(1500)
      if ((await marked()).some((name) => text.test(name))) return await page.keyboard.press('Space')
    }
    assert.fail(`no mark ever came to ${text}`)
  }
  await when(/暗証番号の状態を見る/)
  assert.deepEqual(await gallery.says(1), { name: 'start', input: { procedure: 'pinStatus' } })

  await gallery.show(ENTER)
  for (const digit of '7291') {
    await when(new RegExp(`^${digit}$`))
    assert.ok((await marked()).length === 1, 'the row was opened')
    await when(new RegExp(`^${digit}$`))
  }
  await when(/決定/)
  await when(/決定/)
  assert.equal((await gallery.says(2))?.secret, '7291')
})

test('one button, by touch: a tap anywhere presses what is marked, and not what lies under the finger', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await page.keyboard.press('Space')
  await page.locator('.choice[data-scanned]').filter({ hasText: '署名用' }).waitFor({ timeout: 15_000 })
  await page.locator('.settings-button').click({ force: true })
  assert.deepEqual(await gallery.says(1), { name: 'start', input: { procedure: 'signPinReset' } })
  assert.equal(await page.getByRole('dialog').count(), 0)
})

const SOUND = `{
  globalThis.tones = 0
  globalThis.OscillatorNode = class extends OscillatorNode { start(at) { tones++; super.start(at) } }
}`

test('a forgotten card sounds until somebody stops it', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await page.evaluate(SOUND)
  await gallery.show({ kind: 'takeCard', forgotten: false })
  assert.equal(await page.evaluate('tones'), 0)
  await gallery.show({ kind: 'takeCard', forgotten: true })
  assert.equal(await page.evaluate('tones'), 3)
  const stop = page.getByRole('button', { name: '音を止める' })
  await stop.click()
  assert.equal(await stop.count(), 0)
  assert.equal(await page.evaluate('speechSynthesis.speaking'), false)
})

test('a receipt says when, where, what and the reference – and is printed where the place prints', async () => {
  const view = { kind: 'done', procedure: 'signPinReset', reference: '20261121-4F7A' } as const
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show(view)
  const names = await page.locator('.receipt dt').allTextContents()
  assert.deepEqual(names, ['日時', '端末', '手続き', '結果', '受付番号'])
  await page.getByRole('button', { name: '控えを印刷する' }).click()
  await page.getByRole('button', { name: '印刷しています' }).waitFor()
  assert.deepEqual(gallery.said.at(-1), { name: 'print', input: { prompt: gallery.prompt } })

  await using without = await kioskGallery(browser, '15', { receipts: false })
  await without.show(view)
  assert.equal(await without.watched.page.getByRole('button', { name: '控えを印刷する' }).count(), 0)
})

test('the time left of a PIN is seen from its beginning', async () => {
  await using gallery = await kioskGallery(browser, '15')
  await gallery.show(ENTER)
  await gallery.watched.page.getByRole('timer').getByText('あと20秒').waitFor()
})

test('a sentence has one name in every language, and no two sentences share one: recordings are found by it', () => {
  const texts = new Map<string, string>()
  for (const language of ['ja', 'easy', 'en'] as const)
    for (const view of VIEWS)
      for (const { id, text } of announcementOf(view, language)) {
        const known = texts.get(`${language} ${id}`)
        assert.ok(known === undefined || known === text, id)
        assert.match(id, /^[\w.-]+$/)
        texts.set(`${language} ${id}`, text)
      }
  const ids = (language: string) =>
    [...texts.keys()].filter((key) => key.startsWith(`${language} `)).map((key) => key.slice(language.length))
  assert.deepEqual(ids('easy'), ids('ja'))
  assert.deepEqual(ids('en'), ids('ja'))
})
