/** Every screen of a resident where it is no kiosk: on the smallest phone, and on the second screen of a counter. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { loadAxe, violations } from './axe.ts'
import { openBrowser } from './browser.ts'
import { type Look, lookSo, measureAll, nameOfLook } from './measure.ts'
import { nameOf, painted } from './page-facts.ts'
import { residentGallery, VIEWS } from './views.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const LANGUAGES = ['日本語', 'やさしい にほんご', 'English']
const LOOKS: readonly Look[] = (['normal', 'large', 'largest'] as const).map((size) => ({ size }))
/** In the unit of a face: CSS pixels are 1/96 inch, and a phone has 2.3 of them to its millimetre. */
const FACES = [
  { face: 'phone', page: 'phone/', least: 43.9 / 2.3 },
  { face: 'the second screen of a counter', page: 'resident/', least: 19.87 },
] as const

describe('a resident’s screens elsewhere', { concurrency: 2 }, () => {
  for (const { face, page: address, least } of FACES)
    test(`${face}: every view at every size, in every language, and for axe`, async () => {
      await using gallery = await residentGallery(browser, address)
      const { page, complaints } = gallery.watched
      await loadAxe(page)
      for (const language of LANGUAGES) {
        await gallery.prefers(language, 'normal', false)
        for (const view of VIEWS) {
          await gallery.show(view)
          const measured = await measureAll(page, LOOKS)
          for (const [i, { targets, tooWide, cut, hidden, broken }] of measured.entries()) {
            const where = `${face}, ${language}, ${nameOfLook(LOOKS[i] as Look)}, ${nameOf(view)}`
            assert.deepEqual(
              targets.filter(({ width, height, clipped }) => Math.min(width, height) < least || clipped),
              [],
              where,
            )
            assert.ok(tooWide <= 1, `${where}: ${tooWide} px too wide`)
            assert.deepEqual(cut, [], where)
            assert.deepEqual(broken, [], where)
            assert.deepEqual(hidden, [], where)
          }
          // As it is left by the last look: at the largest text.
          if (language === 'やさしい にほんご') {
            await painted(page)
            assert.deepEqual(await violations(page, { colours: false }), [], `${face}, ${nameOf(view)}`)
          }
          await lookSo(page, { size: 'normal' })
        }
      }
      assert.deepEqual(complaints, [])
    })
})
