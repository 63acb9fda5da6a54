/** Every staff screen at every size, in every language: large enough, nothing lost, and no violation that axe knows of. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { loadAxe, violations } from './axe.ts'
import { OFFICE, type OfficeScreen, openBrowser } from './browser.ts'
import { type Look, lookSo, type Measured, measureAll, nameOfLook } from './measure.ts'
import { nameOf, painted } from './page-facts.ts'
import { counterGallery, STAFF_VIEWS } from './staff-views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const LANGUAGES = ['日本語', 'やさしい にほんご', 'English']
/** Digital Agency Design System; WCAG 2.5.8 asks for 24. */
const TARGET_PX = 43.9

function judge({ targets, tooWide, cut, broken }: Measured, where: string): void {
  const small = targets.filter(({ width, height }) => Math.min(width, height) < TARGET_PX)
  assert.deepEqual(small, [], `${where}: targets are at least 44 px`)
  const clipped = targets.filter(({ clipped }) => clipped)
  assert.deepEqual(clipped, [], `${where}: no button is clipped`)
  assert.ok(tooWide <= 1, `${where}: no horizontal scrolling (${tooWide} px)`)
  assert.deepEqual(cut, [], `${where}: no text is cut`)
  assert.deepEqual(broken, [], `${where}: no word is broken`)
}

/** The sizes that can be chosen, and twice the smallest. */
const LOOKS: readonly Look[] = [{ size: 'normal' }, { size: 'largest' }, { size: 'normal', scale: 2 }]
// Mostly they wait for the next picture: two at a time do so together.
describe('every staff screen', { concurrency: 2 }, () => {
  for (const size of Object.keys(OFFICE) as OfficeScreen[])
    test(`${OFFICE[size].width} pixels: targets and text, at each size and at 200 % (WCAG 1.4.4)`, async () => {
      await using gallery = await counterGallery(browser, size)
      const { page, complaints } = gallery.watched
      const judgeAll = async (what: string) => {
        const measured = await measureAll(page, LOOKS)
        for (const [i, look] of LOOKS.entries()) judge(measured[i] as Measured, `${size}, ${nameOfLook(look)}, ${what}`)
        await lookSo(page, { size: 'normal' })
      }
      for (const language of LANGUAGES) {
        await gallery.prefers(language, 'normal', false)
        for (const view of STAFF_VIEWS) {
          await gallery.show(view)
          await judgeAll(`${language}, ${nameOf(view)}`)
        }
        await page.locator('.settings-button').click()
        await judgeAll(`${language}, settings`)
        await page.locator('.dialog .close').click()
      }
      assert.deepEqual(complaints, [])
    })

  // Colours depend on neither language nor size.
  for (const { language, contrast, sizes } of [
    { language: '日本語', contrast: false, sizes: ['normal'] },
    { language: '日本語', contrast: true, sizes: ['normal'] },
    { language: 'English', contrast: false, sizes: ['normal'] },
    { language: 'やさしい にほんご', contrast: false, sizes: ['normal', 'largest'] },
  ] as const)
    test(`axe has nothing to say against any staff screen: ${language}, ${contrast ? 'high' : 'normal'} contrast, text ${sizes.join(' and ')}`, async () => {
      await using gallery = await counterGallery(browser, 'small')
      const { page } = gallery.watched
      await loadAxe(page)
      const looks = async (what: string) => {
        for (const size of sizes) {
          await lookSo(page, { size })
          await painted(page)
          const colours = language === '日本語'
          assert.deepEqual(await violations(page, { colours }), [], `${size}, ${what}`)
        }
        await lookSo(page, { size: 'normal' })
      }
      await gallery.prefers(language, 'normal', contrast)
      for (const view of STAFF_VIEWS) {
        await gallery.show(view)
        await looks(nameOf(view))
      }
      await page.locator('.settings-button').click()
      await looks('settings')
    })
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
