/** The hall everybody comes in through: one screen, one reader, one procedure at a time, behind `HostApi`. */
import { offeredWithoutStaff, PROCEDURES } from '../procedures/catalogue.ts'
import type { Procedure } from '../procedures/terminal.ts'
import { ChannelError } from '../wire/frame.ts'
import { hostCalls, hostListens, type Place } from '../wire/host-api.ts'
import type { Service } from '../wire/serve.ts'
import type { ProcedureName, View } from '../wire/view.ts'
import { type BackOffice, openBackOffice } from './back-office.ts'
import { CardDesk } from './card-desk.ts'
import { oneReader } from './one-reader.ts'
import { type HostPorts, KIOSK_PATIENCE, type Patience } from './ports.ts'
import { PromptDesk, RESIDENT } from './prompt-desk.ts'
import { receiptOf } from './receipt.ts'
import { screensOf } from './screens.ts'
import { Turn } from './turn.ts'

export class Hall {
  readonly #prompts: PromptDesk
  readonly #cards = new CardDesk()
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
    this.#office = openBackOffice(ports, this.#closing.signal)
    // A journal that cannot be read is told to whoever starts something.
    this.#office.catch(() => {})
    this.#idle = { kind: 'idle', procedures: [...offeredWithoutStaff(ports.settings.role)] }
    this.#prompts = new PromptDesk(RESIDENT, ports.clock, ports.timers, patience, this.#idle)
    const { reader } = ports.settings
    const readers = reader === undefined ? ports.readers : oneReader(ports.readers, reader)
    this.#following = this.#cards.follow(readers, this.#closing.signal)
  }

  /** What a screen, a robot or a command line is served. */
  get service(): Service {
    return {
      calls: {
        place: { input: hostCalls.place.input, handle: async () => this.#place() },
        print: {
          input: hostCalls.print.input,
          handle: async (input: { prompt: number }) => this.#print(input.prompt),
        },
        start: {
          input: hostCalls.start.input,
          handle: async (input: { procedure: ProcedureName }) => this.#start(input),
        },
        answer: {
          input: hostCalls.answer.input,
          handle: async ({ prompt, answer }: { prompt: number; answer: unknown }, secret) => {
            this.#prompts.answer(prompt, answer, secret)
            return {}
          },
        },
        cancel: {
          input: hostCalls.cancel.input,
          handle: async () => {
            this.#turn?.turn.cancel()
            return {}
          },
        },
      },
      listens: {
        screen: { input: hostListens.screen.input, handle: (_: unknown, signal) => screensOf(this.#prompts, signal) },
      },
    }
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

  #place(): Place {
    const { terminal, place, keypad } = this.#ports.settings
    return { terminal, place, keypad, receipts: this.#ports.printer !== undefined }
  }

  async #print(prompt: number): Promise<object> {
    const { printer, settings, clock } = this.#ports
    const { screen } = this.#prompts
    if (printer === undefined) throw new ChannelError('notOffered')
    if (screen.prompt !== prompt || this.#turn === undefined) throw new ChannelError('stalePrompt')
    const receipt = receiptOf(screen.view, this.#turn.name, settings, clock.now())
    if (receipt === undefined) throw new ChannelError('badInput')
    await printer.print(receipt)
    return {}
  }

  async #start({ procedure: name }: { procedure: ProcedureName }): Promise<object> {
    const procedure = PROCEDURES[name]
    if (procedure === undefined || !offeredWithoutStaff(this.#ports.settings.role).includes(name))
      throw new ChannelError('badInput')
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
    this.#turn = { turn, name, finished: this.#run(turn, PROCEDURES[name]) }
    return {}
  }

  /** A procedure that throws is a bug of ours: the person is told so in the same words as of any failure. */
  async #run(turn: Turn, procedure: Procedure): Promise<void> {
    try {
      await turn.run(procedure)
    } catch {
      await this.#prompts.tell({ kind: 'failed', failure: 'internal' })
    } finally {
      this.#turn = undefined
      this.#prompts.show(this.#idle)
    }
  }
}
