/** The staff screen without a mouse: what its keys do, what is said before it is sent, and what goes to the hall. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { StaffView } from '../../src/wire/staff-view.ts'
import { openBrowser } from './browser.ts'
import type { Gallery } from './gallery.ts'
import { contentOf } from './page-facts.ts'
import { counterGallery, SOMEBODY, STAFF_VIEWS } from './staff-views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const first = (kind: StaffView['kind']): StaffView => STAFF_VIEWS.find((view) => view.kind === kind) as StaffView

async function withScreen(view: StaffView, look: (page: Page, gallery: Gallery<StaffView>) => Promise<void>) {
  await using gallery = await counterGallery(browser, 'small')
  await gallery.show(view)
  await look(gallery.watched.page, gallery)
  assert.deepEqual(gallery.watched.complaints, [])
}

/** The last thing said to the hall. */
test('function keys begin procedures, search and sign out; what is hindered stays, with its reason beside it', () =>
  withScreen(first('counter'), async (page, gallery) => {
    await page.keyboard.press('F2')
    assert.deepEqual(await gallery.says(1), { name: 'start', input: { procedure: 'pinChange' } })
    await page.keyboard.press('F3')
    await page.keyboard.press('F9')
    assert.deepEqual(await gallery.says(2), { name: 'search', input: {} })
    await page.keyboard.press('F10')
    assert.deepEqual(await gallery.says(3), { name: 'signOut', input: {} })

    const hindered = page.getByRole('button', { name: '暗証番号の初期化' })
    assert.ok(await hindered.isDisabled())
    assert.equal(await hindered.getAttribute('aria-keyshortcuts'), 'F3')
    const why = page.locator(`#${await hindered.getAttribute('aria-describedby')}`)
    assert.equal(await why.textContent(), '先に住民を検索してください')
  }))

test('the PIN of a staff card: typed, corrected, sent beside the answer, and nowhere in the page', () =>
  withScreen({ kind: 'staffPin', triesLeft: 3, who: 'operator', entry: 'screen' }, async (page, gallery) => {
    await page.keyboard.type('739')
    await page.keyboard.press('Enter')
    assert.equal(gallery.said.length, 0, 'three are too few')
    await page.keyboard.type('5')
    await page.keyboard.press('Backspace')
    await page.keyboard.type('1')
    await page.getByRole('status').getByText('4文字入力しました').waitFor()
    const content = await contentOf(page)
    assert.deepEqual(
      [...content.matchAll(/.{0,40}7391.{0,40}/g)].map(([around]) => around),
      [],
    )
    assert.equal(await page.locator('input').count(), 0)
    await page.keyboard.press('Enter')
    assert.deepEqual(await gallery.says(1), {
      name: 'answer',
      input: { prompt: gallery.prompt, answer: { entered: true } },
      secret: '7391',
    })
    assert.ok(!gallery.watched.sent.some((packet) => packet.replace(/7391$/, '').includes('7391')))
  }))

test('typed at the reader, nothing is typed here; Escape goes back from a PIN', () =>
  withScreen({ kind: 'staffPin', triesLeft: 3, who: 'operator', entry: 'reader' }, async (page, gallery) => {
    await page.keyboard.type('7391')
    await page.keyboard.press('Enter')
    await gallery.show(first('staffPin'))
    await page.keyboard.press('Escape')
    assert.deepEqual(await gallery.says(1), {
      name: 'answer',
      input: { prompt: gallery.prompt, answer: { back: true } },
    })
  }))

test('the last try: Escape is no, yes has to be gone to', () =>
  withScreen(first('confirmLastTry'), async (page, gallery) => {
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    assert.deepEqual((await gallery.says(1))?.input, { prompt: gallery.prompt, answer: { goOn: false } })
  }))

test('a search says what is missing before it is sent (F58), and takes a date as people write it', () =>
  withScreen(first('search'), async (page, gallery) => {
    const missing = page.locator('.missing')
    await page.keyboard.type('バンゴウ ハナコ')
    await page.keyboard.press('Tab')
    await page.keyboard.type('昭和60年3月7日')
    await page.getByText('1985/03/07').waitFor()
    assert.equal(await missing.textContent(), 'あと必要なもの: 氏名・性別・住所のどれか')
    await page.keyboard.press('Enter')
    assert.equal(gallery.said.length, 0)
    assert.ok(await page.getByRole('button', { name: '検索する' }).isDisabled())
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowRight')
    assert.equal(await missing.textContent(), '')
    await page.keyboard.press('Enter')
    assert.deepEqual((await gallery.says(1))?.input, {
      prompt: gallery.prompt,
      answer: { kana: 'バンゴウ ハナコ', birth: '19850307', sex: '2' },
    })
  }))

test('a candidate is picked by staff and compared in all four attributes; the program picks nobody', () =>
  withScreen(first('candidates'), async (page, gallery) => {
    assert.equal(await page.getByRole('radio', { checked: true }).count(), 0)
    const missing = page.locator('.missing-item')
    assert.deepEqual(await missing.allTextContents(), ['候補の選択', '氏名', '生年月日', '性別', '住所'])
    await page.keyboard.press('Space')
    await page.getByLabel('氏名', { exact: true }).fill(SOMEBODY.name)
    await page.getByLabel('生年月日', { exact: true }).fill('S60.3.7')
    await page.getByRole('radio', { name: '女', exact: true }).press('Space')
    await page.getByLabel('住所', { exact: true }).fill(' 東京都清瀬市 ')
    await page.keyboard.press('Enter')
    assert.deepEqual((await gallery.says(1))?.input, {
      prompt: gallery.prompt,
      answer: {
        holder: SOMEBODY.id,
        compared: { name: SOMEBODY.name, birth: '19850307', sex: '2', address: '東京都清瀬市' },
      },
    })
  }))

test('an identity check with a representative: their papers too, four at most', () =>
  withScreen(first('checkIdentity'), async (page, gallery) => {
    const papers = page.getByRole('group', { name: '確認した書類' })
    for (const name of ['マイナンバーカード', '旅券', '運転免許証', '年金手帳'])
      await papers.getByRole('checkbox', { name }).press('Space')
    assert.ok(await papers.getByRole('checkbox', { name: 'そのほか' }).isDisabled())
    await papers.getByRole('checkbox', { name: '年金手帳' }).press('Space')
    await page.getByRole('radio', { name: '法定代理人' }).press('Space')
    await page.getByRole('radio', { name: '写真と同じ人' }).press('Space')
    assert.deepEqual(await page.locator('.missing-item').allTextContents(), ['代理の方の書類'])
    await page.getByRole('group', { name: '代理の方の書類' }).getByRole('checkbox', { name: '旅券' }).press('Space')
    await page.keyboard.press('Enter')
    assert.deepEqual((await gallery.says(1))?.input, {
      prompt: gallery.prompt,
      answer: {
        documents: ['myNumberCard', 'passport', 'drivingLicence'],
        face: 'matched',
        proxy: { relation: 'legalRepresentative', documents: ['passport'] },
      },
    })
  }))

test('a card that did not pass its self-test cannot be handed over (P7)', async () => {
  const [good, bad] = STAFF_VIEWS.filter(({ kind }) => kind === 'selfTest') as [StaffView, StaffView]
  await withScreen(bad, async (page, gallery) => {
    assert.equal(await page.getByRole('button', { name: '渡した' }).count(), 0)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    assert.deepEqual((await gallery.says(1))?.input, { prompt: gallery.prompt, answer: { handOver: false } })
    await gallery.show(good)
    await page.keyboard.press('Enter')
    assert.deepEqual((await gallery.says(2))?.input, { prompt: gallery.prompt, answer: { handOver: true } })
  })
})

test('what the resident does is told, never what they type; Escape stops it', () =>
  withScreen(first('residentActs'), async (page, gallery) => {
    await page.getByText('暗証番号を入力しています').waitFor()
    await page.keyboard.press('Escape')
    assert.deepEqual(await gallery.says(1), { name: 'cancel', input: {} })
  }))

test('an input method has its own Enter and Escape', () =>
  withScreen(first('search'), async (page, gallery) => {
    await page.evaluate(
      "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }))",
    )
    await page.keyboard.press('F9')
    assert.equal(gallery.said.length, 0)
  }))

test('language and sizes go with whoever signs out', () =>
  withScreen(first('counter'), async (page, gallery) => {
    await page.getByRole('button', { name: '見やすさ・ことば' }).click()
    await page.getByText('English', { exact: true }).click()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('heading', { name: 'Choose a procedure' }).waitFor()
    await gallery.show(first('signIn'))
    await page.getByRole('heading', { name: '職員カードを置いてください' }).waitFor()
  }))
