/** Somebody before a screen: reads headings, presses buttons, enters PINs. */
import type { Page } from 'playwright-core'
import { type FailureCode, tellFailure } from '../../src/base/failures/catalogue.ts'
import { JAPANESE } from '../../src/base/failures/japanese.ts'
import type { WatchedPage } from './browser.ts'

/** As long as a machine with other work may take. */
const WAIT_MS = 30_000

export class Person {
  readonly watched: WatchedPage

  constructor(watched: WatchedPage) {
    this.watched = watched
  }

  get page(): Page {
    return this.watched.page
  }

  /** Waits for a screen with this heading. */
  async sees(heading: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: WAIT_MS })
  }

  /** Waits for a text of the screen. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByRole('main').getByText(text).first().waitFor({ timeout: WAIT_MS })
  }

  async presses(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name, exact: typeof name === 'string' }).click({ timeout: WAIT_MS })
  }

  /** A key of the keyboard. */
  async key(key: string): Promise<void> {
    await this.page.keyboard.press(key)
  }

  /** By touch. */
  async enters(pin: string): Promise<void> {
    for (const key of pin) {
      const group = key < 'A' ? '0–9' : key < 'N' ? 'A–M' : 'N–Z'
      const groups = this.page.getByRole('button', { name: group })
      if (await groups.isVisible()) await groups.click()
      await this.presses(key)
    }
    await this.page.getByRole('button', { name: '決定' }).click()
  }

  /** By keyboard, as soon as the keys are there, until the screen has gone on. */
  async types(pin: string): Promise<void> {
    await this.page.locator('.pin-pad').waitFor({ timeout: WAIT_MS })
    const prompt = await this.page.locator('[data-prompt]').getAttribute('data-prompt')
    await this.page.keyboard.type(pin)
    await this.page.keyboard.press('Enter')
    await this.page.locator(`[data-prompt="${prompt}"]`).waitFor({ state: 'detached', timeout: WAIT_MS })
  }

  /** Sees the question, and enters a PIN as new, then once more by keyboard. */
  async chooses(about: RegExp, pin: string, by: 'enters' | 'types' = 'enters'): Promise<void> {
    await this.sees(new RegExp(`${about.source}.*新しい暗証番号を入力`, 's'))
    await this[by](pin)
    await this.sees(/もう一度/)
    await this.types(pin)
  }

  /** The failure in the words of the catalogue: what happened, and that the card is as it says. */
  async hears(failure: FailureCode): Promise<void> {
    const { happened, cardIsSafe } = tellFailure(failure, JAPANESE)
    await this.sees(happened)
    await this.reads(cardIsSafe)
  }
}
