/** A town to the browser: kiosk, staff screen and resident's screen on the shipped pages, a backend behind them, three readers. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Browser, BrowserContext } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import { SPECIMENS, type SpecimenName } from '../../apps/world/specimens.ts'
import type { World } from '../../apps/world/world.ts'
import { type ScreenSize, type WatchedPage, watchPage } from './browser.ts'
import { Person } from './person.ts'

export const READERS = { kiosk: 'Kiosk', counter: 'Counter', staff: 'Staff' } as const
export const STAFF_PIN = '1234'

export class Town implements AsyncDisposable {
  readonly world: World
  readonly readers: TestReaders
  readonly terminal: SimulatedTerminal
  readonly #context: BrowserContext
  readonly #pages: WatchedPage[] = []

  private constructor(world: World, readers: TestReaders, terminal: SimulatedTerminal, context: BrowserContext) {
    this.world = world
    this.readers = readers
    this.terminal = terminal
    this.#context = context
  }

  /** The world outlives it: what was written to its cards stays. */
  static async open(browser: Browser, world: World, journals?: string): Promise<Town> {
    const readers = await virtualReaders({ [READERS.kiosk]: null, [READERS.counter]: null, [READERS.staff]: null })
    const counter = { reader: READERS.counter, staffReader: READERS.staff }
    const terminal = await openSimulatedTerminal({
      ...{ readers, reader: READERS.kiosk, counter, world },
      ...(journals !== undefined && { journals }),
    })
    const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'ja-JP' })
    return new Town(world, readers, terminal, context)
  }

  async page(page: 'kiosk' | 'counter' | 'resident' | 'diagnostics', size: ScreenSize): Promise<Person> {
    const watched = await watchPage(this.#context, this.terminal.door.url(`${page}/`), size)
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
  async counter(size: ScreenSize = 'small'): Promise<{ readonly staff: Person; readonly resident: Person }> {
    const [staff, resident] = [await this.page('counter', size), await this.page('resident', '15')]
    await staff.sees('職員カードを置いてください')
    await this.lay('demo-staff-1', 'staff')
    await staff.sees('職員カードの暗証番号を入力してください')
    await staff.page.keyboard.type(STAFF_PIN)
    await staff.page.keyboard.press('Enter')
    await staff.sees('手続きを選んでください')
    return { staff, resident }
  }

  /** What the app does before somebody comes to a kiosk: the other PIN on the card, a face that matched, a reservation. */
  async reserve(name: SpecimenName, pin: 'sign' | 'auth'): Promise<void> {
    const by = pin === 'sign' ? 'auth' : 'sign'
    const { certificates } = await this.#ask('demo-kiosk', `/v1/cards/${SPECIMENS[name].serial}`)
    const { issuer, serial } = certificates.find(({ kind }: { kind: string }) => kind === by)
    const { reservation, challenge } = await this.#ask('demo-resetApp', '/v1/resets', { pin, issuer, serial })
    const signature = this.#signed(name, by, Buffer.from(challenge, 'base64'))
    const face = { method: 'simulatedEngine', matched: true }
    const opened = await this.#ask('demo-resetApp', `/v1/resets/${reservation}/open`, { signature, face })
    assert.ok(opened.expiresAt > 0, JSON.stringify(opened))
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the backend answers is its own tests' business
  async #ask(terminal: string, path: string, body?: unknown): Promise<any> {
    const headers = { 'Madoguchi-Terminal': terminal }
    const post = { 'Idempotency-Key': crypto.randomUUID(), 'Content-Type': 'application/json' }
    const response = await fetch(
      this.world.address + path,
      body === undefined
        ? { headers }
        : { method: 'POST', headers: { ...headers, ...post }, body: JSON.stringify(body) },
    )
    return response.json()
  }

  /** By the card's own key, in the commands of facts 9 (transcripts 5 to 8), on a copy of the card. */
  #signed(name: SpecimenName, by: 'auth' | 'sign', challenge: Uint8Array): string {
    const { pin, key, value } = PROOF[by]
    const phone = this.world.card(name).fork()
    phone.powerOn('contact')
    const hash = createHash('sha256').update(challenge).digest()
    const info = Buffer.concat([Buffer.from('3031300D060960864801650304020105000420', 'hex'), hash])
    phone.transmit(Buffer.from('00A4040C0AD392F000260100000001', 'hex'))
    phone.transmit(Buffer.concat([Buffer.of(0x00, 0x20, 0x00, pin, value.length), Buffer.from(value)]))
    const answer = phone.transmit(Buffer.concat([Buffer.of(0x80, 0x2a, 0x00, key, info.length), info, Buffer.of(0)]))
    assert.equal(Buffer.from(answer.subarray(-2)).toString('hex'), '9000')
    return Buffer.from(answer.subarray(0, -2)).toString('base64')
  }

  /** Everything that went over the pages' sockets, both ways. */
  get packets(): { readonly sent: string[]; readonly received: string[] } {
    return {
      sent: this.#pages.flatMap(({ sent }) => sent),
      received: this.#pages.flatMap(({ received }) => received),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
    await this.terminal.close()
    await this.readers.close()
    const complaints = this.#pages.flatMap(({ complaints }) => complaints)
    assert.deepEqual(complaints, [], 'the browser had nothing to complain of')
  }
}

const PROOF = {
  auth: { pin: 0x98, key: 0x97, value: '1234' },
  sign: { pin: 0x9b, key: 0x9a, value: 'ABC123' },
} as const
