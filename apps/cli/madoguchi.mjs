#!/usr/bin/env node
/** The `madoguchi` command: compiled JavaScript in the package, TypeScript in a checkout (there with Node 24 brought along). */
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const checkout = existsSync(new URL('main.ts', import.meta.url))

/** Compiled code is kept from one start to the next, where this user alone writes; where nobody can, it is simply not kept. */
const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
module.enableCompileCache?.(process.env['NODE_COMPILE_CACHE'] || join(cache, 'madoguchi'))

async function nodeFor(checkout) {
  if (checkout) return (await import('../setup/setup.mjs')).setUpPackages()
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Error(`Madoguchi needs Node 24 or later; this is ${process.version}.`)
}

try {
  const node = await nodeFor(checkout)
  if (node === process.execPath) {
    const { runMain } = await import(checkout ? './main.ts' : '../../dist/apps/cli/main.js')
    await runMain(version)
  } else {
    const { runOn } = await import('../setup/run-on.mjs')
    runOn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)])
  }
} catch (error) {
  process.stderr.write(`madoguchi: ${error.message}\n`)
  process.exitCode = 1
}
