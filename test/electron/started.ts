/** The program started over an Electron made by hand, and what a test does with it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Electron, Machine } from '../../apps/terminal/electron/given.ts'
import type { Opener, OpenHost } from '../../apps/terminal/electron/host-service.ts'
import { runProgram } from '../../apps/terminal/electron/program.ts'
import { settingsFrom } from '../../apps/terminal/electron/settings.ts'
import { portWire } from '../../apps/terminal/renderer/shared/port-wire.ts'
import { connect } from '../../src/wire/connect.ts'
import { root } from '../house/tree.ts'
import { type FakeElectron, fakeElectron, type HostLike } from './fake-electron.ts'

export const endings: (() => Promise<void> | void)[] = []
after(async () => {
  for (const end of endings.reverse()) await end()
})

/** What a host process opens: nothing but a sign that the card was read. */
export const empty: Opener = async (): Promise<OpenHost> => ({
  services: {},
  readCard: async () => {},
  isQuiet: async () => true,
})

export async function until(done: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500 && !done(); i++) await delay(10)
  assert.ok(done(), what)
}

interface Start {
  readonly packaged?: boolean
  readonly open?: Opener
  readonly args?: readonly string[]
  readonly settings?: string
  readonly env?: Record<string, string>
  readonly firstInstance?: boolean
  readonly folder?: string
  /** Another host process than a hall in this process. */
  readonly host?: () => HostLike
  readonly keeperPace?: Machine['keeperPace']
  readonly pace?: Machine['pace']
}

/** Of a host in this process. One that is a process of its own may wait long for its turn on a busy machine. */
const BRISK = { pingMs: 50, silentMs: 800, startMs: 10_000 }
export const PATIENT = { pingMs: 200, silentMs: 10_000, startMs: 30_000 }

export function start({ packaged = true, open = empty, args = [], settings, env = {}, ...more }: Start = {}) {
  const { firstInstance = true, folder, host, keeperPace, pace = BRISK } = more
  const fake = fakeElectron({
    packaged,
    open,
    firstInstance,
    ...(folder !== undefined && { folder }),
    ...(host && { host }),
  })
  const said: string[] = []
  const machine: Machine = {
    args,
    env,
    paths: {
      pages: join(root, 'apps/terminal/electron'),
      calm: join(root, 'apps/terminal/electron/calm'),
      preload: '/app/preload.cjs',
      hostProcess: '/app/host-process.js',
    },
    settings: async (isPackaged) => settingsFrom(settings, isPackaged),
    read: async (path) => readFileSync(path, 'utf8'),
    complain: (sentence) => said.push(sentence),
    ...(keeperPace !== undefined && { keeperPace }),
    pace,
  }
  const running = runProgram(fake.electron as unknown as Electron, machine)
  endings.push(() => void fake.electron.app.emit('will-quit'))
  return { ...fake, said, running }
}

export async function ready(started: ReturnType<typeof start>) {
  started.ready()
  await started.running
  const window = started.windows[0]
  assert.ok(window)
  return window
}

export const FACE = 'app://terminal/kiosk/'
export const CALM = 'app://terminal/calm/'

/** A page that asks as ours does, and what it is shown. */
export async function asPage(started: FakeElectron, path: string, window = started.windows[0]) {
  const contents = window?.webContents
  assert.ok(contents)
  const before = contents.given.length
  started.asks(path, contents.frame, contents)
  await until(() => contents.given.length > before, 'a port')
  const port = contents.given.at(-1)?.port
  assert.ok(port)
  endings.push(() => port.close())
  return connect(portWire(port as never))
}
