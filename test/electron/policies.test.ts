/** Rows of the checklist that are a table or one decision. Names of Electron's own come from its type declarations, so that a new one is noticed. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { facesOf, KIOSK, RESIDENT, STAFF } from '../../apps/terminal/electron/faces.ts'
import { keepInside } from '../../apps/terminal/electron/navigation.ts'
import { isOwnUrl } from '../../apps/terminal/electron/origin.ts'
import {
  answerCheck,
  answerDevice,
  answerDisplayMedia,
  answerRequest,
} from '../../apps/terminal/electron/permissions.ts'
import { goesOut } from '../../apps/terminal/electron/request-filter.ts'
import { isTrusted } from '../../apps/terminal/electron/sender.ts'
import { isSwallowed } from '../../apps/terminal/electron/shortcuts.ts'
import { refusedAtStart } from '../../apps/terminal/electron/start-guard.ts'
import { SESSION, windowOptions } from '../../apps/terminal/electron/window-options.ts'
import { pageHeaders } from '../../apps/terminal/page-policy.ts'

const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
const declarations = readFileSync(join(folder, 'electron.d.ts'), 'utf8')

/** The names of a union of strings in Electron's declarations. */
function namesAfter(pattern: RegExp): string[] {
  const [, union = ''] = declarations.match(pattern) ?? []
  const names = [...union.matchAll(/'([\w-]+)'/g)].map(([, name]) => name as string)
  assert.ok(names.length > 5, String(pattern))
  return names
}

const options = (packaged: boolean) =>
  windowOptions({ face: KIOSK, packaged, preload: '/preload.cjs', session: 'session' as never })

test('rows 3 and 4: options of a packaged window', () => {
  assert.deepEqual(options(true), {
    show: false,
    kiosk: true,
    fullscreen: true,
    frame: false,
    autoHideMenuBar: true,
    backgroundColor: '#ffffff',
    webPreferences: {
      session: 'session',
      preload: '/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: false,
      backgroundThrottling: false,
    },
  })
})

test('row 4: only the tools of developers and the frame differ in a checkout', () => {
  const { webPreferences: packaged } = options(true)
  const { webPreferences: checkout } = options(false)
  assert.deepEqual({ ...checkout, devTools: false }, packaged)
  assert.equal(checkout?.devTools, true)
})

test('row 5: an address is ours by its parsed origin', () => {
  for (const own of ['app://terminal/kiosk/', 'app://terminal/assets/a.js', 'app://terminal'])
    assert.ok(isOwnUrl(own), own)
  for (const other of [
    'app://terminal.example/kiosk/',
    'app://terminal@example/kiosk/',
    'app://example@terminal/kiosk/',
    'app://terminal:1/kiosk/',
    'app:kiosk/',
    'application://terminal/',
    'https://terminal/kiosk/',
    'file:///kiosk/index.html',
    'about:blank',
    'data:text/html,app://terminal/',
    'javascript:0',
    '',
  ])
    assert.ok(!isOwnUrl(other), other)
})

test('row 6: of every kind of request only what a page is made of goes out, and only to the program itself', () => {
  const kinds = namesAfter(/resourceType: \(([^)]+)\)/)
  const allowed = ['mainFrame', 'script', 'stylesheet', 'image', 'font', 'media']
  for (const kind of [...kinds, 'prefetch', 'constructor', '__proto__']) {
    assert.equal(goesOut(kind, 'app://terminal/kiosk/'), allowed.includes(kind), kind)
    assert.ok(!goesOut(kind, 'https://example.com/'), kind)
    assert.ok(!goesOut(kind, 'file:///etc/passwd'), kind)
    assert.ok(!goesOut(kind, 'ws://127.0.0.1:1/'), kind)
  }
})

test('row 7: one policy for both carriers; the loopback door adds one WebSocket origin and nothing else', () => {
  const policy = (headers: Readonly<Record<string, string>>) => (headers['Content-Security-Policy'] ?? '').split('; ')
  const app = policy(pageHeaders())
  const door = policy(pageHeaders('ws://127.0.0.1:4711'))
  assert.deepEqual(
    door.filter((line) => !app.includes(line)),
    ['connect-src ws://127.0.0.1:4711'],
  )
  assert.deepEqual(app, [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ])
})

test('row 8: every permission of Electron is refused, asked for and looked up; devices and pictures of the screen too', () => {
  const permissions = new Set([
    ...namesAfter(/setPermissionCheckHandler\(handler: \(\(webContents[^,]+, permission: ([^,]+),/),
    ...namesAfter(/setPermissionRequestHandler\(handler: \(\(webContents[^,]+, permission: ([^,]+),/),
  ])
  assert.ok(permissions.has('media') && permissions.has('smart-card'))
  for (const permission of permissions) {
    const answers: boolean[] = []
    answerRequest(null as never, permission as never, (granted) => answers.push(granted), {} as never)
    assert.deepEqual(answers, [false], permission)
    assert.equal(answerCheck(null, permission as never, 'app://terminal', {} as never), false)
  }
  for (const deviceType of ['hid', 'serial', 'usb'] as const)
    assert.equal(answerDevice({ deviceType, origin: 'app://terminal', device: {} as never }), false)
  const streams: unknown[] = []
  answerDisplayMedia({} as never, (given) => streams.push(given))
  assert.deepEqual(streams, [{}])
})

test('row 9: a page stays in the program and opens no window', () => {
  const handlers = new Map<string, (event: object) => void>()
  let open: ((details: never) => unknown) | undefined
  keepInside({
    on: (name: string, handler: never) => handlers.set(name, handler) as never,
    setWindowOpenHandler: (handler: never) => {
      open = handler
    },
  } as never)
  const passes = (name: string, event: object = {}): boolean => {
    let prevented = false
    handlers.get(name)?.({ ...event, preventDefault: () => (prevented = true) })
    assert.ok(handlers.has(name), name)
    return !prevented
  }
  assert.ok(passes('will-navigate', { url: 'app://terminal/kiosk/' }))
  assert.ok(!passes('will-navigate', { url: 'https://example.com/' }))
  assert.ok(!passes('will-navigate', { url: 'app://terminal.example/' }))
  assert.ok(passes('will-frame-navigate', { url: 'app://terminal/kiosk/', isMainFrame: true }))
  assert.ok(!passes('will-frame-navigate', { url: 'app://terminal/kiosk/', isMainFrame: false }))
  assert.ok(!passes('will-frame-navigate', { url: 'about:blank', isMainFrame: true }))
  assert.ok(!passes('will-redirect', { url: 'app://terminal/kiosk/' }))
  assert.ok(!passes('will-attach-webview'))
  assert.deepEqual(open?.({ url: 'app://terminal/kiosk/' } as never), { action: 'deny' })
})

test('row 11: only the main frame of a page of ours is listened to', () => {
  const own = { origin: 'app://terminal', detached: false, parent: null }
  assert.ok(isTrusted(own))
  assert.ok(!isTrusted(null))
  assert.ok(!isTrusted(undefined))
  assert.ok(!isTrusted({ ...own, detached: true }))
  assert.ok(!isTrusted({ ...own, parent: own }))
  for (const origin of ['null', '', 'about:blank', 'app://', 'app://terminal.example', 'https://terminal', 'file://'])
    assert.ok(!isTrusted({ ...own, origin }), origin)
})

test('row 18: a kiosk lets through what its screens need, and swallows the rest', () => {
  const key = (name: string, held: Partial<Record<'control' | 'alt' | 'meta' | 'shift', boolean>> = {}) =>
    isSwallowed({ key: name, control: false, alt: false, meta: false, shift: false, ...held })
  for (const used of ['a', 'Z', '0', 'é', ' ', 'Enter', 'Backspace', 'Escape', 'Tab', 'ArrowLeft', 'Home'])
    assert.ok(!key(used), used)
  assert.ok(!key('A', { shift: true }))
  for (let i = 1; i <= 24; i++) assert.ok(key(`F${i}`))
  for (const [name, held] of [
    ['q', 'control'],
    ['w', 'control'],
    ['r', 'control'],
    ['i', 'control'],
    ['p', 'control'],
    ['Tab', 'alt'],
    ['F4', 'alt'],
    ['ArrowLeft', 'alt'],
    ['q', 'meta'],
    ['Escape', 'control'],
  ] as const)
    assert.ok(key(name, { [held]: true }), `${held}+${name}`)
  for (const name of [
    'PrintScreen',
    'ContextMenu',
    'BrowserBack',
    'LaunchApplication1',
    'Meta',
    'Control',
    'Alt',
    'Dead',
  ])
    assert.ok(key(name), name)
})

test('row 19: every window in which a PIN may be entered is protected: all of them', () => {
  for (const face of [KIOSK, STAFF, RESIDENT]) assert.equal(face.pins, true, face.page)
  assert.deepEqual(facesOf('kiosk'), [KIOSK])
  for (const role of ['town', 'postOffice', 'consulate'] as const) assert.deepEqual(facesOf(role), [STAFF, RESIDENT])
})

test('row 20: the session is in memory and keeps no cache', () => {
  assert.ok(!SESSION.partition.startsWith('persist:'))
  assert.deepEqual(SESSION.options, { cache: false })
})

test('row 24: a packaged program is started with its own switches only, and says the name of what it refuses, never the value', () => {
  const start = (args: readonly string[], env: Record<string, string> = {}) =>
    refusedAtStart({ packaged: true, args, env })
  for (const arg of [
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--inspect',
    '--inspect-brk=0',
    '--js-flags=--expose-gc',
    '--no-sandbox',
    '--disable-web-security',
    '--load-extension=/tmp/x',
    '--host-rules=MAP * 127.0.0.1',
    '--user-data-dir=/tmp',
    '-r',
    'app://terminal/',
    '/tmp/other.js',
    '--ozone-platform=x11,--inspect',
  ])
    assert.deepEqual(start([arg]), [arg.split('=')[0]], arg)
  for (const name of [
    'ELECTRON_RUN_AS_NODE',
    'ELECTRON_ENABLE_LOGGING',
    'electron_no_asar',
    'NODE_OPTIONS',
    'SSLKEYLOGFILE',
  ])
    assert.deepEqual(start([], { [name]: 'a secret' }), [name])
  assert.deepEqual(
    start(['--ozone-platform=wayland', '--force-device-scale-factor=1.5'], { PATH: '/bin', LANG: 'ja' }),
    [],
  )
  assert.deepEqual(
    refusedAtStart({ packaged: false, args: ['--inspect'], env: { ELECTRON_ENABLE_LOGGING: '1' } }),
    [],
    'a checkout may be looked into',
  )
})
