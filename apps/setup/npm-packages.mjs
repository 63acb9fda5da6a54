/** The npm packages of package-lock.json. Nothing is run at install: see native-packages.mjs for what is built. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, root, say } from './command.mjs'

/** What is installed, as npm itself noted it, against what is wanted. Other platforms' optional packages may be absent. */
function complete() {
  const wanted = packagesOf('package-lock.json')
  const present = packagesOf(join('node_modules', '.package-lock.json'))
  if (wanted === undefined || present === undefined) return false
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true
    const found = present[path]
    return found === undefined ? optional === true : found.version === version
  })
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

export function installNpmPackages() {
  if (complete()) return
  // Not `npm ci`: it refuses a lockfile without the optional packages of platforms for which the registry has none.
  say('準備: npm パッケージを入れます / Installing the npm packages of package-lock.json …')
  if (!npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))
    throw new Error('The npm packages could not be installed. Is the npm registry reachable?')
}
