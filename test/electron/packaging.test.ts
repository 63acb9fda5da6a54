/** What is packaged, and how: electron-builder's own schema, the files the program reaches and no others, fuses, native code, supply chain. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { FUSES } from '../../apps/terminal/electron/fuses.ts'
import { programOf } from '../../apps/terminal/packaging/flip-fuses.ts'
import { billOfMaterials } from '../../apps/terminal/packaging/sbom.ts'
import { installTools, TOOLS } from '../../apps/terminal/packaging/tools.ts'
import manifest from '../../package.json' with { type: 'json' }
import { importsOf, projectFiles, read } from '../house/tree.ts'

const tool = createRequire(join(TOOLS, 'package.json'))

interface Config {
  readonly [key: string]: unknown
  readonly files: readonly string[]
  readonly asarUnpack: readonly string[]
}
let config: Config
/** Would electron-builder take this file in? */
let taken: (path: string) => boolean

before(() => {
  installTools()
  config = tool('js-yaml').load(read('electron-builder.yml'))
  const { minimatch } = tool('minimatch')
  // As electron-builder reads its list: the last pattern that matches decides.
  taken = (path) => {
    const last = config.files.findLast((pattern) => minimatch(path, pattern.replace(/^!/, ''), { dot: true }))
    return last !== undefined && !last.startsWith('!')
  }
})

/** From its entries: files of ours, and packages. */
function reached(): { files: string[]; packages: Set<string> } {
  const open = ['apps/terminal/electron/main.ts', 'apps/terminal/electron/host-process.ts']
  const files = new Set<string>()
  const packages = new Set<string>()
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    // What a packaged terminal refuses to do is not packaged either.
    if (files.has(path) || path === 'apps/terminal/electron/simulated-readers.ts') continue
    files.add(path)
    for (const { to, typesOnly } of importsOf(path)) {
      if (typesOnly || to.startsWith('node:') || to === 'electron') continue
      if (/^(src|drivers|apps|applets-sim)\//.test(to)) open.push(to)
      else
        packages.add(
          to
            .split('/')
            .slice(0, to.startsWith('@') ? 2 : 1)
            .join('/'),
        )
    }
  }
  // Its thread is started by its address, not imported.
  files.add('drivers/pcsc/binding-worker.ts')
  // And the binding is looked for when it is used, because a machine may lack it.
  packages.add('smartcard')
  return { files: [...files], packages }
}

const compiled = (path: string) => `dist/${path.replace(/\.ts$/, '.js')}`

test('row 16: electron-builder accepts electron-builder.yml by its own schema', () => {
  const schema = JSON.parse(readFileSync(tool.resolve('app-builder-lib/scheme.json'), 'utf8'))
  const Ajv = tool('ajv')
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
  assert.ok(validate(config), JSON.stringify(validate.errors, null, 1))
  assert.ok(!validate({ ...config, asarUnpacked: [] }), 'the schema notices what is no setting')
})

test('row 16: native code lies outside the archive and is loaded in the host process only', () => {
  for (const name of ['smartcard', 'pkcs11js', '@napi-rs/canvas*'])
    assert.ok(config.asarUnpack.includes(`node_modules/${name}/**`), name)
  assert.ok(config.asarUnpack.includes('**/*.node'))
  assert.equal(config['asar'], true)
  const ofMain = new Set<string>()
  const open = ['apps/terminal/electron/main.ts']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (ofMain.has(path)) continue
    ofMain.add(path)
    for (const { to, typesOnly } of importsOf(path))
      if (!typesOnly && to.startsWith('node:') === false && to.includes('/'))
        open.push(...(to.endsWith('.ts') ? [to] : []))
  }
  assert.ok(ofMain.size > 10)
  assert.deepEqual(
    [...ofMain].filter((path) => path.startsWith('drivers/') || path.startsWith('src/host/')),
    [],
  )
})

test('row 25: what the program reaches is packaged; the door, the backend, the simulation and their packages are not', () => {
  const { files, packages } = reached()
  assert.ok(files.includes('src/host/hall.ts') && files.includes('drivers/pcsc/pcsc.ts'))
  assert.deepEqual(
    files.filter((path) => !taken(compiled(path))),
    [],
    'reached, not packaged',
  )
  for (const path of files)
    assert.doesNotMatch(path, /^(apps\/(browser-host|cli|testkit|start|backend)|applets-sim|src\/backend)\//)
  for (const path of [
    'electron/preload.cjs',
    'electron/calm/index.html',
    'electron/calm/calm.css',
    'renderer/dist/kiosk/index.html',
    'renderer/dist/diagnostics/index.html',
  ])
    assert.ok(taken(`dist/apps/terminal/${path}`), path)
  for (const path of [
    'dist/apps/browser-host/door.js',
    'dist/apps/terminal/electron/simulated-readers.js',
    'dist/apps/terminal/renderer/dist/desk/index.html',
    'dist/applets-sim/simulated-card.js',
    'dist/src/backend/backend.js',
    'dist/apps/testkit/testkit.js',
    'apps/terminal/electron/main.ts',
    'test/electron/main.test.ts',
  ])
    assert.ok(!taken(path), path)
  // electron-builder brings production dependencies, and theirs, by itself: the list lets in what the program reaches.
  const brought = Object.keys(JSON.parse(read('package-lock.json')).packages).filter((path) => path !== '')
  const packaged = brought
    .filter((path) => taken(`${path}/package.json`))
    .map((path) => path.slice('node_modules/'.length))
  assert.deepEqual(packaged.sort(), [...packages].sort())
})

test('row 13: every fuse that exists is set, and as the checklist wants it', async () => {
  const { FuseV1Options } = await import(pathToFileURL(join(TOOLS, 'node_modules/@electron/fuses/dist/index.js')).href)
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)))
  assert.deepEqual(Object.keys(FUSES).sort(), known.sort())
  const { RunAsNode, EnableNodeOptionsEnvironmentVariable, EnableNodeCliInspectArguments } = FUSES
  const off = [RunAsNode, EnableNodeOptionsEnvironmentVariable, EnableNodeCliInspectArguments]
  assert.deepEqual([...off, FUSES.GrantFileProtocolExtraPrivileges], [false, false, false, false])
  const on = [FUSES.OnlyLoadAppFromAsar, FUSES.EnableCookieEncryption, FUSES.EnableEmbeddedAsarIntegrityValidation]
  assert.deepEqual(on, [true, true, true])
  assert.equal(config['electronFuses'], undefined, 'fuses are set in one place')
  assert.equal(config['afterPack'], './apps/terminal/packaging/flip-fuses.ts')
  assert.match(read('apps/terminal/packaging/flip-fuses.ts'), /strictlyRequireAllFuses: true/)
})

test('row 13: the file that holds the fuses, on each system', () => {
  const packed = (electronPlatformName: string, executableName?: string) =>
    programOf({
      appOutDir: '/out',
      electronPlatformName,
      packager: {
        ...(executableName === undefined ? {} : { executableName }),
        appInfo: { productFilename: 'Terminal' },
      },
    })
  assert.equal(packed('linux', 'terminal'), join('/out', 'terminal'))
  assert.equal(packed('win32'), join('/out', 'Terminal.exe'))
  assert.equal(packed('darwin'), join('/out', 'Terminal.app'))
})

test('row 14: the archive is checked by the program on macOS and Windows, and signed there or not made', () => {
  assert.equal(FUSES.EnableEmbeddedAsarIntegrityValidation, true)
  assert.equal((config['win'] as Config)['forceCodeSigning'], true)
  assert.equal((config['mac'] as Config)['forceCodeSigning'], true)
  assert.equal((config['mac'] as Config)['hardenedRuntime'], true)
  assert.equal(config['disableAsarIntegrity'], undefined)
  assert.match(read('apps/terminal/electron/README.md'), /root/)
})

test('row 15: another process is a utilityProcess, never a fork of the program', () => {
  const guilty = projectFiles()
    .filter((path) => /^apps\/terminal\/electron\/.*\.(ts|cjs)$/.test(path))
    .filter((path) => /child_process|(?<!utilityProcess)\.fork\(|(?<![.\w])fork\(/.test(read(path)))
  assert.deepEqual(guilty, [])
})

test('row 17: nothing is published or looked for by itself; the publisher is named', () => {
  assert.equal(config['publish'], null)
  const { signtoolOptions } = config['win'] as { signtoolOptions: { publisherName: string[] } }
  assert.equal(signtoolOptions.publisherName.length, 1)
  assert.ok(!Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).includes('electron-updater'))
})

test('row 21: a page has no network but the carrier of its channel', () => {
  const network =
    /\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b|\bRTCPeerConnection\b|\bWebTransport\b|\bserviceWorker\b/
  const renderer = projectFiles().filter((path) => /^apps\/terminal\/renderer\/.*\.(ts|tsx)$/.test(path))
  assert.ok(renderer.length > 10)
  assert.deepEqual(
    renderer.filter((path) => network.test(read(path))),
    ['apps/terminal/renderer/shared/channel.ts'],
  )
  assert.match(read('apps/terminal/renderer/shared/channel.ts'), /location\.protocol === 'app:' \? openPort/)
})

test('row 21: only the host process reaches a network', () => {
  const open = ['apps/terminal/electron/main.ts']
  const seen = new Set<string>()
  const used = new Set<string>()
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    for (const { to, typesOnly } of importsOf(path)) {
      if (!typesOnly) used.add(to)
      if (!typesOnly && to.endsWith('.ts')) open.push(to)
    }
  }
  const networks = ['node:http', 'node:https', 'node:net', 'node:tls', 'node:dgram', 'node:http2', 'ws']
  assert.deepEqual(
    networks.filter((name) => used.has(name)),
    [],
  )
})

test('row 23: the bill of materials names everything that runs with the terminal, by content and licence', () => {
  const { bomFormat, components } = JSON.parse(billOfMaterials())
  assert.equal(bomFormat, 'CycloneDX')
  const names: string[] = components.map(({ name }: { name: string }) => name)
  for (const name of [...Object.keys(manifest.dependencies), 'electron']) assert.ok(names.includes(name), name)
  assert.ok(!names.includes('typescript') && !names.includes('playwright-core'))
  for (const { name, licenses, hashes } of components) {
    assert.ok(licenses?.length === 1, `${name} has no licence`)
    assert.match(hashes[0].content, /^[0-9a-f]{128}$/, name)
  }
})

test('row 23: few packages run with the terminal, and none but two builds anything at install, by name', () => {
  assert.deepEqual(Object.keys(manifest.allowScripts).sort(), ['pkcs11js', 'smartcard'])
  assert.ok(reached().packages.size <= 4, [...reached().packages].join(', '))
})
