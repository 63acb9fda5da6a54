/** What is seen of the card on the resident's reader, from one look to the next. */
import type { Card } from '../../card/card.ts'
import type { BackendLine } from '../../procedures/backend-line.ts'
import { Stopped } from '../../procedures/terminal.ts'
import type { OnReader } from '../card-desk.ts'
import { seeCard } from './glance.ts'

export class CardAtGlance {
  readonly #backend: BackendLine
  readonly #show: () => void
  #seen: Awaited<ReturnType<typeof seeCard>> | undefined
  #card: Card | undefined
  /** A later look makes an earlier one stale. */
  #looks = 0

  /** `show` is called whenever there is something new to show. */
  constructor(backend: BackendLine, show: () => void) {
    this.#backend = backend
    this.#show = show
  }

  /** Undefined: no card, or it is being looked at. */
  get seen() {
    return this.#seen
  }

  /** `away`: something else has the screen now, and nothing is shown. */
  async look(there: OnReader, away: () => boolean): Promise<void> {
    if (away()) return
    const look = ++this.#looks
    const stale = () => look !== this.#looks || away()
    const card = there.kind === 'card' ? there.card : undefined
    // What was seen of a card that still lies there stays on the screen until it is seen anew.
    if (card === undefined || card !== this.#card) this.#seen = undefined
    if (there.kind === 'unusable') this.#seen = { problem: there.problem }
    this.#card = card
    if (card !== undefined) {
      this.#show()
      try {
        const seen = await seeCard(card, this.#backend)
        if (!stale()) this.#seen = seen
      } catch (error) {
        if (!(error instanceof Stopped)) throw error
      }
    }
    if (!stale()) this.#show()
  }
}
