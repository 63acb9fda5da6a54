import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { accessRulesPage } from '../../applets-sim/applications/access-rules-page.ts'

const PAGE = new URL('../../docs/access-rules.md', import.meta.url)

test('docs/access-rules.md is what the access table says (UPDATE_DOCS=1 writes it anew)', () => {
  const page = accessRulesPage().trimEnd().concat('\n')
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page)
  assert.equal(readFileSync(PAGE, 'utf8'), page)
})
