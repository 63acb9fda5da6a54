/** Where `npm start` shows its screens: Electron where its program is, else a browser, and nothing where nobody could see it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { type Machine, opener } from '../../apps/start/open-window.ts'

const URL_OF_PAGE = 'http://127.0.0.1:4000/kiosk/?token=t'
const script = join(import.meta.dirname, '../../apps/start/electron-window.cjs')
const machine = (more: Partial<Machine>): Machine => ({
  ...{ platform: 'linux', env: { DISPLAY: ':0' }, electron: undefined, isInstalled: () => true },
  ...more,
})

test('Electron before the browser; neither without a screen; nothing that is not there', () => {
  const rows: readonly (readonly [Partial<Machine>, readonly string[] | undefined])[] = [
    [{ electron: '/e/electron' }, ['/e/electron', script, URL_OF_PAGE]],
    [{ electron: '/e/electron', env: {} }, undefined],
    [{ electron: '/e/electron', env: {}, platform: 'darwin' }, ['/e/electron', script, URL_OF_PAGE]],
    [{}, ['xdg-open', URL_OF_PAGE]],
    [{ env: { WAYLAND_DISPLAY: 'wayland-0' } }, ['xdg-open', URL_OF_PAGE]],
    [{ env: { DISPLAY: '' } }, undefined],
    [{ isInstalled: () => false }, undefined],
    [{ platform: 'darwin' }, ['open', URL_OF_PAGE]],
    [{ platform: 'win32' }, ['rundll32', 'url.dll,FileProtocolHandler', URL_OF_PAGE]],
    [{ platform: 'aix' }, undefined],
  ]
  for (const [given, command] of rows) assert.deepEqual(opener(machine(given), URL_OF_PAGE), command)
})

test('Electron’s window is sandboxed, shows the address, and neither leaves it nor gives permissions', async () => {
  const told: Record<string, (...args: unknown[]) => unknown> = {}
  const seen: unknown[] = []
  class BrowserWindow {
    constructor(options: object) {
      seen.push(options)
    }
    async loadURL(url: string) {
      seen.push(url)
    }
  }
  const electron = {
    app: {
      enableSandbox: () => seen.push('sandbox'),
      on: (event: string, listener: () => unknown) => {
        told[event] = listener
      },
      whenReady: async () => {},
      quit: () => seen.push('quit'),
    },
    BrowserWindow,
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: (...args: unknown[]) => unknown) => {
          told['permission'] = handler
        },
      },
    },
  }
  const process = { argv: ['electron', script, URL_OF_PAGE] }
  runInNewContext(readFileSync(script, 'utf8'), { require: () => electron, process, URL })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen[0], 'sandbox')
  const { webPreferences } = seen[1] as { webPreferences: object }
  assert.deepEqual({ ...webPreferences }, { sandbox: true, contextIsolation: true, nodeIntegration: false })
  assert.equal(seen[2], URL_OF_PAGE)

  const page: Record<string, (...args: unknown[]) => unknown> = {}
  let opened = (): { action?: string } => ({})
  const contents = {
    setWindowOpenHandler: (handler: typeof opened) => {
      opened = handler
    },
    on: (event: string, listener: (...args: unknown[]) => unknown) => {
      page[event] = listener
    },
  }
  told['web-contents-created']?.({}, contents)
  assert.equal(opened().action, 'deny')
  const stays = (target: string) => {
    let stopped = false
    page['will-navigate']?.({ preventDefault: () => (stopped = true) }, target)
    return stopped
  }
  assert.equal(stays('http://127.0.0.1:4000/desk/'), false)
  for (const target of ['http://127.0.0.1:4001/', 'https://127.0.0.1:4000/', 'about:blank', 'file:///etc/passwd', 'x'])
    assert.equal(stays(target), true, target)
  let answer: unknown
  told['permission']?.({}, 'media', (given: unknown) => {
    answer = given
  })
  assert.equal(answer, false)
  told['window-all-closed']?.()
  assert.equal(seen.at(-1), 'quit')
})
