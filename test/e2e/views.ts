/** Every screen there is, and a hall that shows what it is told: for looking at screens one by one. The compiler finds a missing kind. */
import type { Browser } from 'playwright-core'
import { type Door, openDoor } from '../../apps/browser-host/door.ts'
import { rendererFiles } from '../../apps/terminal/build.ts'
import { Inbox } from '../../src/base/inbox.ts'
import { hostCalls, hostListens } from '../../src/wire/host-api.ts'
import type { Service } from '../../src/wire/serve.ts'
import type { PinStatus, Screen, View } from '../../src/wire/view.ts'
import { openPage, type Panel, type WatchedPage } from './browser.ts'

const PINS: PinStatus[] = [
  { pin: 'sign', state: 'blocked', triesLeft: 0 },
  { pin: 'auth', state: 'good', triesLeft: 3 },
  { pin: 'text', state: 'good', triesLeft: 1 },
  { pin: 'juki', state: 'missing', triesLeft: 0 },
]

/** In its widest forms. */
const BY_KIND: { readonly [K in View['kind']]: readonly Extract<View, { kind: K }>[] } = {
  idle: [{ kind: 'idle', procedures: ['pinStatus', 'pinChange'] }],
  insertCard: [{ kind: 'insertCard' }, { kind: 'insertCard', problem: 'predecessorCard' }],
  keepCard: [{ kind: 'keepCard', step: 1, steps: 1 }],
  choosePin: [{ kind: 'choosePin', pins: PINS }],
  enterPin: [
    { kind: 'enterPin', pin: 'text', purpose: 'current', triesLeft: 2, problem: 'wrong' },
    { kind: 'enterPin', pin: 'juki', purpose: 'new', problem: 'differs' },
    { kind: 'enterPin', pin: 'sign', purpose: 'current', triesLeft: 5 },
    { kind: 'enterPin', pin: 'sign', purpose: 'again', problem: 'weak' },
    { kind: 'enterPin', pin: 'auth', purpose: 'prove', triesLeft: 3 },
  ],
  confirmLastTry: [{ kind: 'confirmLastTry', pin: 'text' }],
  pinStatus: [{ kind: 'pinStatus', pins: PINS }],
  stillThere: [{ kind: 'stillThere' }],
  waitForStaff: [{ kind: 'waitForStaff' }],
  takeCard: [
    { kind: 'takeCard', forgotten: false },
    { kind: 'takeCard', forgotten: true },
  ],
  done: [
    { kind: 'done', procedure: 'pinChange' },
    { kind: 'done', procedure: 'signPinReset', reference: '20261121-4F7A' },
  ],
  failed: [
    { kind: 'failed', failure: 'pinBlocked' },
    { kind: 'failed', failure: 'cardGone' },
    { kind: 'failed', failure: 'cancelled' },
  ],
}
export const VIEWS: readonly View[] = Object.values(BY_KIND).flat()

export class Gallery implements AsyncDisposable {
  readonly watched: WatchedPage
  readonly #door: Door
  readonly #screens: Inbox<Screen>
  #prompt = 0

  private constructor(watched: WatchedPage, door: Door, screens: Inbox<Screen>) {
    this.watched = watched
    this.#door = door
    this.#screens = screens
  }

  static async open(browser: Browser, panel: Panel): Promise<Gallery> {
    const screens = new Inbox<Screen>()
    const door = await openDoor({ services: { '/host': shows(screens) }, files: await rendererFiles() })
    screens.put({ prompt: 0, view: BY_KIND.idle[0] as View })
    const watched = await openPage(browser, door.url('kiosk/'), panel)
    await watched.page.getByRole('heading', { level: 1 }).waitFor()
    return new Gallery(watched, door, screens)
  }

  /** Shows a view, the time left among it, and waits until it is painted. */
  async show(view: View): Promise<void> {
    const { page } = this.watched
    const prompt = ++this.#prompt
    this.#screens.put({ prompt, view, secondsLeft: 20 })
    await page.locator(`.kiosk[data-prompt="${prompt}"]`).waitFor()
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  }

  /** Language by its own name, text size by its place. */
  async prefers(language: string, size: 'normal' | 'large' | 'largest', contrast: boolean): Promise<void> {
    const { page } = this.watched
    // A turn begins: what the one before preferred is gone, and what is chosen now stays to its end.
    await this.show(BY_KIND.idle[0] as View)
    await page.locator('.settings-button').click()
    const groups = page.getByRole('radiogroup')
    await groups.nth(0).getByText(language, { exact: true }).click()
    await groups.nth(1).getByRole('radio').nth(['normal', 'large', 'largest'].indexOf(size)).press(' ')
    await groups.nth(2).getByRole('radio').nth(Number(contrast)).press(' ')
    await page.locator('.dialog .close').click()
    const state = `html[data-size="${size}"][data-contrast="${contrast ? 'high' : 'normal'}"]`
    await page.locator(state).waitFor({ timeout: 5000 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watched.page.context().close()
    await this.#door.close()
  }
}

function shows(screens: Inbox<Screen>): Service {
  const calls = Object.entries(hostCalls).map(([name, { input }]) => [name, { input, handle: async () => ({}) }])
  return {
    calls: Object.fromEntries(calls),
    listens: { screen: { input: hostListens.screen.input, handle: () => screens.values() } },
  }
}
