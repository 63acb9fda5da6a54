/** Small questions to a page, in plain JavaScript: this house has no DOM here. */
import type { Page } from 'playwright-core'

/** Two pictures later: what was measured has been told, and what follows from it is drawn. */
export const painted = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')

/** Of each element that is found, what the expression `of` makes of `e`. */
export const each = <T>(page: Page, selector: string, of: string): Promise<T[]> =>
  page.evaluate<T[]>(`[...document.querySelectorAll('${selector}')].map((e) => ${of})`)

export const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`)

/** All of its text and attributes, but for the numbers that the library gives its elements by chance: they may hold any four digits. */
export const contentOf = async (page: Page): Promise<string> => (await page.content()).replaceAll(/react-aria\d+/g, '')

/** Enough of a view to know which one it is. */
export const nameOf = (view: { readonly kind: string }): string => JSON.stringify(view).slice(0, 90)
