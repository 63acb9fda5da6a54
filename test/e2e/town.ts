/** A town to the browser: kiosk, staff screen and resident's screen on the shipped pages, a backend behind them, three readers. */
import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import type { SpecimenName } from '../../apps/world/specimens.ts'
import type { World } from '../../apps/world/world.ts'
import type { Patience } from '../../src/host/ports.ts'
import { type OfficeScreen, openPage, type Panel, type ScreenSize, type WatchedPage } from './browser.ts'
import { Person } from './person.ts'
import { type ResetPin, reserve } from './town-reservations.ts'

export const READERS = { kiosk: 'Kiosk', counter: 'Counter', staff: 'Staff' } as const
export const STAFF_PIN = '1234'

export interface Sides {
  readonly staff: Person
  readonly resident: Person
}

export class Town implements AsyncDisposable {
  readonly world: World
  readonly readers: TestReaders
  readonly terminal: SimulatedTerminal
  readonly #browser: Browser
  readonly #pages: WatchedPage[] = []

  private constructor(browser: Browser, world: World, readers: TestReaders, terminal: SimulatedTerminal) {
    this.world = world
    this.readers = readers
    this.terminal = terminal
    this.#browser = browser
  }

  /** The world outlives it: what was written to its cards stays. */
  static async open(browser: Browser, world: World, journals?: string, patience?: Patience): Promise<Town> {
    const readers = await virtualReaders({ [READERS.kiosk]: null, [READERS.counter]: null, [READERS.staff]: null })
    const counter = { reader: READERS.counter, staffReader: READERS.staff }
    const terminal = await openSimulatedTerminal({
      ...{ readers, reader: READERS.kiosk, counter, world },
      ...(journals !== undefined && { journals }),
      ...(patience !== undefined && { patience }),
    })
    return new Town(browser, world, readers, terminal)
  }

  async page(page: 'kiosk' | 'counter' | 'resident' | 'diagnostics', size: ScreenSize): Promise<Person> {
    // A window of its own: one that stands behind another draws once a second.
    const watched = await openPage(this.#browser, this.terminal.door.url(`${page}/`), size)
    this.#pages.push(watched)
    return new Person(watched)
  }

  async lay(card: string, at: keyof typeof READERS): Promise<void> {
    await this.terminal.desk.lay(card, READERS[at])
  }

  async take(at: keyof typeof READERS): Promise<void> {
    await this.terminal.desk.take(READERS[at])
  }

  /** Staff and resident opposite each other; the first of the staff has signed in. */
  async counter(size: OfficeScreen = 'small', panel: Panel = '15'): Promise<Sides> {
    const [staff, resident] = await Promise.all([this.page('counter', size), this.page('resident', panel)])
    await staff.sees('職員カードを置いてください')
    await this.lay('demo-staff-1', 'staff')
    await staff.sees('職員カードの暗証番号を入力してください')
    await staff.page.keyboard.type(STAFF_PIN)
    await staff.page.keyboard.press('Enter')
    await staff.sees('手続きを選んでください')
    return { staff, resident }
  }

  async reserve(name: SpecimenName, pin: ResetPin): Promise<void> {
    await reserve(this.world, name, pin)
  }

  /** Everything that went over the pages' sockets, both ways. */
  get packets(): { readonly sent: string[]; readonly received: string[] } {
    return {
      sent: this.#pages.flatMap(({ sent }) => sent),
      received: this.#pages.flatMap(({ received }) => received),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#pages.map(({ page }) => page.context().close()))
    await this.terminal.close()
    await this.readers.close()
    const complaints = this.#pages.flatMap(({ complaints }) => complaints)
    assert.deepEqual(complaints, [], 'the browser had nothing to complain of')
  }
}
