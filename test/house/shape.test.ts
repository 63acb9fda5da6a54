/** Names, sizes and pages: what the conventions ask of every file and room. */
import assert from 'node:assert/strict'
import { basename, dirname } from 'node:path'
import { test } from 'node:test'
import { projectFiles, read, sourceFiles } from './tree.ts'

const TOP_LEVEL = new Set([
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.dist.json', 'biome.json', 'electron-builder.yml'],
  ...['.ci', '.gitignore', '.npmrc', '.editorconfig', '.gitattributes', '.github'],
  ...['README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...['src', 'drivers', 'applets-sim', 'apps', 'test', 'docs'],
])
const files = projectFiles()
const sources = sourceFiles()
const lines = (path: string): string[] => read(path).replace(/\n$/, '').split('\n')

test('the top level is the fixed one', () => {
  const strangers = new Set(files.map((path) => path.split('/')[0] as string).filter((name) => !TOP_LEVEL.has(name)))
  assert.deepEqual([...strangers], [])
})

test('files and folders are kebab-case', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/
  const odd = files
    .filter((path) => /^(src|drivers|applets-sim|apps|test)\//.test(path))
    .flatMap((path) => path.split('/'))
    .filter((name) => !kebab.test(name) && name !== 'README.md' && !name.startsWith('.'))
  assert.deepEqual([...new Set(odd)], [])
})

test('small files: median ≤ 80 lines, nine in ten ≤ 250, a longer one says that it implements one whole standard', (t) => {
  const sizes = sources.map((path) => ({ path, size: lines(path).length })).sort((a, b) => a.size - b.size)
  const at = (share: number) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))]?.size ?? 0
  const longest = sizes.slice(-5).reverse()
  t.diagnostic(`${sizes.length} files, median ${at(0.5)}, 90th percentile ${at(0.9)} lines`)
  t.diagnostic(`longest: ${longest.map(({ path, size }) => `${path} ${size}`).join(', ')}`)
  assert.ok(at(0.5) <= 80, `median ${at(0.5)}`)
  assert.ok(at(0.9) <= 250, `90th percentile ${at(0.9)}`)
  const unexplained = sizes
    .filter(({ size }) => size > 250)
    .filter(({ path }) => !/\bwhole\b/i.test(lines(path).slice(0, 2).join(' ')))
  assert.deepEqual(unexplained, [])
})

test('no barrel, no default export, no enum, no namespace', () => {
  const banned = /^\s*export (\* from|default\b)|^\s*(export )?(declare )?(const )?(enum|namespace) \w/m
  assert.deepEqual(
    sources.filter((path) => banned.test(read(path)) || basename(path) === 'index.ts'),
    [],
  )
})

test('every room has a page that fits on a page', () => {
  const rooms = new Set(
    sources.map((path) =>
      path
        .split('/')
        .slice(0, path.startsWith('applets-sim/') ? 1 : 2)
        .join('/'),
    ),
  )
  const pages = [...rooms].filter((room) => !room.endsWith('.ts')).map((room) => `${room}/README.md`)
  const missing = pages.filter((page) => !files.includes(page))
  assert.deepEqual(missing, [], 'rooms without README.md')
  const long = pages.filter((page) => lines(page).length > 70)
  assert.deepEqual(long, [], 'README.md longer than a page')
})

test('nothing unfinished is left behind', () => {
  const marks = /\b(TODO|FIXME|XXX)\b/
  const code = files.filter((path) => /\.(ts|tsx|mjs|css|html)$/.test(path) && !path.startsWith('test/house/'))
  assert.deepEqual(
    code.filter((path) => marks.test(read(path))),
    [],
  )
})

test('decision records are numbered once each', () => {
  const numbers = files.filter((path) => dirname(path) === 'docs/decisions').map((path) => basename(path).slice(0, 4))
  assert.deepEqual(
    numbers.filter((number, i) => numbers.indexOf(number) !== i),
    [],
  )
})
