/** `npm run build`: TypeScript, the built screens and the data files beside them to `dist`, from nothing, so that no file of yesterday is shipped. */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, succeeds } from './command.mjs'
import { installRuntime } from './runtime.mjs'

const ROOMS = ['src', 'drivers', 'applets-sim', 'apps']
const NOT_DATA = /\.(ts|tsx|mjs|md)$|(^|[\\/])(tsconfig[^\\/]*|package(-lock)?)\.json$|[\\/]renderer[\\/](?!dist[\\/])/

const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
if (!succeeds(process.execPath, [compiler, '-p', 'tsconfig.dist.json'])) process.exitCode = 1
if (!succeeds(installRuntime(), [join(root, 'apps', 'terminal', 'build.ts')])) process.exitCode = 1

for (const room of ROOMS)
  for (const entry of readdirSync(join(root, room), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    if (!entry.isFile() || NOT_DATA.test(path)) continue
    const target = join(dist, path.slice(root.length))
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(path, target)
  }
