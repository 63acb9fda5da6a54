/**
 * A person before the kiosk, in the program itself where Electron's program is on this machine, else in Chromium behind the loopback
 * door: the same screens, the same hall, the same readers. In Electron the readers are reached as real ones are, through PC/SC.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type Page } from 'playwright-core'
import { openSimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { electronProgram } from '../../apps/terminal/packaging/electron-program.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import { openBrowser, openPage } from '../e2e/browser.ts'
import { root } from '../house/tree.ts'

const program = electronProgram()
export const RUNNER = program === undefined ? 'Chromium' : 'Electron'
export const READER = 'Kiosk'

export interface Seat extends AsyncDisposable {
  readonly page: Page
  readonly readers: TestReaders
  /** What the page complained of: errors, warnings, violations of its policy. */
  readonly complaints: string[]
}

export const takeSeat = (): Promise<Seat> => (program === undefined ? inChromium() : inElectron(program))

async function inChromium(): Promise<Seat> {
  const browser = await openBrowser()
  const readers = await virtualReaders({ [READER]: null })
  const terminal = await openSimulatedTerminal({ readers, reader: READER })
  const { page, complaints } = await openPage(browser, terminal.door.url('kiosk/'), '15')
  return {
    page,
    readers,
    complaints,
    async [Symbol.asyncDispose]() {
      await browser.close()
      await terminal.close()
      await readers.close()
    },
  }
}

async function inElectron(executablePath: string): Promise<Seat> {
  const built = spawnSync(process.execPath, ['apps/setup/compile.mjs'], { cwd: root, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const readers = await virtualReaders({ [READER]: null })
  const settings = join(mkdtempSync(join(tmpdir(), 'madoguchi-seat-')), 'terminal.json')
  const place = { terminal: 'test', role: 'kiosk', place: 'test', reader: READER }
  writeFileSync(settings, JSON.stringify({ place, panel: '15' }))
  const env = Object.entries({ ...process.env, ...readers.env, MADOGUCHI_TERMINAL: settings })
  const app = await _electron.launch({
    executablePath,
    args: [join(root, 'dist/apps/terminal/electron/main.js')],
    env: Object.fromEntries(env.filter((pair): pair is [string, string] => pair[1] !== undefined)),
  })
  const page = await app.firstWindow()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  await page.waitForURL('app://terminal/kiosk/**')
  return {
    page,
    readers,
    complaints,
    async [Symbol.asyncDispose]() {
      await app.close()
      await readers.close()
    },
  }
}
