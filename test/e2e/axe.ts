/** What axe-core finds on a page, one line a violation. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

export const loadAxe = (page: Page): Promise<unknown> => page.evaluate(axe)

/** `colours`: contrast is judged too (7:1, WCAG 1.4.6), which takes as long as everything else; languages and sizes have the same colours. */
export async function violations(page: Page, { colours = true } = {}): Promise<string[]> {
  // Nothing is fetched again for a look (only `css-orientation-lock` would need it), and what passes is not listed.
  const options = {
    preload: false,
    resultTypes: ['violations'],
    rules: {
      'color-contrast': { enabled: colours },
      'color-contrast-enhanced': { enabled: colours },
      'css-orientation-lock': { enabled: false },
    },
  }
  const found = await page.evaluate<AxeResult>(`axe.run(${JSON.stringify(options)})`)
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
