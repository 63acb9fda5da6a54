/** Staff come to a place one after the other: whoever lays a staff card down signs in with it. */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Card } from '../../card/card.ts'
import { Stopped } from '../../procedures/terminal.ts'
import type { BackendClient } from '../backend-client.ts'
import type { CardDesk } from '../card-desk.ts'
import { type SignedIn, type StaffSession, signInWith } from './sign-in.ts'
import type { StaffScreenDesk } from './staff-screen.ts'
import { onReader } from './wait-for-card.ts'

export interface ReceptionParts {
  readonly screen: StaffScreenDesk
  /** Of the staff reader. */
  readonly cards: CardDesk
  readonly client: BackendClient
  readonly closing: AbortSignal
}

export interface EndOfAttendance {
  /** The card it ended with. */
  readonly card: Card
  /** For the next sign-in's screen; undefined where they know it themselves. */
  readonly problem: FailureCode | undefined
}

export class Reception {
  readonly #parts: ReceptionParts
  /** Ends the sign-in that is going on. */
  #stopSignIn: (failure: FailureCode) => void = () => {}

  constructor(parts: ReceptionParts) {
    this.#parts = parts
  }

  /** Until the place closes; `attend` settles when a session is over. */
  async serve(attend: (session: StaffSession) => Promise<EndOfAttendance>): Promise<void> {
    let problem: FailureCode | undefined
    let last: Card | undefined
    while (!this.#parts.closing.aborted) {
      const card = await this.#anotherCard(last, problem)
      if (card === undefined) return
      last = card
      const signedIn = await this.#signIn(card)
      problem = signedIn.kind === 'problem' ? signedIn.failure : undefined
      if (signedIn.kind !== 'signedIn') continue
      const ended = await attend(signedIn.session)
      problem = ended.problem
      last = ended.card
    }
  }

  /** Whoever is signing in goes back. */
  cancel(): void {
    this.#stopSignIn('cancelled')
  }

  /** A card that was put in after `last`. What was wrong with that one stays on the screen for as long as it lies there. */
  async #anotherCard(last: Card | undefined, wrong: FailureCode | undefined): Promise<Card | undefined> {
    const { screen, cards, closing } = this.#parts
    let problem = wrong
    const showing = (failure: FailureCode | undefined) =>
      screen.show({ kind: 'signIn', ...(failure && { problem: failure }) })
    showing(problem)
    try {
      return await onReader(cards, closing, (there) => {
        if (there.kind === 'card') return there.card === last ? undefined : there.card
        if (there.kind === 'unusable') showing(there.problem)
        if (there.kind === 'nothing' && problem !== undefined) {
          problem = undefined
          showing(undefined)
        }
        return undefined
      })
    } catch (error) {
      if (closing.aborted) return undefined
      throw error
    }
  }

  async #signIn(card: Card): Promise<SignedIn> {
    const { screen, client, closing } = this.#parts
    const stop = new AbortController()
    this.#stopSignIn = (failure) => {
      stop.abort(new Stopped(failure))
      screen.stop(failure)
    }
    const gone = () => this.#stopSignIn('cardGone')
    card.alive.addEventListener('abort', gone, { once: true })
    closing.addEventListener('abort', gone, { once: true })
    if (card.alive.aborted || closing.aborted) gone()
    const backend = client.line({ signal: stop.signal })
    try {
      return await signInWith(card, 'operator', { screen, backend }, stop.signal)
    } finally {
      closing.removeEventListener('abort', gone)
      this.#stopSignIn = () => {}
    }
  }
}
