/** A person at the kiosk: the shipped screens in a browser, the hall behind the door, and cards that lie on the kiosk's reader. */
import assert from 'node:assert/strict'
import type { Browser, Page } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import type { Patience } from '../../src/host/ports.ts'
import { openPage, type Panel, type WatchedPage } from './browser.ts'

export const READER = 'Kiosk'

export class Kiosk implements AsyncDisposable {
  readonly readers: TestReaders
  readonly terminal: SimulatedTerminal
  readonly watched: WatchedPage

  private constructor(readers: TestReaders, terminal: SimulatedTerminal, watched: WatchedPage) {
    this.readers = readers
    this.terminal = terminal
    this.watched = watched
  }

  static async open(browser: Browser, panel: Panel = '15', patience?: Patience): Promise<Kiosk> {
    const readers = await virtualReaders({ [READER]: null })
    const options = { readers, reader: READER, ...(patience === undefined ? {} : { patience }) }
    const terminal = await openSimulatedTerminal(options)
    return new Kiosk(readers, terminal, await openPage(browser, terminal.door.url('kiosk/'), panel))
  }

  get page(): Page {
    return this.watched.page
  }

  async lay(card: string): Promise<void> {
    await this.terminal.desk.lay(card, READER)
  }

  async take(): Promise<void> {
    await this.terminal.desk.take(READER)
  }

  /** Waits for a screen with this heading. */
  async sees(heading: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: 5000 })
  }

  /** Waits for a text of the screen. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByRole('main').getByText(text).waitFor({ timeout: 5000 })
  }

  async presses(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name, exact: typeof name === 'string' }).click()
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

  /** With the PIN screens of a change in between. */
  async changes(pin: RegExp, ...typed: readonly [current: string, next: string, again: string]): Promise<void> {
    await this.presses(/暗証番号を変える/)
    await this.presses(pin)
    await this.sees(/いまの暗証番号/)
    await this.enters(typed[0])
    await this.sees(/新しい暗証番号を入力/)
    await this.enters(typed[1])
    await this.sees(/もう一度/)
    await this.enters(typed[2])
  }

  /** Does the card in the reader take this value as the PIN for authentication? Asked of a copy. */
  takesAuthPin(pin: string): boolean {
    const copy = this.readers.card(READER).fork()
    copy.powerOn('contact')
    copy.transmit(Buffer.from('00A4040C0AD392F000260100000001', 'hex'))
    copy.transmit(Buffer.from('00A4020C020018', 'hex'))
    const answer = copy.transmit(Buffer.concat([Buffer.of(0x00, 0x20, 0x00, 0x80, pin.length), Buffer.from(pin)]))
    return answer[0] === 0x90
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close()
    await this.terminal.close()
    await this.readers.close()
    assert.deepEqual(this.watched.complaints, [], 'the browser had nothing to complain of')
  }
}
