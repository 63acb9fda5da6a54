/**
 * One person's turn: a procedure from its start to the one cleanup tail of every exit. Whatever stops it, the running step
 * settles first; then the card forgets what was verified and is let go, the person is told, and asked to take the card.
 */

import { readChip } from '../applications/identify/card-signs.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Card } from '../card/card.ts'
import type { Outcome } from '../card/card-failure.ts'
import type { Transaction } from '../card/transaction-hold.ts'
import type { FaceCheck, FaceDesk } from '../procedures/face-check.ts'
import type { HolderCard } from '../procedures/holder-card.ts'
import type { StaffDesk } from '../procedures/staff-desk.ts'
import { type Ending, failed, type Procedure, Stopped, type Terminal } from '../procedures/terminal.ts'
import type { BackOffice } from './back-office.ts'
import type { CardDesk } from './card-desk.ts'
import type { SessionEntry } from './journal.ts'
import type { HostPorts, Patience } from './ports.ts'
import type { PromptDesk } from './prompt-desk.ts'
import { relay } from './relay/relay.ts'

export interface TurnDesks {
  readonly prompts: PromptDesk
  readonly cards: CardDesk
  readonly ports: HostPorts
  readonly patience: Patience
  readonly office: BackOffice
  /** At a counter with staff: their screen, and the session they are signed in with. */
  readonly staff?: TurnStaff
  /** The host is closing: nobody is waited for any more. */
  readonly closing: AbortSignal
}

export interface TurnStaff {
  /** Their desk for this turn; the signal aborts with `Stopped` when it ends. */
  readonly desk: (signal: AbortSignal) => StaffDesk
  readonly session: () => string | undefined
}

export class Turn {
  readonly #desks: TurnDesks
  readonly #stop = new AbortController()
  /** The card this turn works with; once it is gone the turn ends. */
  #card: Card | undefined
  #ending: Ending | undefined
  /** Orders that ended in this turn, until the person has been told. */
  readonly #told: SessionEntry[] = []

  constructor(desks: TurnDesks) {
    this.#desks = desks
  }

  /** Somebody wants to stop, or the host closes; at a counter the staff card may have gone. */
  cancel(failure: FailureCode = 'cancelled'): void {
    this.#end(new Stopped(failure))
  }

  /** As the person was told. */
  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Settles when the card is taken; never rejects but for a bug. */
  async run(procedure: Procedure): Promise<void> {
    const { prompts } = this.#desks
    let ending: Ending
    try {
      ending = await procedure(this.#terminal())
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      ending = failed(error.failure)
    } finally {
      this.#end(new Stopped('cancelled'))
      await this.#forgetVerified()
      this.#desks.office.afterTurn()
    }
    this.#ending = ending
    if (this.#desks.closing.aborted) return
    if (ending.kind !== 'seen') await prompts.tell(ending)
    for (const entry of this.#told) await this.#desks.office.journal.drop(entry)
    await this.#cardTaken()
  }

  #terminal(): Terminal {
    const { prompts, ports, office, staff } = this.#desks
    const { signal } = this.#stop
    const going = () => signal.throwIfAborted()
    let faceBy: string | undefined
    const operator = () => staff?.session() ?? faceBy
    const lookedBy = (session?: string) => {
      faceBy = session
    }
    const backend = office.client.line({ signal, operator })
    return {
      role: ports.settings.role,
      clock: ports.clock,
      random: ports.random,
      backend,
      script: relay(office, { backend, signal, operator, finished: (entry) => this.#told.push(entry) }),
      ...(staff === undefined ? {} : { staff: staff.desk(signal) }),
      ...(ports.face === undefined ? {} : { face: faceUntil(ports.face, signal, lookedBy) }),
      card: () => this.#awaitCard(),
      show: (view) => prompts.show(view),
      ask: (question) => {
        going()
        return prompts.ask(question as never)
      },
      askPin: async (question) => {
        going()
        const pin = await prompts.askPin(question, signal)
        if (pin === undefined) throw new Stopped('cancelled')
        return pin
      },
    }
  }

  #end(reason: Stopped): void {
    this.#stop.abort(reason)
    this.#desks.prompts.stop(reason.failure)
  }

  async #awaitCard(): Promise<HolderCard> {
    const { cards, prompts, ports, patience } = this.#desks
    const { promise, resolve, reject } = Promise.withResolvers<Card>()
    const look = () => {
      const { current } = cards
      if (current.kind === 'card') resolve(current.card)
      else prompts.show({ kind: 'insertCard', ...(current.kind === 'unusable' ? { problem: current.problem } : {}) })
    }
    const stopped = () => reject(this.#stop.signal.reason)
    const stopWatching = cards.watch(look)
    const stopWaiting = ports.timers.after(patience.question, () => reject(new Stopped('idle')))
    this.#stop.signal.addEventListener('abort', stopped, { once: true })
    if (this.#stop.signal.aborted) stopped()
    look()
    try {
      this.#card = await promise
    } finally {
      stopWatching()
      stopWaiting()
      this.#stop.signal.removeEventListener('abort', stopped)
    }
    this.#card.alive.addEventListener('abort', () => this.#end(new Stopped('cardGone')), { once: true })
    return await this.#holderCard(this.#card)
  }

  async #holderCard(card: Card): Promise<HolderCard> {
    const { signal } = this.#stop
    const { writes } = this.#desks.office
    const transaction = async <T>(work: (tx: Transaction) => Promise<T>): Promise<Outcome<T>> => {
      const outcome = await card.transaction(work, { signal })
      signal.throwIfAborted()
      return outcome
    }
    // Before anything else: by it a card is known again whose last write was cut.
    const read = await transaction(readChip)
    const chip = read.kind === 'ok' ? read.value : undefined
    return {
      transaction,
      intend: (procedure, what) => writes.intend(chip, procedure, what),
      unfinished: chip === undefined ? [] : writes.open(chip).map(({ what }) => what),
    }
  }

  /** Power off forgets every verified PIN (facts 1.9). A card that is gone has forgotten already. */
  async #forgetVerified(): Promise<void> {
    if (this.#card !== undefined && !this.#card.alive.aborted)
      await this.#card.transaction(async () => {}, { disposition: 'unpower' })
  }

  async #cardTaken(): Promise<void> {
    const { cards, prompts, ports, patience, closing } = this.#desks
    if (cards.current.kind === 'nothing') return
    const taken = Promise.withResolvers<void>()
    const look = () => {
      if (cards.current.kind === 'nothing' || closing.aborted) taken.resolve()
    }
    prompts.show({ kind: 'takeCard', forgotten: false })
    const stopWaiting = ports.timers.after(patience.takeCard, () => prompts.show({ kind: 'takeCard', forgotten: true }))
    const stopWatching = cards.watch(look)
    closing.addEventListener('abort', look, { once: true })
    look()
    await taken.promise
    stopWaiting()
    stopWatching()
    closing.removeEventListener('abort', look)
  }
}

/** What a comparison says counts only while the turn goes on. */
function faceUntil(face: FaceCheck, signal: AbortSignal, lookedBy: (session?: string) => void): FaceDesk {
  return {
    how: face.how,
    async compare(photo, live) {
      signal.throwIfAborted()
      try {
        const compared = await face.compare(photo, live, signal)
        if (compared === undefined) return undefined
        const { session, ...comparison } = compared
        lookedBy(session)
        return comparison
      } finally {
        signal.throwIfAborted()
      }
    },
  }
}
