import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { filePath, pageFile } from '../../apps/terminal/page-file.ts'

const base = mkdtempSync(join(tmpdir(), 'madoguchi-page-'))
const folder = join(base, 'pages')
before(() => {
  for (const path of ['pages/kiosk', 'pages-private', 'pages/kiosk.html'])
    mkdirSync(join(base, path), { recursive: true })
  writeFileSync(join(folder, 'kiosk/index.html'), 'kiosk')
  writeFileSync(join(folder, 'notes.txt'), 'no type that a page is made of')
  writeFileSync(join(base, 'pages-private/index.html'), 'outside')
  writeFileSync(join(base, 'outside.html'), 'outside')
})

test('row 5: a page and its index', async () => {
  for (const path of ['/kiosk/', '/kiosk/index.html', '/%6biosk/']) {
    const file = await pageFile(folder, path)
    assert.equal(file?.type, 'text/html; charset=utf-8')
    assert.equal(Buffer.from(file?.body ?? []).toString(), 'kiosk')
  }
})

test('row 5: nothing outside, no unknown type, no odd path', async () => {
  for (const path of [
    '/../outside.html',
    '/%2e%2e/outside.html',
    '/%2E./outside.html',
    '/kiosk/../../outside.html',
    '/..%2foutside.html',
    '/%2e%2e%2foutside.html',
    '/..%5coutside.html',
    '/..\\outside.html',
    '/../pages-private/index.html',
    '/%2e%2e/pages-private/',
    '-private/index.html',
    '/kiosk/index.html%00.js',
    '/kiosk/./index.html',
    '//kiosk/index.html',
    '/kiosk//index.html',
    '/C:/kiosk/index.html',
    '/kiosk/index.html:stream',
    '/%ff/index.html',
    '/%',
    '/notes.txt',
    '/kiosk',
    '/kiosk.html',
    '/absent.html',
    '',
  ])
    assert.equal(await pageFile(folder, path), undefined, path)
})

test('row 5: whatever the path, what it leads to is inside', () => {
  const piece = fc.oneof(
    fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', '/', '//', '%00', 'index.html', 'a.js', ':', '%252e%252e'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const found = filePath(folder, `/${pieces.join('/')}`)
      if (found === undefined) return
      const inside = relative(folder, found.path)
      assert.ok(!inside.split(sep).includes('..') && inside !== '', inside)
    }),
    { numRuns: 2000 },
  )
})
