/** A hall that shows what it is told: for looking at the screens of a face one by one. */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import type { z } from 'zod'
import { type Door, openDoor } from '../../apps/browser-host/door.ts'
import { rendererFiles } from '../../apps/terminal/build.ts'
import { Inbox } from '../../src/base/inbox.ts'
import type { Service } from '../../src/wire/serve.ts'
import { openPage, type ScreenSize, type WatchedPage } from './browser.ts'

interface Face<V> {
  readonly page: string
  readonly channel: string
  readonly calls: Readonly<Record<string, { readonly input: z.ZodType }>>
  /** What a call is answered with; nothing else than that it was heard, where it is left out. */
  readonly answers?: Readonly<Record<string, unknown>>
  /** What the screen listens with. */
  readonly screen: z.ZodType
  readonly first: V
  readonly size: ScreenSize
  /** The folder of the built faces, where it is another than everybody's. */
  readonly files?: string
}

interface Shown<V> {
  readonly prompt: number
  readonly view: V
  readonly secondsLeft?: number
}

/** A call that the page made. */
export interface Said {
  readonly name: string
  readonly input: unknown
  readonly secret?: string
}

/** Resolves in the page when the screen of that prompt has been painted, with the letters it is written in. */
const painted = (prompt: number) => `new Promise((resolve, reject) => {
  const late = setTimeout(() => reject(new Error('no screen of prompt ${prompt}')), 10_000)
  const after = (then) => requestAnimationFrame(() => requestAnimationFrame(then))
  const look = () => {
    if (document.querySelector('[data-prompt="${prompt}"]') === null) return setTimeout(look, 2)
    clearTimeout(late)
    after(() => document.fonts.status === 'loaded' ? resolve() : document.fonts.ready.then(() => after(resolve)))
  }
  look()
})`

export class Gallery<V> implements AsyncDisposable {
  readonly watched: WatchedPage
  /** What the page said to the hall so far. */
  readonly said: Said[]
  readonly #door: Door
  readonly #screens: Inbox<Shown<V>>
  readonly #first: V
  #prompt = 0

  private constructor(watched: WatchedPage, door: Door, screens: Inbox<Shown<V>>, said: Said[], first: V) {
    this.watched = watched
    this.said = said
    this.#door = door
    this.#screens = screens
    this.#first = first
  }

  static async open<V>(browser: Browser, face: Face<V>): Promise<Gallery<V>> {
    const screens = new Inbox<Shown<V>>()
    const said: Said[] = []
    const service: Service = {
      calls: Object.fromEntries(
        Object.entries(face.calls).map(([name, { input }]) => [
          name,
          {
            input,
            handle: async (given: unknown, secret?: Uint8Array) => {
              const typed = secret && Buffer.from(secret).toString('latin1')
              said.push({ name, input: given, ...(typed === undefined ? {} : { secret: typed }) })
              return face.answers?.[name] ?? {}
            },
          },
        ]),
      ),
      listens: { screen: { input: face.screen, handle: () => screens.values() } },
    }
    const door = await openDoor({
      camera: [face.page],
      services: { [face.channel]: service },
      files: face.files ?? (await rendererFiles()),
    })
    screens.put({ prompt: 0, view: face.first })
    const watched = await openPage(browser, door.url(face.page), face.size)
    await watched.page.getByRole('heading', { level: 1 }).waitFor()
    return new Gallery(watched, door, screens, said, face.first)
  }

  /** Shows a view, the time left among it, and waits until it is painted. */
  async show(view: V): Promise<void> {
    const { page } = this.watched
    const prompt = ++this.#prompt
    this.#screens.put({ prompt, view, secondsLeft: 20 })
    await page.evaluate(painted(prompt))
  }

  /** The last of so many things a person said by the page, as soon as it has; nothing came after it. Where the page stands it asks by itself. */
  async says(count: number): Promise<Said | undefined> {
    const said = () => this.said.filter(({ name }) => name !== 'place')
    for (let i = 0; i < 500 && said().length < count; i++) await delay(10)
    assert.equal(
      said().length,
      count,
      said()
        .map(({ name }) => name)
        .join(),
    )
    return said().at(-1)
  }

  /** The prompt that is on the screen. */
  get prompt(): number {
    return this.#prompt
  }

  /** Language by its own name, text size by its place. */
  async prefers(language: string, size: 'normal' | 'large' | 'largest', contrast: boolean): Promise<void> {
    const { page } = this.watched
    // A turn begins: what the one before preferred is gone, and what is chosen now stays to its end.
    await this.show(this.#first)
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
