/**
 * What this terminal did to cards, kept where it survives: the intent before a write, what became of it after, and the report of a card
 * script before it is sent. By ids alone: no PIN, no personal data. Kept here because the backend may be away; it is told when it can be.
 */
import { z } from 'zod'
import { writeStage } from '../wire/backend-card-work.ts'
import { SCRIPT_ENDPOINTS } from '../wire/backend-scripts.ts'
import { scriptReport } from '../wire/card-script.ts'
import type { JournalStore } from './journal-store.ts'

const id = z.string().min(1).max(64)
/** The ten bytes of a chip's identification, hexadecimal. */
const chip = z.string().regex(/^[0-9A-F]{20}$/)

const write = z.strictObject({
  kind: z.literal('write'),
  id,
  at: z.number(),
  chip,
  procedure: id,
  what: id,
  stage: writeStage,
  /** Its serial, once the backend has told. */
  card: id.optional(),
  /** What the backend was last told of it. */
  noted: writeStage.optional(),
})
export type WriteEntry = z.infer<typeof write>

const session = z.strictObject({
  kind: z.literal('session'),
  /** The key it was ordered with: the same key gets the same session. */
  id,
  at: z.number(),
  card: id,
  ask: SCRIPT_ENDPOINTS.openScript.body.shape.ask,
  /** Once the backend has answered. */
  session: id.optional(),
  /** What is to be reported next. Written before the card is touched, as if nothing would come back; again when it is known. */
  report: scriptReport.optional(),
  /** How it ended, while nobody was told. */
  finished: z.record(z.string(), z.unknown()).optional(),
})
export type SessionEntry = z.infer<typeof session>

const gone = z.strictObject({ kind: z.literal('gone'), id })
const line = z.discriminatedUnion('kind', [write, session, gone])
type Line = z.infer<typeof line>
export type Entry = WriteEntry | SessionEntry

/** Lines beyond those that count, before the file is written anew. */
const SLACK = 256

export class Journal {
  readonly #store: JournalStore
  readonly #entries = new Map<string, Entry>()
  #lines = 0
  #last: Promise<void>

  private constructor(store: JournalStore) {
    this.#store = store
    this.#last = Promise.resolve()
  }

  /** Reads what is there. A line that is none is left out: it was being written when the power went. */
  static async open(store: JournalStore): Promise<Journal> {
    const journal = new Journal(store)
    for (const text of await store.read()) {
      const parsed = line.safeParse(parseLine(text))
      if (parsed.success) journal.#take(parsed.data)
    }
    // Always: what follows a torn line would be torn with it.
    await journal.#compact()
    return journal
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()]
  }

  /** As it stands now. */
  current<E extends Entry>({ id }: E): E | undefined {
    return this.#entries.get(id) as E | undefined
  }

  /** Settles when it would survive. One after another, in the order asked for. */
  async put(entry: Entry): Promise<void> {
    await this.#append(entry)
  }

  async drop(entry: Entry): Promise<void> {
    if (this.#entries.has(entry.id)) await this.#append({ kind: 'gone', id: entry.id })
  }

  #append(entry: Line): Promise<void> {
    this.#take(entry)
    const written = this.#last.then(async () => {
      await this.#store.append(JSON.stringify(entry))
      if (this.#lines > this.#entries.size + SLACK) await this.#compact()
    })
    this.#last = written.catch(() => {})
    return written
  }

  #take(entry: Line): void {
    this.#lines++
    if (entry.kind === 'gone') this.#entries.delete(entry.id)
    else this.#entries.set(entry.id, entry)
  }

  async #compact(): Promise<void> {
    await this.#store.replace(this.entries.map((entry) => JSON.stringify(entry)))
    this.#lines = this.#entries.size
  }
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
