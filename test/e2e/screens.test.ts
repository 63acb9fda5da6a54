/** Every screen at every size, in every language: large enough, nothing lost, and no violation that axe knows of. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { View } from '../../src/wire/view.ts'
import { loadAxe, violations } from './axe.ts'
import { openBrowser, PANELS, type Panel } from './browser.ts'
import { MEASURE, type Measured } from './measure.ts'
import { kioskGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const LANGUAGES = ['日本語', 'やさしい にほんご', 'English']
const TARGET_MM = 20
const GAP_MM = 4
/** Half a device pixel of rounding, on the coarsest panel. */
const ROUNDING_MM = 0.13

function judge(measured: Measured, where: string): void {
  const small = measured.targets.filter(({ width, height }) => Math.min(width, height) < TARGET_MM - ROUNDING_MM)
  assert.deepEqual(small, [], `${where}: targets are at least 20 mm`)
  assert.deepEqual(
    measured.targets.filter(({ clipped }) => clipped),
    [],
    `${where}: no button is clipped`,
  )
  assert.ok(measured.gap >= GAP_MM - ROUNDING_MM, `${where}: gaps are at least 4 mm, not ${measured.gap}`)
  assert.ok(measured.tooWide <= 1, `${where}: no horizontal scrolling (${measured.tooWide} px)`)
  assert.deepEqual(measured.hidden, [], `${where}: the keys of a PIN pad are wholly in sight`)
  assert.deepEqual(measured.cut, [], `${where}: no text is cut`)
}

const nameOf = (view: View) => JSON.stringify(view).slice(0, 90)

for (const panel of Object.keys(PANELS) as Panel[])
  test(`panel of ${panel} inches: targets, gaps and text, at the normal and the largest size`, async () => {
    await using gallery = await kioskGallery(browser, panel)
    const { page, complaints } = gallery.watched
    for (const language of LANGUAGES)
      for (const size of ['normal', 'largest'] as const) {
        await gallery.prefers(language, size, false)
        for (const view of VIEWS) {
          await gallery.show(view)
          assert.equal(await page.locator('html').getAttribute('data-size'), size)
          judge(await page.evaluate<Measured>(MEASURE), `${panel}", ${language}, ${size}, ${nameOf(view)}`)
        }
        await page.locator('.settings-button').click()
        judge(await page.evaluate<Measured>(MEASURE), `${panel}", ${language}, ${size}, settings`)
        await page.locator('.dialog .close').click()
      }
    assert.deepEqual(complaints, [])
  })

test('text at 200 % loses nothing (WCAG 1.4.4)', async () => {
  await using gallery = await kioskGallery(browser, '15')
  const { page } = gallery.watched
  for (const language of LANGUAGES) {
    await gallery.prefers(language, 'normal', false)
    await page.evaluate("document.documentElement.style.setProperty('--scale', '2')")
    for (const view of VIEWS) {
      await gallery.show(view)
      judge(await page.evaluate<Measured>(MEASURE), `200 %, ${language}, ${nameOf(view)}`)
    }
    await page.evaluate("document.documentElement.style.removeProperty('--scale')")
  }
})

for (const contrast of [false, true])
  test(`axe has nothing to say against any screen, ${contrast ? 'high' : 'normal'} contrast`, async () => {
    await using gallery = await kioskGallery(browser, '10')
    const { page } = gallery.watched
    await loadAxe(page)
    // Colours do not depend on the language.
    for (const language of contrast ? LANGUAGES.slice(0, 1) : LANGUAGES) {
      await gallery.prefers(language, 'normal', contrast)
      for (const view of VIEWS) {
        await gallery.show(view)
        assert.deepEqual(await violations(page), [], `${language}, ${nameOf(view)}`)
      }
    }
    await page.locator('.settings-button').click()
    assert.deepEqual(await violations(page), [], 'settings')
  })
