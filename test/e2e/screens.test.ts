/** Every screen at every size, in every language: large enough, nothing lost, and no violation that axe knows of. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { loadAxe, violations } from './axe.ts'
import { openBrowser, type Panel } from './browser.ts'
import { type Look, lookSo, type Measured, measureAll, nameOfLook } from './measure.ts'
import { nameOf, painted } from './page-facts.ts'
import { kioskGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const LANGUAGES = ['日本語', 'やさしい にほんご', 'English']
const TARGET_MM = 20
const GAP_MM = 4
/** Labels of a public keypad: 4 mm. */
const CAPITALS_MM = { text: 5, keys: 9, words: 4 }
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
  assert.deepEqual(measured.broken, [], `${where}: no word is broken`)
  for (const [what, least] of Object.entries(CAPITALS_MM)) {
    const { height, of } = measured.capitals[what as keyof typeof CAPITALS_MM]
    assert.ok(height >= least, `${where}: capitals of ${what} are at least ${least} mm, not ${height} (${of})`)
  }
}

/** Panels of one shape show the same pixels, and differ in what a millimetre is. */
const SHAPES: readonly { readonly shape: Panel; readonly looks: readonly Look[] }[] = [
  { shape: '10', looks: (['normal', 'large', 'largest'] as const).map((size) => ({ panel: '10', size })) },
  { shape: '10 across', looks: (['normal', 'large', 'largest'] as const).map((size) => ({ panel: '10', size })) },
  {
    shape: '15',
    looks: [
      ...['15', '21'].flatMap((panel) => (['normal', 'largest'] as const).map((size) => ({ panel, size }))),
      { panel: '15', size: 'normal', scale: 2 },
    ],
  },
  {
    shape: '15 upright',
    looks: ['15', '21'].flatMap((panel) => (['normal', 'largest'] as const).map((size) => ({ panel, size }))),
  },
]

/** Looks for axe: what changes what it can find. Colours depend on neither language nor size nor shape. */
const FOR_AXE: readonly {
  readonly shape: Panel
  readonly language: string
  readonly contrast: boolean
  readonly sizes: readonly ('normal' | 'largest')[]
}[] = [
  { shape: '10', language: '日本語', contrast: false, sizes: ['normal', 'largest'] },
  { shape: '10', language: '日本語', contrast: true, sizes: ['normal'] },
  { shape: '10', language: 'English', contrast: false, sizes: ['normal'] },
  { shape: '10 across', language: 'やさしい にほんご', contrast: false, sizes: ['largest'] },
  { shape: '10', language: 'やさしい にほんご', contrast: false, sizes: ['largest'] },
]

// Mostly they wait for the next picture: two at a time do so together.
describe('every screen', { concurrency: 2 }, () => {
  for (const { shape, looks } of SHAPES)
    test(`${shape}: targets, gaps, letters and text – ${looks.map(nameOfLook).join(' · ')}`, async () => {
      await using gallery = await kioskGallery(browser, shape)
      const { page, complaints } = gallery.watched
      const judgeAll = async (what: string) => {
        const measured = await measureAll(page, looks)
        for (const [i, look] of looks.entries())
          judge(measured[i] as Measured, `${shape}: ${nameOfLook(look)}, ${what}`)
      }
      for (const language of LANGUAGES) {
        await gallery.prefers(language, 'normal', false)
        for (const view of VIEWS) {
          await gallery.show(view)
          await judgeAll(`${language}, ${nameOf(view)}`)
        }
        await lookSo(page, { size: 'normal' })
        await page.locator('.settings-button').click()
        await judgeAll(`${language}, settings`)
        await lookSo(page, { size: 'normal' })
        await page.locator('.dialog .close').click()
      }
      assert.deepEqual(complaints, [])
    })

  for (const { shape, language, contrast, sizes } of FOR_AXE)
    test(`axe has nothing to say: ${shape}, ${language}, ${contrast ? 'high' : 'normal'} contrast, text ${sizes.join(' and ')}`, async () => {
      await using gallery = await kioskGallery(browser, shape)
      const { page } = gallery.watched
      await loadAxe(page)
      const looks = async (what: string) => {
        for (const size of sizes) {
          await lookSo(page, { size })
          await painted(page)
          const colours = language === '日本語' && size === 'normal'
          assert.deepEqual(await violations(page, { colours }), [], `${size}, ${what}`)
        }
        await lookSo(page, { size: 'normal' })
      }
      await gallery.prefers(language, 'normal', contrast)
      for (const view of VIEWS) {
        await gallery.show(view)
        await looks(nameOf(view))
      }
      await page.locator('.settings-button').click()
      await looks('settings')
    })
})
