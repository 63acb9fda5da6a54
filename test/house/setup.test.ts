/** The two commands of a new machine: quick and silent when nothing is missing, and transparent to what they start. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './tree.ts'

const door = join(root, 'apps/setup/with-setup.mjs')
const folder = mkdtempSync(join(tmpdir(), 'madoguchi-setup-'))

function script(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('nothing missing: silent, under a second, arguments and exit code passed', () => {
  const probe = script('probe.mjs', 'console.log(process.versions.node, ...process.argv.slice(2)); process.exit(7)')
  const began = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, [door, probe, 'a b', '--c'], { encoding: 'utf8' })
  const took = performance.now() - began
  assert.deepEqual([status, stderr], [7, ''])
  assert.match(stdout, /^(2[4-9]|[3-9]\d)\.\S+ a b --c\n$/)
  // The share of Node's own start is counted too; a busy machine is given some air.
  assert.ok(took < 2000, `${took} ms`)
})

test('what it starts finds the same Node by name', () => {
  const probe = script(
    'child.mjs',
    "import { execFileSync } from 'node:child_process'\nprocess.stdout.write(execFileSync('node', ['-p', 'process.version']))",
  )
  const { stdout } = spawnSync(process.execPath, [door, probe], { encoding: 'utf8' })
  assert.equal(stdout.trim(), process.version)
})

test('a signal reaches the script, and its end is ours', async () => {
  const probe = script(
    'waits.mjs',
    "process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('waiting')",
  )
  const child = spawn(process.execPath, [door, probe], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [3, null])
})

/** Runs one line of the setup on this Node, with an environment of its own. */
function setup(line: string, env: NodeJS.ProcessEnv): string {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', line], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 30_000,
  })
  return stderr
}

test('without root each missing Debian package is named, with what does not work, and how to get all', () => {
  const dpkg = script('dpkg', '#!/bin/sh\necho "make install"\necho "opensc deinstall"\n')
  chmodSync(dpkg, 0o755)
  const line = `process.getuid = () => 1000
    const { installDebianPackages } = await import('./apps/setup/debian-packages.mjs')
    installDebianPackages()`
  const said = setup(line, { PATH: `${folder}:${process.env['PATH']}` })
  assert.match(said, /^ {2}opensc: signing through OpenSC, and its tests$/m)
  assert.match(said, /^ {2}pcscd: real readers/m)
  assert.doesNotMatch(said, /^ {2}make:/m)
  assert.match(said, /As root: apt-get install --no-install-recommends .*\bopensc\b/)
})

test('a home that cannot be written is no obstacle: npm keeps what it fetches in the project', () => {
  const line = "(await import('./apps/setup/command.mjs')).npm(['config', 'get', 'cache'])"
  // No folder can be made inside a file, not even by root.
  const env = { HOME: script('home', ''), npm_config_cache: undefined }
  assert.match(setup(line, env), new RegExp(`${join(root, '.runtime', 'npm-cache')}$`, 'm'))
  assert.match(setup(line, { ...env, npm_config_cache: folder }), new RegExp(`^${folder}$`, 'm'))
})
