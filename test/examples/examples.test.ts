/** The examples in docs/examples do what they say, as they stand there. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const options = {
  env: { ...process.env, LC_ALL: 'C.UTF-8', MADOGUCHI: `${process.execPath} ${join(root, 'apps/cli/madoguchi.mjs')}` },
  timeout: 60_000,
}
const example = (program: string, name: string) =>
  promisify(execFile)(program, [join(root, 'docs/examples', name)], options)

test('python_test.py: three tests of a Python program', async () => {
  const { stderr } = await example('/usr/bin/python3', 'python_test.py')
  assert.match(stderr, /Ran 3 tests in .*\n\nOK\n$/)
})

test('ci.sh: a signature, a card that is kept, readers driven with curl', async () => {
  const { stdout } = await example('/bin/sh', 'ci.sh')
  const lines = stdout.split('\n').filter((line) => /^(signed|tries|atr|gone)/.test(line))
  assert.deepEqual(lines.slice(0, 2), ['signed: 256 bytes', 'tries left: 1'])
  assert.match(lines[2] ?? '', /^atr: 3b:88:80:01:/)
  assert.equal(lines[3], 'gone')
})
