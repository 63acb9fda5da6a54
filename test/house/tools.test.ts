import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectFiles, root } from './tree.ts'

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
// Law 2: src/tsconfig.json knows nothing of Node; a folder with screens may have one that knows the DOM.
for (const config of projectFiles().filter((path) => path.endsWith('/tsconfig.json')))
  test(`the compiler finds no fault with the globals of ${config}`, () => passes('typescript/bin/tsc', '-p', config))
test('the linter and the formatter find no fault', () =>
  passes('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings'))
