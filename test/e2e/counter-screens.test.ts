/** Every staff screen at every size, in every language: large enough, nothing lost, and no violation that axe knows of. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { StaffView } from '../../src/wire/staff-view.ts'
import { loadAxe, violations } from './axe.ts'
import { OFFICE, type OfficeScreen, openBrowser } from './browser.ts'
import { MEASURE, type Measured } from './measure.ts'
import { counterGallery, STAFF_VIEWS } from './staff-views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const LANGUAGES = ['日本語', 'やさしい にほんご', 'English']
/** Digital Agency Design System; WCAG 2.5.8 asks for 24. */
const TARGET_PX = 43.9

function judge({ targets, tooWide, cut }: Measured, where: string): void {
  const small = targets.filter(({ width, height }) => Math.min(width, height) < TARGET_PX)
  assert.deepEqual(small, [], `${where}: targets are at least 44 px`)
  const clipped = targets.filter(({ clipped }) => clipped)
  assert.deepEqual(clipped, [], `${where}: no button is clipped`)
  assert.ok(tooWide <= 1, `${where}: no horizontal scrolling (${tooWide} px)`)
  assert.deepEqual(cut, [], `${where}: no text is cut`)
}

const nameOf = (view: StaffView) => JSON.stringify(view).slice(0, 90)

for (const size of Object.keys(OFFICE) as OfficeScreen[])
  test(`${OFFICE[size].width} pixels: targets and text, at the normal size and at 200 % (WCAG 1.4.4)`, async () => {
    await using gallery = await counterGallery(browser, size)
    const { page, complaints } = gallery.watched
    for (const language of LANGUAGES)
      for (const scale of ['1', '2']) {
        await gallery.prefers(language, 'normal', false)
        await page.evaluate(`document.documentElement.style.setProperty('--scale', '${scale}')`)
        for (const view of STAFF_VIEWS) {
          await gallery.show(view)
          judge(await page.evaluate<Measured>(MEASURE), `${size}, ${language}, ×${scale}, ${nameOf(view)}`)
        }
        await page.locator('.settings-button').click()
        judge(await page.evaluate<Measured>(MEASURE), `${size}, ${language}, ×${scale}, settings`)
        await page.locator('.dialog .close').click()
        await page.evaluate("document.documentElement.style.removeProperty('--scale')")
      }
    assert.deepEqual(complaints, [])
  })

for (const contrast of [false, true])
  test(`axe has nothing to say against any staff screen, ${contrast ? 'high' : 'normal'} contrast`, async () => {
    await using gallery = await counterGallery(browser, 'small')
    const { page } = gallery.watched
    await loadAxe(page)
    // Colours do not depend on the language.
    for (const language of contrast ? LANGUAGES.slice(0, 1) : LANGUAGES) {
      await gallery.prefers(language, 'normal', contrast)
      for (const view of STAFF_VIEWS) {
        await gallery.show(view)
        assert.deepEqual(await violations(page), [], `${language}, ${nameOf(view)}`)
      }
    }
    await page.locator('.settings-button').click()
    assert.deepEqual(await violations(page), [], 'settings')
  })

test('every staff view has a heading of its own, and says it to a screen reader', async () => {
  await using gallery = await counterGallery(browser, 'small')
  const { page } = gallery.watched
  for (const view of STAFF_VIEWS) {
    await gallery.show(view)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, nameOf(view))
    const said = await page.getByRole('status').first().textContent()
    assert.notEqual(said?.trim() ?? '', '', nameOf(view))
  }
})
