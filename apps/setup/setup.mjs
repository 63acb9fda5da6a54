/** Everything a new machine lacks, in the order in which one step needs another. Each step is quick when nothing is missing. */
import { installDebianPackages } from './debian-packages.mjs'
import { buildNativePackages } from './native-packages.mjs'
import { installNpmPackages } from './npm-packages.mjs'
import { installRuntime } from './runtime.mjs'

/** The npm packages and Node 24: enough for everything that is simulated. Returns the path of Node. */
export function setUpPackages() {
  installNpmPackages()
  return installRuntime()
}

/** The same, and what real readers and other people's programs need. Returns the path of Node. */
export function setUpMachine() {
  installDebianPackages()
  const node = setUpPackages()
  buildNativePackages(node)
  return node
}
