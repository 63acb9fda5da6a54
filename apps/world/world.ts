/** A backend, an invented town and its cards: what `npm start`, the end-to-end tests and demonstrations happen in. All simulated. */
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { masterKey } from '../../src/backend/keys/master-key.ts'
import { makeFolder } from '../../src/backend/store/make-folder.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import type { HttpPort } from '../../src/host/http-port.ts'
import { copyDatabase, DATABASE } from '../backend/backup.ts'
import { type Running, runBackend } from '../backend/run.ts'
import { plainHttpPort } from '../testkit/http-port.ts'
import { CARD_WORDS, foundTown, placesIn } from './found-town.ts'
import { type Cards, KeptCards } from './kept-cards.ts'
import type { CardWords } from './specimens.ts'

export interface WorldCard {
  readonly words: CardWords
  readonly card: SimulatedCard
}

export interface WorldOptions {
  /** Keeps everything in this folder, and goes on from there; forgotten at the end when left out. */
  readonly data?: string
  readonly clock?: Clock
  /** From 23:00 to 6:30, as real ones (F22b); they do unless told. */
  readonly kiosksRest?: boolean
  readonly log?: (event: object) => void
  /** Told what is going on, with the share that is done. */
  readonly progress?: (done: number, of: number) => void
}

const SAVE_MS = 250

export class World implements AsyncDisposable {
  readonly cards: ReadonlyMap<string, WorldCard>
  readonly #running: Running
  readonly #folder: string
  /** Missing: what is written to the cards is forgotten with the folder. */
  readonly #kept: KeptCards | undefined
  readonly #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()

  constructor(cards: Cards, running: Running, folder: string, kept?: KeptCards) {
    this.cards = new Map([...CARD_WORDS].map(([name, words]) => [name, { words, card: must(cards, name) }]))
    this.#running = running
    this.#folder = folder
    this.#kept = kept
    if (kept !== undefined)
      this.#timer = setInterval(() => {
        // A disk that is full for a moment: the next round tries again, and whoever closes the world hears of it.
        this.save().catch(() => {})
      }, SAVE_MS).unref()
  }

  get backend(): Backend {
    return this.#running.backend
  }

  /** `http://127.0.0.1:…`: terminals name themselves here (`demo-kiosk`, `demo-town` …), which is only allowed on one machine. */
  get address(): string {
    return this.#running.address
  }

  /** How a terminal of this machine reaches the backend. */
  get line(): HttpPort {
    return plainHttpPort(this.address)
  }

  /** By its name; throws RangeError. */
  card(name: string): SimulatedCard {
    return must(this.#cards, name)
  }

  /** The same world as it is now, once more, in a fraction of the time of a new one: what happens in one does not happen in the other. */
  async fork(): Promise<World> {
    const folder = temporary()
    try {
      await copyDatabase(this.#folder, join(folder, DATABASE))
      copyFileSync(placesIn(this.#folder).masterKey, placesIn(folder).masterKey)
      const { clock, kiosksRest } = this.backend.parts
      const running = await run(folder, { clock, kiosksRest })
      return new World(new Map([...this.#cards].map(([name, card]) => [name, card.fork()])), running, folder)
    } catch (error) {
      forget(folder)
      throw error
    }
  }

  /** What was written to the cards is on the disk. */
  async save(): Promise<void> {
    const saved = this.#saving.then(() => this.#kept?.save(this.#cards))
    this.#saving = saved.catch(() => {})
    await saved
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      await this.save()
    } finally {
      await this.#running.stop()
      if (this.#kept === undefined) forget(this.#folder)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #cards(): Cards {
    return new Map([...this.cards].map(([name, { card }]) => [name, card]))
  }
}

function must(cards: Cards, name: string): SimulatedCard {
  const card = cards.get(name)
  if (card === undefined) throw new RangeError(`there is no specimen card "${name}"`)
  return card
}

/** Throws `StoreRefused` where another process has the folder or it holds something else, `CardImageError` for a spoilt card. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { data, clock = systemClock, progress = () => {} } = options
  let done = 0
  const told = () => progress(++done, CARD_WORDS.size)
  if (data !== undefined) return openKept(data, options, () => foundIn(data, clock, told))
  const folder = temporary()
  try {
    const cards = await foundTown(folder, clock, told)
    return new World(cards, await run(folder, options), folder)
  } catch (error) {
    forget(folder)
    throw error
  }
}

const temporary = () => mkdtempSync(join(tmpdir(), 'madoguchi-world-'))
const forget = (folder: string) => rmSync(folder, { recursive: true, force: true })

async function openKept(data: string, options: WorldOptions, found: () => Promise<void>): Promise<World> {
  if (!existsSync(join(data, DATABASE))) await found()
  const running = await run(data, options)
  try {
    const kept = new KeptCards(placesIn(data).cards)
    const load = async (name: string) => [name, await kept.load(name)] as const
    return new World(new Map(await Promise.all([...CARD_WORDS.keys()].map(load))), running, data, kept)
  } catch (error) {
    await running.stop()
    throw error
  }
}

/** The folder is there with everything in it or not at all, also when the process is killed on the way. */
async function foundIn(data: string, clock: Clock, told: () => void): Promise<void> {
  makeFolder(dirname(data))
  const half = mkdtempSync(`${data}.new-`)
  try {
    await new KeptCards(placesIn(half).cards).save(await foundTown(half, clock, told))
    if (existsSync(data)) rmdirSync(data)
    renameSync(half, data)
  } catch (error) {
    forget(half)
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    // Another process was first: it has the database, and says so.
    if (!existsSync(join(data, DATABASE))) throw new StoreRefused(`${data} holds something else: name another folder.`)
  }
}

function run(folder: string, { clock, kiosksRest = true, log = () => {} }: WorldOptions): Promise<Running> {
  const { place, crlFolder, masterKey: key } = placesIn(folder)
  return runBackend({
    ...{ place, crlFolder, master: masterKey(key, false), simulation: true },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'simulation', log },
    ...(clock && { clock }),
    kiosksRest,
  })
}
