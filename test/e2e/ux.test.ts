/** The rules for our screens that no other test holds: what a person finds there, whoever they are. `ux-rules.ts` lists all of them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { FAILURES, type FailureCode } from '../../src/base/failures/catalogue.ts'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { receiptOf } from '../../src/host/receipt.ts'
import type { View } from '../../src/wire/view.ts'
import { openBrowser } from './browser.ts'
import type { Gallery } from './gallery.ts'
import { Kiosk } from './kiosk.ts'
import { lookSo } from './measure.ts'
import { counterGallery, STAFF_VIEWS } from './staff-views.ts'
import { kioskGallery, residentGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const nameOf = (view: { readonly kind: string }) => JSON.stringify(view).slice(0, 90)
const CODES = Object.keys(FAILURES) as FailureCode[]
const PAINTED = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'

test('the screen waits as long as it is said: 60 s and 20 s more, 90 s for a PIN, 30 s at the end (WCAG 2.2.1)', () => {
  const { question, stillThere, pin, ending } = KIOSK_PATIENCE
  assert.deepEqual(
    { question, stillThere, pin, ending },
    { question: 60_000, stillThere: 20_000, pin: 90_000, ending: 30_000 },
  )
})

test('「見やすさ・ことば」 is on every screen: three languages, three sizes, contrast, voice, one button', async () => {
  await using gallery = await kioskGallery(browser, '10')
  const { page } = gallery.watched
  for (const view of VIEWS) {
    await gallery.show(view)
    assert.ok(await page.locator('.settings-button').isVisible(), nameOf(view))
  }
  await page.locator('.settings-button').click()
  const offered = await each<number>(page, '[role=radiogroup]', 'e.querySelectorAll("input").length')
  assert.deepEqual(offered, [3, 3, 2, 2, 2])
  await page.getByText('やさしい にほんご', { exact: true }).click()
  assert.ok((await page.locator('.dialog ruby rt').count()) > 4, 'readings stand over the kanji')
})

test('all five preferences end with the turn', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  const chosen = () => each<string>(page, '[role=radiogroup] input:checked', 'e.value')
  await gallery.show({ kind: 'takeCard', forgotten: false })
  await page.locator('.settings-button').click()
  const atFirst = await chosen()
  for (const group of [0, 1, 2, 3]) await page.getByRole('radiogroup').nth(group).getByRole('radio').last().press(' ')
  await page.getByRole('radiogroup').nth(4).getByRole('radio').last().press(' ')
  const changed = await chosen()
  for (const [i, value] of atFirst.entries()) assert.notEqual(changed[i], value, `preference ${i}`)
  await gallery.show({ kind: 'idle', procedures: ['pinStatus'] })
  assert.deepEqual(await chosen(), atFirst)
})

/** Focuses one element after the other; those of which nothing can be seen then. */
const OBSCURED = `[...document.querySelectorAll('button:not([disabled]), input, [tabindex="0"]')].filter((element) => {
  if (!element.checkVisibility() || element.closest('.radio, .option, .choose') !== null) return false
  element.focus()
  const { left, right, top, bottom } = element.getBoundingClientRect()
  const points = [[left, top], [right, top], [left, bottom], [right, bottom], [left + right, top + bottom]]
  return !points.some(([x, y], i) => {
    const at = i === 4 ? document.elementFromPoint(x / 2, y / 2) : document.elementFromPoint(x + (i % 2 ? -9 : 9), y + (i > 1 ? -9 : 9))
    return at !== null && element.contains(at)
  })
}).map((element) => element.outerHTML.slice(0, 120))`

test('what has the focus is never hidden, at the largest text on the smallest panels (WCAG 2.4.11)', async () => {
  for (const panel of ['10', '10 across'] as const) {
    await using gallery = await kioskGallery(browser, panel)
    await gallery.prefers('やさしい にほんご', 'largest', false)
    for (const view of VIEWS) {
      await gallery.show(view)
      assert.deepEqual(await gallery.watched.page.evaluate(OBSCURED), [], `${panel}, ${nameOf(view)}`)
    }
  }
  await using staff = await counterGallery(browser, 'small')
  await staff.prefers('やさしい にほんご', 'largest', false)
  for (const view of STAFF_VIEWS) {
    await staff.show(view)
    assert.deepEqual(await staff.watched.page.evaluate(OBSCURED), [], nameOf(view))
  }
})

test('every view has one heading and tells itself to a screen reader; what went wrong is an alert (WCAG 4.1.3)', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  for (const view of VIEWS) {
    await gallery.show(view)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, nameOf(view))
    assert.notEqual((await page.getByRole('status').first().textContent())?.trim() ?? '', '', nameOf(view))
    const alerts = 'problem' in view ? 1 : 0
    assert.equal(await page.getByRole('alert').count(), alerts, nameOf(view))
  }
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
  await page.waitForTimeout(50)
  assert.equal(gallery.said.at(-1)?.secret, 'A1BCDE', 'small letters are typed as capitals')
})

test('a PIN may come from any device that types, at any speed, and is neither shown nor a riddle (WCAG 3.3.8)', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show({ kind: 'enterPin', pin: 'auth', purpose: 'current', triesLeft: 3 })
  await page.keyboard.type('7291')
  assert.equal(await page.locator('.dot[data-typed="true"]').count(), 4)
  assert.equal(await page.locator('input').count(), 0)
  await page.keyboard.press('Enter')
  await page.waitForTimeout(50)
  assert.equal(gallery.said.at(-1)?.secret, '7291')
})

/** The hue of a colour, in degrees. */
const hue = (colour: string): number => {
  const [r = 0, g = 0, b = 0] = [...colour.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)]
  const turn =
    most === r ? (g - b) / (most - least) : most === g ? 2 + (b - r) / (most - least) : 4 + (r - g) / (most - least)
  return (turn * 60 + 360) % 360
}
const styleOf = (page: Page, selector: string, property: string) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`)
/** Of each element that is found, what the expression `of` makes of `e`. */
const each = <T>(page: Page, selector: string, of: string) =>
  page.evaluate<T[]>(`[...document.querySelectorAll('${selector}')].map((e) => ${of})`)

test('stopping is red, entering green, and both are words', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  for (const contrast of [false, true]) {
    await gallery.prefers('日本語', 'normal', contrast)
    await gallery.show({ kind: 'enterPin', pin: 'auth', purpose: 'current', triesLeft: 3 })
    await page.keyboard.type('7291')
    await page.locator('.enter:not([data-disabled])').waitFor()
    const red = hue(await styleOf(page, '.cancel', 'color'))
    const green = hue(await styleOf(page, '.enter', 'backgroundColor'))
    assert.ok(red < 20 || red > 340, `red: ${red}`)
    assert.ok(green > 100 && green < 170, `green: ${green}`)
    assert.equal(await page.locator('.cancel').textContent(), 'やめる')
    assert.equal(await page.locator('.enter:visible').textContent(), '決定')
  }
})

test('colour never says it alone: each state has a sign and a word of its own', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  const states = (['good', 'blocked', 'missing'] as const).map(
    (state) => ({ pin: 'auth', state, triesLeft: 0 }) as const,
  )
  await gallery.show({ kind: 'pinStatus', pins: states })
  const signs = new Set(await each<string>(page, '.fact svg', 'e.innerHTML'))
  const told = new Set(await page.locator('.fact dd').allTextContents())
  assert.deepEqual([signs.size, told.size], [3, 3])
  for (const view of VIEWS.filter(
    (view) => 'problem' in view || view.kind === 'confirmLastTry' || view.kind === 'explainReset',
  )) {
    await gallery.show(view)
    assert.equal(await page.locator('.problem > svg').count(), 1, nameOf(view))
  }
  await page.locator('.settings-button').click()
  const rings = new Map(
    await each<[boolean, string]>(
      page,
      '.radio',
      '[e.hasAttribute("data-selected"), getComputedStyle(e, "::before").borderTopWidth]',
    ),
  )
  assert.notEqual(rings.get(true), rings.get(false), 'what is chosen has another ring')
})

test('the last try: no is the button that stands out, and pressing it spends nothing', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show({ kind: 'confirmLastTry', pin: 'auth' })
  assert.equal(await page.locator('.bar .primary').textContent(), 'やめておく')
  await page.locator('.bar .primary').click()
  await page.waitForTimeout(50)
  assert.deepEqual(gallery.said.at(-1)?.input, { prompt: gallery.prompt, answer: { goOn: false } })
})

test('one number may do for three PINs: it is entered once and not three times (WCAG 3.3.7)', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  await gallery.show({ kind: 'samePin', pins: ['auth', 'text', 'juki'] })
  await page.getByRole('button', { name: '同じ番号にする' }).click()
  await page.waitForTimeout(50)
  assert.deepEqual(gallery.said.at(-1)?.input, { prompt: gallery.prompt, answer: { same: true } })
  await gallery.show({ kind: 'enterPin', pin: 'auth', purpose: 'new', alsoFor: ['text', 'juki'] })
  await page.getByRole('main').getByText('すべてに使われます').waitFor()
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

/** Buttons that cannot be pressed and whose reason is told neither on them nor beside them. */
const UNEXPLAINED = `[...document.querySelectorAll('button:disabled')].filter((button) => {
  if (!button.checkVisibility() || button.querySelector('.choice-note') !== null) return false
  const ids = (button.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)
  return !ids.some((id) => (document.getElementById(id)?.textContent ?? '').trim() !== '')
}).map((button) => button.outerHTML.slice(0, 160))`

test('a button that cannot be pressed says why, to everybody', async () => {
  await using gallery = await kioskGallery(browser, '15')
  await using staff = await counterGallery(browser, 'small')
  for (const view of VIEWS) {
    await gallery.show(view)
    assert.deepEqual(await gallery.watched.page.evaluate(UNEXPLAINED), [], nameOf(view))
  }
  let disabled = 0
  for (const view of STAFF_VIEWS) {
    await staff.show(view)
    disabled += await staff.watched.page.locator('button:disabled').count()
    assert.deepEqual(await staff.watched.page.evaluate(UNEXPLAINED), [], nameOf(view))
  }
  assert.ok(disabled > 8, `${disabled} were looked at`)
})

test('what has more than there is room for says so, and is moved by keyboard; what has not is no region', async () => {
  await using gallery = await kioskGallery(browser, '10 across')
  const { page } = gallery.watched
  await gallery.prefers('やさしい にほんご', 'largest', false)
  let scrolled = 0
  for (const view of VIEWS) {
    await gallery.show(view)
    await page.evaluate(PAINTED)
    const [more] = await each<boolean>(page, '.scroller', 'e.scrollHeight - e.clientHeight > 2')
    const [arrow] = await each<string>(page, '.scroll-area', 'getComputedStyle(e, "::after").visibility')
    assert.equal(arrow, more ? 'visible' : 'hidden', nameOf(view))
    const region = page.locator('main').getByRole('region')
    assert.equal(await region.count(), more ? 1 : 0, nameOf(view))
    if (!more) continue
    scrolled++
    const id = await region.getAttribute('aria-labelledby')
    assert.equal(await page.locator('h1').getAttribute('id'), id, 'it has the name of its heading')
    await region.focus()
    await page.keyboard.press('End')
    await page.locator('.scroll-area[data-above="true"][data-below="false"]').waitFor({ timeout: 5000 })
  }
  assert.ok(scrolled > 10, `${scrolled} of ${VIEWS.length}`)
  await lookSo(page, { size: 'normal' })
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
