/** What the project takes in from others: under which licence, from where, and what may run at install. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf, projectFiles, read, sourceFiles } from './tree.ts'

interface LockedPackage {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

const lockOf = (path: string): [name: string, LockedPackage][] =>
  Object.entries<LockedPackage>(JSON.parse(read(path)).packages).filter(([name]) => name !== '')
const locks = projectFiles().filter((path) => path.endsWith('package-lock.json'))
const manifest = JSON.parse(read('package.json'))

/**
 * Licences that may be combined with Apache-2.0 in what we hand out (https://www.apache.org/legal/resolved.html, category A; OFL-1.1
 * for fonts handed out as they are).
 */
const COMPATIBLE =
  /^(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Zlib|Python-2\.0|OFL-1\.1)$/

test('everything that runs with us has a licence compatible with Apache-2.0', () => {
  const runtime = lockOf('package-lock.json').filter(([, { dev }]) => dev !== true)
  assert.ok(runtime.length > 3)
  const compatible = (licence: string) =>
    licence
      .replace(/[()]/g, '')
      .split(' OR ')
      .some((choice) => choice.split(' AND ').every((part) => COMPATIBLE.test(part)))
  const refused = runtime.filter(([, { license }]) => license === undefined || !compatible(license))
  assert.deepEqual(
    refused.map(([name, { license }]) => `${name}: ${license}`),
    [],
  )
})

test('the lockfiles pin by content and name no machine and no registry', () => {
  for (const path of locks)
    for (const [name, entry] of lockOf(path)) {
      assert.equal(entry.resolved, undefined, `${path}: ${name} names where it came from`)
      assert.ok(entry.integrity?.startsWith('sha512-'), `${path}: ${name} is not pinned by its content`)
    }
})

test('the lockfile is of this package.json', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package-lock.json')).packages['']
  const wanted = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
  assert.deepEqual([dependencies, devDependencies, optionalDependencies], wanted)
})

test('only packages allowed by name run something at install, and versions are exact', () => {
  const scripted = locks.flatMap(lockOf).filter(([, { hasInstallScript }]) => hasInstallScript === true)
  const names = scripted.map(([name]) => name.replace(/^.*node_modules\//, ''))
  assert.deepEqual(
    names.filter((name) => manifest.allowScripts[name] !== true),
    [],
  )
  const ranges = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries<string>(manifest[kind] ?? {}).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
  )
  assert.deepEqual(ranges, [])
})

test('every package imported is a dependency, and every dependency is used', () => {
  const nameOf = (specifier: string) =>
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
  const isOfScreens = (path: string) => path.includes('/renderer/') || path === 'apps/terminal/build.ts'
  const declared = { ...manifest.dependencies, ...manifest.optionalDependencies }
  const imported = sourceFiles()
    .flatMap(importsOf)
    .filter(
      ({ to, typesOnly }) => !typesOnly && !to.startsWith('node:') && !/^(src|drivers|applets-sim|apps)\//.test(to),
    )
    // The screens are bundled when they are built: what they import is in the bundle.
    .filter(({ from, to }) => !(isOfScreens(from) && nameOf(to) in manifest.devDependencies))
    // What runs inside Electron is given its module by Electron itself.
    .filter(({ from, to }) => !(to === 'electron' && from === 'apps/terminal/electron/main.ts'))
    .map(({ to }) => nameOf(to))
  assert.deepEqual(
    imported.filter((name) => !(name in declared)),
    [],
    'imported, not declared',
  )
  // A font or a style sheet is named elsewhere than in an import.
  const code = projectFiles()
    .filter((path) => /^(src|drivers|applets-sim|apps)\/.*\.(ts|tsx|mjs|css|html)$/.test(path))
    .map(read)
    .join('\n')
  const used = (name: string) => code.includes(`'${name}'`) || code.includes(`'${name}/`) || code.includes(`"${name}`)
  assert.deepEqual(
    Object.keys(declared).filter((name) => !used(name)),
    [],
    'declared, not used',
  )
})
