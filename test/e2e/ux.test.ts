/** The rules for our screens that no other test holds: what everybody finds on them. `ux-rules.ts` lists all rules. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { each, nameOf, painted, styleOf } from './page-facts.ts'
import { counterGallery, STAFF_VIEWS } from './staff-views.ts'
import { kioskGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

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

test('what has more than there is room for says so, and is moved by keyboard; what has not is no region', async () => {
  await using gallery = await kioskGallery(browser, '10 across')
  const { page } = gallery.watched
  await gallery.prefers('やさしい にほんご', 'largest', false)
  let scrolled = 0
  for (const view of VIEWS) {
    await gallery.show(view)
    await painted(page)
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
})

test('with one button too: the region takes its turn, goes on, and from its end back', async () => {
  await using gallery = await kioskGallery(browser, '10 across')
  const { page } = gallery.watched
  await gallery.prefers('やさしい にほんご', 'largest', false)
  await gallery.show({ kind: 'idle', procedures: ['pinStatus'] })
  await page.clock.install()
  await page.keyboard.press('Space')
  await gallery.show({ kind: 'failed', failure: 'cardGone' })
  await painted(page)
  const at = async () => (await each<number>(page, '.scroller', 'e.scrollTop'))[0] as number
  const seen: number[] = []
  for (let i = 0; i < 40 && seen.at(-1) !== 0; i++) {
    await page.clock.runFor(1500)
    if ((await page.locator('.scroller[data-scanned]').count()) === 0) continue
    await page.keyboard.press('Space')
    await painted(page)
    seen.push(await at())
  }
  assert.ok(seen.length > 2 && seen[0] !== 0 && seen.at(-1) === 0, seen.join(' '))
})

/** The hue of a colour, in degrees. */
const hue = (colour: string): number => {
  const [r = 0, g = 0, b = 0] = [...colour.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)]
  const turn =
    most === r ? (g - b) / (most - least) : most === g ? 2 + (b - r) / (most - least) : 4 + (r - g) / (most - least)
  return (turn * 60 + 360) % 360
}

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
