/** The rules for our screens that no other test holds: what happens in a person's turn. `ux-rules.ts` lists all rules. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { FAILURES, type FailureCode } from '../../src/base/failures/catalogue.ts'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { receiptOf } from '../../src/host/receipt.ts'
import type { View } from '../../src/wire/view.ts'
import { openBrowser } from './browser.ts'
import type { Gallery } from './gallery.ts'
import { Kiosk } from './kiosk.ts'
import { each, styleOf } from './page-facts.ts'
import { counterGallery } from './staff-views.ts'
import { kioskGallery, residentGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const CODES = Object.keys(FAILURES) as FailureCode[]

test('the screen waits as long as it is said: 60 s and 20 s more, 90 s for a PIN, 30 s at the end (WCAG 2.2.1)', () => {
  const { question, stillThere, pin, ending } = KIOSK_PATIENCE
  assert.deepEqual(
    { question, stillThere, pin, ending },
    { question: 60_000, stillThere: 20_000, pin: 90_000, ending: 30_000 },
  )
})

test('the sign PIN: 36 keys, capitals and digits; each rule is checked off when it is kept', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show({ kind: 'enterPin', pin: 'sign', purpose: 'new' })
  const keys = await page.locator('.key:not(.word-key):visible').allTextContents()
  assert.deepEqual([...keys].sort(), [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'])
  const kept = () => each<string>(page, '.rules li', 'e.innerText.trim()[0]')
  const steps: readonly (readonly [typed: string, marks: string])[] = [
    ['', '–––'],
    ['a', '–✓–'],
    ['1', '–✓✓'],
    ['BCDE', '✓✓✓'],
  ]
  for (const [typed, marks] of steps) {
    await page.keyboard.type(typed)
    assert.deepEqual(await kept(), [...marks], typed)
  }
  assert.ok(await page.getByRole('button', { name: '決定' }).isEnabled())
  await page.keyboard.press('Enter')
  assert.equal((await gallery.says(1))?.secret, 'A1BCDE', 'small letters are typed as capitals')
})

test('a PIN may come from any device that types, at any speed, and is neither shown nor a riddle (WCAG 3.3.8)', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show({ kind: 'enterPin', pin: 'auth', purpose: 'current', triesLeft: 3 })
  await page.keyboard.type('7291')
  assert.equal(await page.locator('.dot[data-typed="true"]').count(), 4)
  assert.equal(await page.locator('input').count(), 0)
  await page.keyboard.press('Enter')
  assert.equal((await gallery.says(1))?.secret, '7291')
})

test('the last try: no is the button that stands out, and pressing it spends nothing', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show({ kind: 'confirmLastTry', pin: 'auth' })
  assert.equal(await page.locator('.bar .primary').textContent(), 'やめておく')
  await page.locator('.bar .primary').click()
  assert.deepEqual((await gallery.says(1))?.input, { prompt: gallery.prompt, answer: { goOn: false } })
})

test('one number may do for three PINs: it is entered once and not three times (WCAG 3.3.7)', async () => {
  await using gallery = await kioskGallery(browser, '10 across')
  const { page } = gallery.watched
  await gallery.show({ kind: 'samePin', pins: ['auth', 'text', 'juki'] })
  await page.getByRole('button', { name: '同じ番号にする' }).click()
  assert.deepEqual((await gallery.says(1))?.input, { prompt: gallery.prompt, answer: { same: true } })
  await gallery.show({ kind: 'enterPin', pin: 'auth', purpose: 'new', alsoFor: ['text', 'juki'] })
  await page.getByRole('main').getByText('すべてに使われます').waitFor()
  await gallery.show({ kind: 'enterPin', pin: 'juki', purpose: 'current', which: 'newer' })
  await page.getByRole('main').getByText('途中で').waitFor()
})

test('the last screen is left when the card is taken', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.changes(/^利用者証明用/, '1234', '8024', '8024')
  await kiosk.sees('暗証番号を変えました')
  await kiosk.take()
  await kiosk.sees('ご希望の手続きを選んでください')
})

test('a failure says what happened, whether the card is safe, what to do, whom to call – and last and small its code', async () => {
  await using gallery = await kioskGallery(browser, '15')
  await using staff = await counterGallery(browser, 'small')
  for (const failure of CODES) {
    await gallery.show({ kind: 'failed', failure })
    await staff.show({ kind: 'failed', failure })
    for (const { watched } of [gallery, staff] as readonly Pick<Gallery<unknown>, 'watched'>[]) {
      const told = await watched.page.locator('main :is(h1, dt, .code)').allTextContents()
      const [happened, ...parts] = told.map((text) => text.trim())
      assert.notEqual(happened, '', failure)
      const code = parts.at(-1)?.includes(failure) ? 1 : 0
      const wanted = ['カード', '次にすること', '困ったとき'].slice(0, parts.length - code)
      assert.deepEqual(parts.slice(0, parts.length - code), wanted, failure)
      assert.ok(parts.length - code >= 2, failure)
      if (code === 0) assert.ok(['cancelled', 'idle'].includes(failure), `${failure}: its code is told`)
      else {
        const [small, body] = [
          await styleOf(watched.page, '.code', 'fontSize'),
          await styleOf(watched.page, 'dd', 'fontSize'),
        ]
        assert.ok(Number.parseFloat(small) < Number.parseFloat(body), failure)
      }
    }
  }
})

const READERS = {
  'kiosk/': /この機械のカードリーダー/,
  'resident/': /この画面の前のカードリーダー/,
  'phone/': /スマートフォンの裏/,
} as const

test('a card is laid, then lifted and turned, and each page names its reader – also aloud', async () => {
  for (const face of ['kiosk/', 'resident/', 'phone/'] as const) {
    await using gallery = await residentGallery(browser, face)
    const { page } = gallery.watched
    await gallery.show({ kind: 'insertCard' })
    const steps = await page.locator('main ol > li').allTextContents()
    assert.equal(steps.length, 2)
    assert.match(steps[0] as string, READERS[face])
    assert.match(steps[1] as string, /持ち上げ.*裏返/)
    const said = await page.getByRole('status').first().textContent()
    for (const step of steps) assert.ok(said?.includes(step), `${face}: ${step}`)
  }
})

test('a receipt for paper holds nothing of a person, of a card or of a PIN', () => {
  const settings = { terminal: 'kiosk-7', place: '見本市 見本町1丁目店', role: 'kiosk', keypad: 'telephone' } as const
  const view: View = { kind: 'done', procedure: 'signPinReset', reference: '20261121-4F7A' }
  assert.deepEqual(receiptOf(view, 'signPinReset', settings, 1), {
    ...{ at: 1, terminal: 'kiosk-7', place: '見本市 見本町1丁目店', procedure: 'signPinReset', result: 'done' },
    reference: '20261121-4F7A',
  })
  for (const other of VIEWS.filter(({ kind }) => kind !== 'done' && kind !== 'failed'))
    assert.equal(receiptOf(other, 'signPinReset', settings, 1), undefined, other.kind)
})
