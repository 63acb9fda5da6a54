import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { endpointsPage } from '../../apps/backend/endpoints-page.ts'

const PAGE = new URL('../../docs/backend-api.md', import.meta.url)

test('docs/backend-api.md is what the contract says (UPDATE_DOCS=1 writes it anew)', () => {
  const page = endpointsPage()
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page)
  assert.equal(readFileSync(PAGE, 'utf8'), page)
})
