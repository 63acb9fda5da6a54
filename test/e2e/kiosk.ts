/** A person at the kiosk: the shipped screens in a browser, the hall behind the door, and cards that lie on the kiosk's reader. */
import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import type { World } from '../../apps/world/world.ts'
import type { Patience } from '../../src/host/ports.ts'
import type { TerminalRole } from '../../src/wire/backend-roles.ts'
import { takes } from '../procedures/terminal.ts'
import { openPage, type Panel, type WatchedPage } from './browser.ts'
import { openSite } from './kiosk-site.ts'
import { Person } from './person.ts'

export const READER = 'Kiosk'

export interface Where {
  /** Alone on cards of the factory, as at a post office, where it is left out. */
  readonly world?: World
  /** A kiosk in its world, where it is left out. */
  readonly role?: TerminalRole | undefined
}

export class Kiosk extends Person implements AsyncDisposable {
  readonly readers: TestReaders
  readonly terminal: SimulatedTerminal

  private constructor(readers: TestReaders, terminal: SimulatedTerminal, watched: WatchedPage) {
    super(watched)
    this.readers = readers
    this.terminal = terminal
  }

  static async open(
    browser: Browser,
    panel: Panel = '15',
    patience?: Patience,
    { world, role }: Where = {},
  ): Promise<Kiosk> {
    const readers = await virtualReaders({ [READER]: null })
    const options = { readers, reader: READER, ...(patience && { patience }) }
    const terminal =
      world === undefined || role === undefined
        ? await openSimulatedTerminal({ ...options, ...(world && { world }) })
        : await openSite({ ...options, world, role })
    return new Kiosk(readers, terminal, await openPage(browser, terminal.door.url('kiosk/'), panel))
  }

  async lay(card: string): Promise<void> {
    await this.terminal.desk.lay(card, READER)
  }

  async take(): Promise<void> {
    await this.terminal.desk.take(READER)
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
    return takes(this.readers.card(READER), 'auth', pin)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close()
    await this.terminal.close()
    await this.readers.close()
    assert.deepEqual(this.watched.complaints, [], 'the browser had nothing to complain of')
  }
}
