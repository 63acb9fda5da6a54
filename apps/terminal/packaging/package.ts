/** `npm run package`: everything compiled, a bill of materials beside it, and the terminal as a program for the system this runs on. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { supportOf } from '../electron/releases.ts'
import { electronProgram } from './electron-program.ts'
import { billOfMaterials } from './sbom.ts'
import { installTools, ROOT, TOOLS } from './tools.ts'

const OUT = join(ROOT, '.runtime/package')
const node = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status === 0

function run(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/electron/package.json'), 'utf8'))
  const support = supportOf(version, Date.now())
  if (support === 'ended' || support === 'unknown')
    throw new Error(
      `Electron ${version} is not supported any more (${support}): take a newer one, and add it to releases.ts.`,
    )
  if (!node('apps/setup/compile.mjs')) throw new Error('The sources could not be compiled.')
  installTools()
  mkdirSync(OUT, { recursive: true })
  writeFileSync(join(OUT, 'sbom.cdx.json'), billOfMaterials())
  if (electronProgram() === undefined) node('node_modules/electron/install.js')
  if (electronProgram() === undefined)
    throw new Error(
      `Electron ${version} could not be fetched for this system: allow github.com, or name a mirror in ELECTRON_MIRROR; everything else is ready.`,
    )
  if (
    !node(join(TOOLS, 'node_modules/electron-builder/cli.js'), '--config', 'electron-builder.yml', '--publish', 'never')
  )
    throw new Error('electron-builder did not finish; what it said stands above.')
  return `The packages are in ${OUT}.`
}

try {
  console.log(run())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
