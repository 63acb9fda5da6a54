/** What packaging needs and nothing else does, from a lockfile of its own, installed when it is used and without running anything. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../../..')
export const TOOLS = join(ROOT, '.runtime/packaging')
const LOCK = 'package-lock.json'
const PINNED = join(import.meta.dirname, 'tools')

/** Throws an error that a person can act on. */
export function installTools(): void {
  const wanted = readFileSync(join(PINNED, LOCK), 'utf8')
  const installed = join(TOOLS, 'node_modules/.package-lock.json')
  if (existsSync(installed) && existsSync(join(TOOLS, LOCK)) && readFileSync(join(TOOLS, LOCK), 'utf8') === wanted)
    return
  mkdirSync(TOOLS, { recursive: true })
  for (const file of ['package.json', LOCK]) copyFileSync(join(PINNED, file), join(TOOLS, file))
  // One peer of electron-builder makes another kind of installer, and is the only package in its tree that runs something at install.
  const args = ['ci', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, {
    cwd: TOOLS,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0)
    throw new Error('the tools for packaging (electron-builder) could not be installed: is the npm registry reachable?')
}
