/**
 * A counter: one hall with two screens and two readers. The resident's side is as at a kiosk, but begins nothing by itself; the
 * staff side signs in with a staff card, and everything begins and ends there. PINs of residents never come to it (F05).
 */
import { Stopped } from '../../procedures/terminal.ts'
import type { Diagnostics } from '../../wire/diagnostics.ts'
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
import type { CounterParts } from './counter-parts.ts'
import { Reception } from './reception.ts'
import { STAFF, STAFF_PATIENCE } from './staff-screen.ts'

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
  #reception: Reception | undefined

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
    return residentService({
      ...{ ports: this.#ports, prompts: this.#resident, diagnostics: () => this.#diagnose() },
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
        diagnostics: {
          input: staffCalls.diagnostics.input,
          handle: async () => {
            if (this.#attendance === undefined) throw new ChannelError('staffSignedOut')
            return await this.#diagnose()
          },
        },
        cancel: {
          input: staffCalls.cancel.input,
          handle: async () => {
            this.#attendance?.cancel()
            this.#reception?.cancel()
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
    const { staffScreen: screen, staffCards: cards, closing } = parts
    this.#reception = new Reception({ screen, cards, client: office.client, closing })
    await this.#reception.serve(async (session) => {
      this.#attendance = new Attendance(parts, session)
      const ended = await this.#attendance.run()
      this.#attendance = undefined
      return ended
    })
  }

  async #diagnose(): Promise<Diagnostics> {
    const [ports, cards, metrics] = [this.#ports, this.#residentCards, this.#metrics]
    return diagnose({ ports, cards, metrics, office: await this.#office })
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
}
