/** The hall everybody comes in through: one screen, one reader, one procedure at a time, behind `HostApi`. */
import { offeredWithoutStaff, PROCEDURES } from '../procedures/catalogue.ts'
import type { Diagnostics } from '../wire/diagnostics.ts'
import { ChannelError } from '../wire/frame.ts'
import type { Service } from '../wire/serve.ts'
import type { ProcedureName, View } from '../wire/view.ts'
import { type BackOffice, openBackOffice } from './back-office.ts'
import { CardDesk } from './card-desk.ts'
import { diagnose } from './diagnostics.ts'
import { Metrics } from './metrics.ts'
import { oneReader } from './one-reader.ts'
import { type HostPorts, KIOSK_PATIENCE, type Patience } from './ports.ts'
import { PromptDesk, RESIDENT } from './prompt-desk.ts'
import { residentService } from './resident-service.ts'
import { Turn } from './turn.ts'

export class Hall {
  readonly #prompts: PromptDesk
  readonly #cards = new CardDesk()
  readonly #metrics = new Metrics()
  readonly #ports: HostPorts
  readonly #patience: Patience
  readonly #office: Promise<BackOffice>
  readonly #idle: View
  readonly #closing = new AbortController()
  readonly #following: Promise<void>
  #turn: { readonly turn: Turn; readonly name: ProcedureName; readonly finished: Promise<void> } | undefined

  constructor(ports: HostPorts, patience: Patience = KIOSK_PATIENCE) {
    this.#ports = ports
    this.#patience = patience
    this.#office = openBackOffice(ports, this.#closing.signal, this.#metrics)
    // A journal that cannot be read is told to whoever starts something.
    this.#office.catch(() => {})
    this.#idle = { kind: 'idle', procedures: [...offeredWithoutStaff(ports.settings.role)] }
    this.#prompts = new PromptDesk(RESIDENT, ports.clock, ports.timers, patience, this.#idle)
    const { reader } = ports.settings
    const readers = reader === undefined ? ports.readers : oneReader(ports.readers, reader)
    this.#following = this.#cards.follow(readers, this.#closing.signal, this.#metrics)
  }

  /** What a screen, a robot or a command line is served. */
  get service(): Service {
    return residentService({
      ...{ ports: this.#ports, prompts: this.#prompts, start: (name) => this.#start(name) },
      diagnostics: () => this.diagnostics(),
      turn: () => this.#turn && { name: this.#turn.name, cancel: () => this.#turn?.turn.cancel() },
    })
  }

  /** For whoever looks after the terminal; without personal data. */
  async diagnostics(): Promise<Diagnostics> {
    const office = await this.#office
    return diagnose({ ports: this.#ports, office, cards: this.#cards, metrics: this.#metrics })
  }

  /** Stops the running turn, waits until it has settled, and lets go of the readers. */
  async close(): Promise<void> {
    const running = this.#turn
    this.#closing.abort()
    running?.turn.cancel()
    await running?.finished
    await this.#following
    await (await this.#office.catch(() => undefined))?.settled()
  }

  async #start(name: ProcedureName): Promise<void> {
    if (!offeredWithoutStaff(this.#ports.settings.role).includes(name)) throw new ChannelError('badInput')
    const office = await this.#office
    if (this.#turn !== undefined) throw new ChannelError('busy')
    const turn = new Turn({
      prompts: this.#prompts,
      cards: this.#cards,
      ports: this.#ports,
      office,
      patience: this.#patience,
      closing: this.#closing.signal,
    })
    this.#turn = { turn, name, finished: this.#run(turn, name) }
  }

  /** A procedure that throws is a bug of ours: the person is told so in the same words as of any failure. */
  async #run(turn: Turn, name: ProcedureName): Promise<void> {
    try {
      await turn.run(PROCEDURES[name])
      const { ending } = turn
      if (ending !== undefined) this.#metrics.turn(name, ending.kind === 'failed' ? ending.failure : ending.kind)
    } catch {
      this.#metrics.turn(name, 'internal')
      await this.#prompts.tell({ kind: 'failed', failure: 'internal' })
    } finally {
      this.#turn = undefined
      this.#prompts.show(this.#idle)
    }
  }
}
