import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** Runs a tool of node_modules on the Node that runs this test; fails with what it printed. */
function passes(script: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  assert.equal(status, 0, `${stdout}\n${stderr}`)
}

test('the compiler finds no fault', () => passes('typescript/bin/tsc', '-p', '.'))
test('the neutral rooms of src use nothing of Node', () => passes('typescript/bin/tsc', '-p', 'src'))
test('the linter and the formatter find no fault', () =>
  passes('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings'))
