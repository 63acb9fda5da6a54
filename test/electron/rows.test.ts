/** Every row of the checklist has a test that names it, and the page names the test. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFiles, read } from '../house/tree.ts'

const ROWS = Array.from({ length: 25 }, (_, i) => i + 1)
const TITLE = /\btest\(\s*['"`]rows? ([\d, and]+):/g

const named = new Map<number, string[]>()
for (const path of projectFiles().filter((file) => /^test\/electron\/.*\.test\.ts$/.test(file)))
  for (const [, numbers = ''] of read(path).matchAll(TITLE))
    for (const number of numbers.match(/\d+/g) ?? []) {
      const file = path.replace(/^test\/electron\/|\.test\.ts$/g, '')
      named.set(Number(number), [...(named.get(Number(number)) ?? []), file])
    }

test('rows 1 to 25 each stand in the title of a test', () => {
  assert.deepEqual(
    ROWS.filter((row) => !named.has(row)),
    [],
  )
})

test('the page says in which test, and it is there', () => {
  const lines = read('apps/terminal/electron/README.md').matchAll(/^\| ([\d, ]+) \|.*\| ([^|]+) \|$/gm)
  const seen = new Set<number>()
  for (const [, rows = '', tests = ''] of lines)
    for (const row of rows.split(', ').map(Number)) {
      seen.add(row)
      const files = [...tests.matchAll(/`([\w-]+)`/g)].map(([, file]) => file as string)
      assert.ok(
        files.some((file) => named.get(row)?.includes(file)),
        `row ${row}: ${files} against ${named.get(row)}`,
      )
      const missing = files.filter((file) => !named.get(row)?.includes(file))
      // A line for two rows names the tests of either.
      if (rows.trim() === String(row)) assert.deepEqual(missing, [], `row ${row}`)
    }
  assert.deepEqual(
    ROWS.filter((row) => !seen.has(row)),
    [],
  )
})
