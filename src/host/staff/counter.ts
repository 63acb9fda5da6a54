/**
 * A counter: one hall with two screens and two readers. The resident's side is as at a kiosk, but begins nothing by itself; the
 * staff side signs in with a staff card, and everything begins and ends there. PINs of residents never come to it (F05).
 */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Card } from '../../card/card.ts'
import { Stopped } from '../../procedures/terminal.ts'
import { ChannelError } from '../../wire/frame.ts'
import type { Service } from '../../wire/serve.ts'
import { staffCalls, staffListens } from '../../wire/staff-api.ts'
import type { StaffAnswers, StaffView } from '../../wire/staff-view.ts'
import type { ProcedureName, View } from '../../wire/view.ts'
import { type BackOffice, openBackOffice } from '../back-office.ts'
import { CardDesk } from '../card-desk.ts'
import { diagnose } from '../diagnostics.ts'
import { Metrics } from '../metrics.ts'
import { oneReader } from '../one-reader.ts'
import { type HostPorts, KIOSK_PATIENCE, type Patience } from '../ports.ts'
import { PromptDesk, RESIDENT } from '../prompt-desk.ts'
import { answering, residentService } from '../resident-service.ts'
import { screensOf } from '../screens.ts'
import { Attendance } from './attendance.ts'
import type { CounterTurn } from './counter-turn.ts'
import { signInWith } from './sign-in.ts'
import { STAFF, STAFF_PATIENCE, type StaffScreenDesk } from './staff-screen.ts'
import { onReader } from './wait-for-card.ts'

/** What both sides share, for whoever is signed in. */
export interface CounterParts {
  readonly ports: HostPorts
  readonly patience: Patience
  readonly office: BackOffice
  readonly closing: AbortSignal
  readonly staffScreen: StaffScreenDesk
  readonly staffCards: CardDesk
  readonly resident: PromptDesk
  readonly residentCards: CardDesk
  /** The turn at the resident's side; it may outlive the session of whoever began it, until the card is taken. */
  readonly turn: { current: CounterTurn | undefined }
}

const NOTHING_TO_BEGIN: View = { kind: 'idle', procedures: [] }

export class Counter {
  readonly #ports: HostPorts
  readonly #patience: Patience
  readonly #resident: PromptDesk
  readonly #residentCards = new CardDesk()
  readonly #staffScreen: PromptDesk<StaffView, StaffAnswers>
  readonly #staffCards = new CardDesk()
  readonly #turn: CounterParts['turn'] = { current: undefined }
  readonly #closing = new AbortController()
  readonly #metrics = new Metrics()
  readonly #office: Promise<BackOffice>
  readonly #settled: Promise<unknown>
  #attendance: Attendance | undefined
  /** Ends the sign-in that is going on. */
  #stopSignIn: (failure: FailureCode) => void = () => {}

  constructor(ports: HostPorts, patience: Patience = KIOSK_PATIENCE, staffPatience: Patience = STAFF_PATIENCE) {
    const { clock, timers, readers, settings } = ports
    const { reader, staffReader } = settings
    if (reader === undefined || staffReader === undefined || reader === staffReader)
      throw new RangeError('a counter has a reader for residents and another one for staff')
    this.#ports = ports
    this.#patience = patience
    this.#resident = new PromptDesk(RESIDENT, clock, timers, patience, NOTHING_TO_BEGIN)
    this.#staffScreen = new PromptDesk(STAFF, clock, timers, staffPatience, { kind: 'signIn' })
    const { signal } = this.#closing
    this.#office = openBackOffice(ports, signal, this.#metrics)
    // A journal that cannot be read is told at the sign-in.
    this.#office.catch(() => {})
    this.#settled = Promise.all([
      this.#residentCards.follow(oneReader(readers, reader), signal, this.#metrics),
      this.#staffCards.follow(oneReader(readers, staffReader), signal, this.#metrics),
      this.#serve(),
    ])
  }

  /** The resident's screen. */
  get service(): Service {
    const diagnostics = async () =>
      diagnose({
        ...{ ports: this.#ports, cards: this.#residentCards, metrics: this.#metrics },
        office: await this.#office,
      })
    return residentService({
      ...{ ports: this.#ports, prompts: this.#resident, diagnostics },
      start: async () => {
        throw new ChannelError('notOffered')
      },
      turn: () => {
        const turn = this.#turn.current
        return turn && { name: turn.name, cancel: () => turn.cancel('cancelled') }
      },
    })
  }

  get staffService(): Service {
    const attending = <T>(does: (attendance: Attendance, input: T) => void) => ({
      handle: async (input: T) => {
        if (this.#attendance === undefined) throw new ChannelError('staffSignedOut')
        does(this.#attendance, input)
        return {}
      },
    })
    return {
      calls: {
        start: {
          input: staffCalls.start.input,
          ...attending<{ procedure: ProcedureName }>((attendance, { procedure }) => attendance.start(procedure)),
        },
        search: { input: staffCalls.search.input, ...attending((attendance) => attendance.search()) },
        signOut: { input: staffCalls.signOut.input, ...attending((attendance) => attendance.signOut()) },
        answer: answering(this.#staffScreen),
        cancel: {
          input: staffCalls.cancel.input,
          handle: async () => {
            this.#attendance?.cancel()
            this.#stopSignIn('cancelled')
            return {}
          },
        },
      },
      listens: {
        screen: {
          input: staffListens.screen.input,
          handle: (_: unknown, signal) => screensOf(this.#staffScreen, signal),
        },
      },
    }
  }

  /** Ends what goes on, waits until it has settled, and lets go of the readers. */
  async close(): Promise<void> {
    this.#closing.abort(new Stopped('cancelled'))
    this.#turn.current?.cancel('cancelled')
    await this.#turn.current?.finished
    await this.#settled
    await (await this.#office.catch(() => undefined))?.settled()
  }

  /** One member of staff after the other. */
  async #serve(): Promise<void> {
    const office = await this.#office.catch(() => undefined)
    if (office === undefined) {
      this.#staffScreen.show({ kind: 'signIn', problem: 'internal' })
      return
    }
    const parts = this.#parts(office)
    let problem: FailureCode | undefined
    let last: Card | undefined
    while (!this.#closing.signal.aborted) {
      const card = await this.#anotherCard(last, problem)
      if (card === undefined) return
      last = card
      const signedIn = await this.#signIn(card, parts)
      problem = signedIn.kind === 'problem' ? signedIn.failure : undefined
      if (signedIn.kind !== 'signedIn') continue
      this.#attendance = new Attendance(parts, signedIn.session)
      const ended = await this.#attendance.run()
      this.#attendance = undefined
      problem = ended.problem
      last = ended.card
    }
  }

  #parts(office: BackOffice): CounterParts {
    return {
      ...{
        ports: this.#ports,
        patience: this.#patience,
        office,
      },
      ...{ closing: this.#closing.signal, turn: this.#turn },
      ...{ staffScreen: this.#staffScreen, staffCards: this.#staffCards },
      ...{ resident: this.#resident, residentCards: this.#residentCards },
    }
  }

  /** A card that was put in after `last`. What was wrong with that one stays on the screen for as long as it lies there. */
  async #anotherCard(last: Card | undefined, wrong: FailureCode | undefined): Promise<Card | undefined> {
    let problem = wrong
    const showing = (failure: FailureCode | undefined) =>
      this.#staffScreen.show({ kind: 'signIn', ...(failure && { problem: failure }) })
    showing(problem)
    try {
      return await onReader(this.#staffCards, this.#closing.signal, (there) => {
        if (there.kind === 'card') return there.card === last ? undefined : there.card
        if (there.kind === 'unusable') showing(there.problem)
        if (there.kind === 'nothing' && problem !== undefined) {
          problem = undefined
          showing(undefined)
        }
        return undefined
      })
    } catch (error) {
      if (error instanceof Stopped) return undefined
      throw error
    }
  }

  async #signIn(card: Card, { office, staffScreen, closing }: CounterParts) {
    const stop = new AbortController()
    this.#stopSignIn = (failure) => {
      stop.abort(new Stopped(failure))
      staffScreen.stop(failure)
    }
    const gone = () => this.#stopSignIn('cardGone')
    card.alive.addEventListener('abort', gone, { once: true })
    closing.addEventListener('abort', gone, { once: true })
    if (card.alive.aborted || closing.aborted) gone()
    const backend = office.client.line({ signal: stop.signal })
    try {
      return await signInWith(card, 'operator', { screen: staffScreen, backend }, stop.signal)
    } finally {
      closing.removeEventListener('abort', gone)
      this.#stopSignIn = () => {}
    }
  }
}
