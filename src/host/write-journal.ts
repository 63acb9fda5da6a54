/**
 * Writes that the host does to a card by itself – a PIN changed by its holder: announced in the journal before, settled after, and told to
 * the backend in that order, whenever it can be reached. What is not settled stays known by the card's chip until a later write of
 * the same thing makes the question idle.
 */
import type { IntendedWrite } from '../procedures/holder-card.ts'
import { BACKEND_ERRORS } from '../wire/backend-errors.ts'
import type { BackendClient } from './backend-client.ts'
import type { Journal, WriteEntry } from './journal.ts'

/** Where there is no card manager to ask, a card cannot be known again, and its writes are not kept. */
const NAMELESS: IntendedWrite = { settle: async () => {} }

export class WriteJournal {
  readonly #journal: Journal
  readonly #client: BackendClient
  readonly #now: () => number
  readonly #closing: AbortSignal
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: { journal: Journal; client: BackendClient; now: () => number; closing: AbortSignal }) {
    this.#journal = parts.journal
    this.#client = parts.client
    this.#now = parts.now
    this.#closing = parts.closing
  }

  async intend(chip: string | undefined, procedure: string, what: string): Promise<IntendedWrite> {
    if (chip === undefined) return NAMELESS
    const id = this.#client.newKey()
    const entry: WriteEntry = { kind: 'write', id, at: this.#now(), chip, procedure, what, stage: 'intended' }
    await this.#journal.put(entry)
    this.tell()
    return { settle: (stage) => this.#settle(id, stage) }
  }

  /** Of this chip, oldest first. */
  open(chip: string): readonly WriteEntry[] {
    return this.#writes().filter((entry) => entry.chip === chip && !isSettled(entry))
  }

  /** The card is gone, or another person comes: what is open now is not known any more. */
  async doubt(): Promise<void> {
    for (const entry of this.#writes()) if (entry.stage === 'intended') await this.#put({ ...entry, stage: 'unknown' })
    this.tell()
  }

  /** Tells the backend what it does not know yet; one after another, in the background, without a word where it is away. */
  tell(): void {
    this.#telling = this.#telling.then(() => this.#tellAll()).catch(() => {})
  }

  /** When all that is being told has been, or the line is closed. */
  async told(): Promise<void> {
    await this.#telling
  }

  async #settle(id: string, stage: 'done' | 'notDone'): Promise<void> {
    const entry = this.#entry(id)
    if (entry === undefined) return
    await this.#put({ ...entry, stage })
    // The card holds this write's value now, and none of an earlier one.
    if (stage === 'done')
      for (const earlier of this.open(entry.chip))
        if (earlier.what === entry.what && earlier.stage === 'unknown')
          await this.#put({ ...earlier, stage: 'notDone' })
    this.tell()
  }

  async #tellAll(): Promise<void> {
    for (const { id } of this.#writes()) {
      if (this.#closing.aborted || !(await this.#tellOne(id))) return
    }
  }

  /** False: the backend does not answer now. */
  async #tellOne(id: string): Promise<boolean> {
    for (;;) {
      const entry = this.#entry(id)
      if (entry === undefined || entry.noted === entry.stage) return true
      const stage = entry.noted === undefined ? 'intended' : entry.stage
      const serial = await this.#serialOf(entry)
      if (serial === 'away') return false
      const answered =
        serial === undefined
          ? undefined
          : await this.#client.call(
              'noteWrite',
              {
                params: { serial },
                body: { write: id, procedure: entry.procedure, what: entry.what, stage },
              },
              { signal: this.#closing, key: `${id}-${stage}` },
            )
      if (answered?.kind === 'away' || (answered?.kind === 'refused' && BACKEND_ERRORS[answered.code].retriable))
        return false
      const now = this.#entry(id)
      if (now === undefined) return true
      // A card or a terminal that the backend does not want to hear of: nobody will ask.
      const noted = answered?.kind === 'ok' ? stage : now.stage
      await this.#put({ ...now, noted, ...(serial === undefined ? {} : { card: serial }) })
    }
  }

  async #serialOf({ chip, card }: WriteEntry): Promise<string | undefined | 'away'> {
    if (card !== undefined) return card
    const found = await this.#client.call('findCard', { body: { chip } }, { signal: this.#closing })
    return found.kind === 'ok' ? found.value.serial : found.kind === 'away' ? 'away' : undefined
  }

  /** What is settled and told is nobody's business any more. */
  async #put(entry: WriteEntry): Promise<void> {
    if (isSettled(entry) && entry.noted === entry.stage) await this.#journal.drop(entry)
    else await this.#journal.put(entry)
  }

  #writes(): readonly WriteEntry[] {
    return this.#journal.entries.filter((entry) => entry.kind === 'write')
  }

  #entry(id: string): WriteEntry | undefined {
    return this.#writes().find((entry) => entry.id === id)
  }
}

const isSettled = ({ stage }: WriteEntry): boolean => stage === 'done' || stage === 'notDone'
