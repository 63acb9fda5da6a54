/** What a stranger gets from the registry: packed, installed in an empty project, used from the command line and from a program. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'madoguchi-package-'))
const project = join(folder, 'project')
let packed: { filename: string; files: { path: string }[] }

function run(program: string, args: readonly string[], cwd = project) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', env: clean })
  return { status, stdout, stderr, all: `${stdout}${stderr}` }
}

/** npm hands its own settings down to what it starts; a stranger's shell has none of them. */
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))

before(() => {
  mkdirSync(project)
  const pack = run('npm', ['pack', '--json', '--pack-destination', folder], root)
  assert.equal(pack.status, 0, pack.all)
  const answer = JSON.parse(pack.stdout.slice(pack.stdout.search(/^[[{]/m)))
  packed = (Array.isArray(answer) ? answer : Object.values(answer))[0]
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  const install = run('npm', ['install', ...quiet, join(folder, packed.filename)])
  assert.equal(install.status, 0, install.all)
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('it holds compiled JavaScript and types, the data beside them, the licence – and nothing else', () => {
  const paths = packed.files.map(({ path }) => path)
  const kind = /^dist\/.*\.(js|d\.ts|json|csv|sql|html|css|svg|woff2|ttf|png)$/
  const others = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'apps/cli/madoguchi.mjs']
  assert.deepEqual(
    paths.filter((path) => !kind.test(path) && !others.includes(path)),
    [],
  )
  for (const wanted of [
    ...others,
    'dist/apps/cli/main.js',
    'dist/apps/cli/main.d.ts',
    'dist/apps/testkit/testkit.js',
    KIOSK,
  ])
    assert.ok(paths.includes(wanted), `${wanted} is missing`)
})

/** The screens are shipped built. */
const KIOSK = 'dist/apps/terminal/renderer/dist/kiosk/index.html'

test('the command line works, and says what is not there', () => {
  assert.equal(run('npx', ['--no', '--', 'madoguchi', '--version']).stdout, `${manifest.version}\n`)
  const help = run('npx', ['--no', '--', 'madoguchi', '--help'])
  assert.equal(help.status, 0, help.all)
  const { status, stdout } = run('npx', ['--no', '--', 'madoguchi', 'doctor'])
  assert.equal(status, 1)
  assert.match(stdout, /^PROBLEM {2}PC\/SC binding: not built/m, 'without its install script the binding is not built')
})

test('a program lays a simulated card on a reader of its own', () => {
  writeFileSync(join(project, 'program.mjs'), PROGRAM)
  const { status, all } = run(process.execPath, ['program.mjs'])
  assert.equal(status, 0, all)
})

test('its types serve a strict TypeScript program', () => {
  writeFileSync(join(project, 'program.ts'), PROGRAM)
  const options = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }))
  const { status, all } = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'])
  assert.equal(status, 0, all)
})

const PROGRAM = `import { virtualReaders } from 'madoguchi/testkit'

await using readers = await virtualReaders({ Counter: 'resident' })
const card = await readers.service.connect('Counter', 'shared')
const answer = await card.transmit(Uint8Array.of(0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0, 0, 0, 1))
if (answer[0] !== 0x90) throw new Error('the simulated card did not answer')
await card.disconnect('leave')
`
