/** What axe-core finds on a page, one line a violation. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

export const loadAxe = (page: Page): Promise<unknown> => page.evaluate(axe)

export async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<AxeResult>('axe.run()')
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
