/** The entry itself, with the module that only Electron has given by hand; and the preload, as Electron would run it. */
import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { read } from '../house/tree.ts'
import { fake } from './electron-module.ts'

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? next('./electron-module.ts', { ...context, parentURL: import.meta.url })
      : next(specifier, context),
})
after(() => fake.electron.app.emit('will-quit'))

test('row 3: the entry runs the program on what Electron gives it', async () => {
  await import('../../apps/terminal/electron/main.ts')
  assert.equal(fake.calls[0], 'enableSandbox')
  fake.ready()
  for (let i = 0; i < 200 && fake.windows[0]?.shown.length !== 2; i++) await delay(10)
  assert.deepEqual(fake.windows[0]?.shown, ['app://terminal/calm/', 'app://terminal/kiosk/'])
  const forked = fake.calls.find((call) => call.startsWith('utilityProcess.fork'))
  assert.match(forked ?? '', /electron\/host-process\.js"/)
  assert.match(JSON.stringify(fake.windows[0]?.options), /electron\/preload\.cjs"/)
})

/** The preload in a window of its own: what it listens to, what it sends on. */
function preload() {
  const listeners = new Map<string, (event: object) => void>()
  const ipc = new Map<string, (event: object, ...args: unknown[]) => void>()
  const sent: unknown[][] = []
  const posted: unknown[][] = []
  const window = {
    addEventListener: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
    postMessage: (...args: unknown[]) => posted.push(args),
  }
  const asked: string[] = []
  const require = (name: string) => {
    asked.push(name)
    return {
      ipcRenderer: {
        send: (...args: unknown[]) => sent.push(args),
        on: (name: string, listener: (event: object) => void) => ipc.set(name, listener),
      },
    }
  }
  runInNewContext(read('apps/terminal/electron/preload.cjs'), {
    window,
    require,
    location: { origin: 'app://terminal' },
  })
  return { window, listeners, ipc, sent, posted, asked }
}

test('row 10: the preload is at most 30 lines, uses one module, and does one thing', () => {
  assert.ok(read('apps/terminal/electron/preload.cjs').split('\n').length <= 30)
  const { window, listeners, ipc, sent, posted, asked } = preload()
  assert.deepEqual([asked, [...listeners.keys()], [...ipc.keys()]], [['electron'], ['message'], ['channel']])
  const says = (data: unknown, source: unknown = window, origin = 'app://terminal') =>
    listeners.get('message')?.({ source, origin, data })
  says('madoguchi:want /host')
  says('madoguchi:want /host', {})
  says('madoguchi:want /host', window, 'https://example.com')
  says('other')
  says({ toString: () => 'madoguchi:want /host' })
  assert.deepEqual(sent, [['channel', '/host']])
  ipc.get('channel')?.({ ports: ['a port'] }, '/host')
  assert.deepEqual(posted, [['madoguchi:port /host', 'app://terminal', ['a port']]])
})

test('row 10: page and preload use the same two words', () => {
  const words = (path: string) => [...read(path).matchAll(/'(madoguchi:\w+ )'/g)].map(([, word]) => word)
  assert.deepEqual(words('apps/terminal/renderer/shared/wanted-port.ts'), words('apps/terminal/electron/preload.cjs'))
  assert.equal(words('apps/terminal/electron/preload.cjs').length, 2)
})
