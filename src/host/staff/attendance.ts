/**
 * Somebody of the staff is signed in: the card at a glance, what can be begun, and the one thing that goes on. It all ends when
 * their card leaves the staff reader, they sign out, or the backend does not know the session any more.
 */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Card } from '../../card/card.ts'
import type { BackendLine } from '../../procedures/backend-line.ts'
import { PROCEDURES } from '../../procedures/catalogue.ts'
import { type Procedure, Stopped } from '../../procedures/terminal.ts'
import { ChannelError } from '../../wire/frame.ts'
import type { Candidate } from '../../wire/staff-view.ts'
import type { ProcedureName } from '../../wire/view.ts'
import { CardAtGlance } from './card-at-glance.ts'
import type { CounterParts } from './counter-parts.ts'
import { counterTurn, told } from './counter-turn.ts'
import { staffDesk } from './desk.ts'
import { endSession, heeding } from './end-session.ts'
import type { EndOfAttendance } from './reception.ts'
import { searchPerson } from './search.ts'
import { firstReturns, secondSignsIn } from './second-look.ts'
import type { StaffSession } from './sign-in.ts'
import { startables } from './startable.ts'

export class Attendance {
  readonly #parts: CounterParts
  #session: StaffSession
  /** The reader is a second operator's for a look (F58): its owner's card may be out. */
  #lent = false
  readonly #end = new AbortController()
  /** In the name of who is signed in. */
  readonly #backend: BackendLine
  /** What lies on the resident's reader, and by it what can be begun. */
  readonly #glance: CardAtGlance
  #problem: FailureCode | undefined
  #cancelActivity: ((failure: FailureCode) => void) | undefined
  #person: Candidate | undefined

  constructor(parts: CounterParts, session: StaffSession) {
    this.#parts = parts
    this.#session = session
    const line = parts.office.client.line({ signal: this.#end.signal, operator: () => session.token })
    this.#backend = heeding(line, () => this.#over('staffSignedOut'))
    this.#glance = new CardAtGlance(this.#backend, () => this.#show())
  }

  /** Settles when it is over; the resident may still have a card to take. */
  async run(): Promise<EndOfAttendance> {
    const { residentCards, ports, closing } = this.#parts
    const { expiresAt } = this.#session
    const over = () => this.#over(undefined)
    const expired = () => this.#over('staffSignedOut')
    const stopExpiry = ports.timers.after(Math.max(0, expiresAt - ports.clock.now()), expired)
    closing.addEventListener('abort', over, { once: true })
    this.#endsWith(this.#session.card)
    if (closing.aborted) over()
    const look = () => this.#inBackground(this.#lookAtCard())
    const stopWatching = residentCards.watch(look)
    look()
    await aborted(this.#end.signal)
    stopWatching()
    stopExpiry()
    closing.removeEventListener('abort', over)
    await this.#endSession(this.#session)
    return { card: this.#session.card, problem: this.#problem }
  }

  /** Throws `ChannelError`: `busy`, `notOffered`. */
  start(name: ProcedureName): void {
    this.#mustBeFree()
    const offered = this.#startables.find(({ procedure }) => procedure === name)
    const procedure = PROCEDURES[name]
    if (procedure === undefined || offered === undefined || offered.hindrance !== undefined)
      throw new ChannelError('notOffered')
    this.#inBackground(this.#perform(name, procedure))
  }

  /** Throws `ChannelError`: `busy`. */
  search(): void {
    this.#mustBeFree()
    this.#inBackground(this.#search())
  }

  cancel(): void {
    this.#cancelActivity?.('cancelled')
  }

  signOut(): void {
    this.#over(undefined)
  }

  get #startables() {
    const { seen } = this.#glance
    const glance = seen !== undefined && 'glance' in seen ? seen.glance : undefined
    return startables({
      ...{ role: this.#parts.ports.settings.role, glance, personPicked: this.#person !== undefined },
    }).filter(({ procedure }) => PROCEDURES[procedure] !== undefined)
  }

  get #isBusy(): boolean {
    return this.#cancelActivity !== undefined
  }

  /** Also until the card of a turn before is taken, whoever began it. */
  #mustBeFree(): void {
    if (this.#isBusy || this.#parts.turn.current !== undefined) throw new ChannelError('busy')
  }

  async #perform(name: ProcedureName, procedure: Procedure): Promise<void> {
    const { staffScreen, resident, residentCards, ports, patience, office, closing, turn } = this.#parts
    const staff = staffDesk({ staff: staffScreen, resident, procedure: name, person: this.#person })
    const session = () => (this.#end.signal.aborted ? undefined : this.#session.token)
    const desks = { prompts: resident, cards: residentCards, ports, patience, office, closing }
    const running = counterTurn({ ...desks, staff: { desk: staff.desk, session } }, name, procedure)
    turn.current = running
    this.#cancelActivity = running.cancel
    const returned = running.finished.then(() => {
      turn.current = undefined
      resident.show({ kind: 'idle', procedures: [] })
    })
    const stopMirror = staff.mirror(this.#end.signal)
    const ending = await running.ended
    stopMirror()
    if (ending.kind === 'done') this.#person = undefined
    if (ending.kind === 'failed' && ending.failure === 'staffSignedOut') this.#over('staffSignedOut')
    if (!this.#end.signal.aborted && ending.kind !== 'seen') await staffScreen.tell(told(name, ending))
    const stopMirrorAgain = staff.mirror(this.#end.signal)
    await returned
    stopMirrorAgain()
    this.#cancelActivity = undefined
    await this.#lookAtCard()
  }

  async #search(): Promise<void> {
    const { staffScreen: screen } = this.#parts
    const stop = new AbortController()
    this.#cancelActivity = (failure) => {
      stop.abort(new Stopped(failure))
      screen.stop(failure)
    }
    try {
      const secondLook = <T>(look: (second: StaffSession) => Promise<T | undefined>) =>
        this.#secondLook(look, stop.signal)
      const searched = await searchPerson({ screen, backend: this.#backend, secondLook })
      if (searched.kind === 'picked') this.#person = searched.person
      if (searched.kind === 'failed' && !this.#end.signal.aborted) await screen.tell(searched)
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
    this.#cancelActivity = undefined
    await this.#lookAtCard()
  }

  /** Whatever becomes of the look: afterwards the first one's card lies there again, or they are signed out. */
  async #secondLook<T>(
    look: (second: StaffSession) => Promise<T | undefined>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const { staffScreen: screen, staffCards: cards, office } = this.#parts
    const desk = { screen, cards, backend: office.client.line({ signal }), signal }
    this.#lent = true
    let second: StaffSession | undefined
    try {
      second = await secondSignsIn(desk, this.#session)
      const gone = () => screen.stop('cardGone')
      second.card.alive.addEventListener('abort', gone, { once: true })
      const { alive } = second.card
      const looked = await look(second)
        .catch((error: unknown) => {
          if (error instanceof Stopped && !signal.aborted) return undefined
          throw error
        })
        .finally(() => alive.removeEventListener('abort', gone))
      const card = await firstReturns(desk, this.#session, second)
      this.#session = { ...this.#session, card }
      return looked
    } finally {
      this.#lent = false
      this.#endsWith(this.#session.card)
      if (second !== undefined) await this.#endSession(second)
    }
  }

  #endSession(session: StaffSession): Promise<void> {
    const { office, ports } = this.#parts
    return endSession({ client: office.client, timers: ports.timers }, session)
  }

  #endsWith(card: Card): void {
    const out = () => {
      if (!this.#lent) this.#over(undefined)
    }
    card.alive.addEventListener('abort', out, { once: true })
    if (card.alive.aborted) out()
  }

  /** Not while something goes on: that has the screen. */
  #lookAtCard(): Promise<void> {
    return this.#glance.look(this.#parts.residentCards.current, () => this.#isBusy || this.#end.signal.aborted)
  }

  #show(): void {
    const { seen } = this.#glance
    const person = this.#person
    this.#parts.staffScreen.show({
      kind: 'counter',
      operator: this.#session.name,
      procedures: this.#startables,
      ...(seen !== undefined && ('glance' in seen ? { card: seen.glance } : { cardProblem: seen.problem })),
      ...(person !== undefined && { person }),
    })
  }

  /** What throws here is a bug of ours: staff are told so, and sign in again. */
  #inBackground(work: Promise<void>): void {
    work.catch(() => this.#over('internal'))
  }

  #over(problem: FailureCode | undefined): void {
    if (this.#end.signal.aborted) return
    this.#problem = problem
    this.#end.abort(new Stopped('staffSignedOut'))
    this.#cancelActivity?.('staffSignedOut')
    this.#parts.staffScreen.stop('staffSignedOut')
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
