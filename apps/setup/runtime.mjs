/** Node 24: the machine's own where it is new enough, else one for this project alone in `.runtime`. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { npm, root, say } from './command.mjs'

const OLDEST = 24
const folder = join(root, '.runtime')
const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const packageFolder = join(folder, 'node_modules', name)
const wanted = JSON.parse(readFileSync(new URL('./runtime/package.json', import.meta.url), 'utf8'))
const version = wanted.optionalDependencies[name]

const newEnough = () => Number(process.versions.node.split('.')[0]) >= OLDEST
const binary = () => join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

function installed() {
  try {
    return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version === version
  } catch {
    return false
  }
}

/** Brings Node 24 when it is missing. Returns the path of a Node that can run this project. */
export function installRuntime() {
  if (newEnough()) return process.execPath
  if (version === undefined)
    throw new Error(
      `Madoguchi needs Node ${OLDEST} or later; this is ${process.version}. Please install Node ${OLDEST}.`,
    )
  if (!installed()) {
    say(
      `準備: Node ${version} をこのプロジェクトだけに入れます / This machine's Node is ${process.version}; installing Node ${version} for this project alone …`,
    )
    mkdirSync(folder, { recursive: true })
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(new URL(`./runtime/${file}`, import.meta.url), join(folder, file))
    if (
      !npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder }) ||
      !installed()
    )
      throw new Error(
        `Node ${version} could not be installed. Is the npm registry reachable? Or install Node ${OLDEST} on this machine.`,
      )
  }
  return binary()
}

/** A folder with `include/node` for native code, from what is on the machine; undefined when there is none. */
export function headersFolder(node) {
  const candidates = [dirname(dirname(node)), dirname(dirname(process.execPath)), packageFolder]
  return candidates.find((candidate) => existsSync(join(candidate, 'include', 'node', 'node_api.h')))
}
