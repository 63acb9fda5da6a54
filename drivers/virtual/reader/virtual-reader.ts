/** One virtual reader: a slot that holds at most one chip, gives it power, passes commands and lets faults happen. */
import { randomBytes } from 'node:crypto'
import { type ChipInterface, PowerLost } from '../../../src/card/ports.ts'
import type { CommandTrace } from './command-trace.ts'
import { type Fault, FaultPlan } from './faults.ts'
import { answerPseudoCommand } from './pseudo-apdu.ts'
import { SCARD } from './scard.ts'
import type { ReaderOptions, VirtualCard } from './virtual-card.ts'

/** What happened to a reader; `powerLost` is a card that lost its power in mid-command and was powered again. */
export type ReaderChange = 'inserted' | 'removed' | 'reset' | 'powerLost' | 'unplugged'

/** An answer (possibly shorter than two bytes: a communication error), or a PC/SC return code. */
export type ExchangeResult = Uint8Array | number

interface Pending {
  readonly done: (result: ExchangeResult) => void
  timer?: NodeJS.Timeout
}

const NONE: readonly string[] = []

export class VirtualReader {
  readonly name: string
  readonly options: ReaderOptions
  readonly faults = new FaultPlan()
  /** Told of every change but commands; set once by the reader's sharing, which passes it on. */
  onChange: (change: ReaderChange) => void = () => {}
  /** Told of an exception out of the chip, which is a bug in it and disturbs nobody else. */
  onChipError: (error: unknown) => void = () => {}
  /** Moves with every insertion and removal. */
  eventCounter = 0
  readonly #trace: CommandTrace
  readonly #unplug: () => void
  #card: VirtualCard | undefined
  #via: ChipInterface = 'contact'
  #atr: Uint8Array | undefined
  #powered = false
  #mute = false
  #pupi: Uint8Array = new Uint8Array(4)
  #pending: Pending | undefined

  constructor(name: string, options: ReaderOptions, trace: CommandTrace, unplug: () => void) {
    this.name = name
    this.options = options
    this.#trace = trace
    this.#unplug = unplug
  }

  get card(): VirtualCard | undefined {
    return this.#card
  }
  get via(): ChipInterface {
    return this.#via
  }
  /** Absent without a card and with a mute one. */
  get atr(): Uint8Array | undefined {
    return this.#atr
  }
  get powered(): boolean {
    return this.#powered
  }

  /**
   * Lays a card in the reader. Like pcscd the reader powers it up for its ATR and down again: a card is power-cycled at
   * least once before any program touches it (facts: PC/SC page, section 1).
   */
  insert(card: VirtualCard, via: ChipInterface = 'contact'): void {
    if (this.#card !== undefined) throw new RangeError(`the reader "${this.name}" already holds a card`)
    this.#card = card
    this.#via = via
    this.#mute = card.mute ?? false
    this.eventCounter++
    this.powerOn()
    this.powerOff()
    this.onChange('inserted')
  }

  /** Takes the card out; a command in flight ends with SCARD_W_REMOVED_CARD. Returns the card, if there was one. */
  remove(): VirtualCard | undefined {
    const card = this.#card
    if (card === undefined) return undefined
    this.powerOff()
    this.#card = undefined
    this.#atr = undefined
    this.eventCounter++
    this.onChange('removed')
    this.#finish(this.#pending, SCARD.W_REMOVED_CARD)
    return card
  }

  /** Called by the bay, once, when the reader leaves it. The card is out of power but stays in the slot. */
  unplugged(): void {
    this.powerOff()
    this.onChange('unplugged')
    this.#finish(this.#pending, SCARD.E_READER_UNAVAILABLE)
  }

  /** Cold reset. False when there is no card or it gives no ATR. */
  powerOn(): boolean {
    if (this.#card === undefined) return false
    this.#pupi = new Uint8Array(randomBytes(4))
    return this.#start(() => this.#card?.chip.powerOn(this.#via))
  }

  /** Warm reset, power kept. False when there is no card or it gives no ATR. */
  warmReset(): boolean {
    return this.#powered ? this.#start(() => this.#card?.chip.warmReset()) : this.powerOn()
  }

  powerOff(): void {
    if (this.#powered) this.#card?.chip.powerOff()
    this.#powered = false
  }

  /** One command. `done` is called once: at once in the ordinary case, later when a fault delays the answer. */
  exchange(command: Uint8Array, done: (result: ExchangeResult) => void): void {
    if (this.#card === undefined) done(SCARD.W_REMOVED_CARD)
    else if (this.#mute) done(SCARD.E_NOT_TRANSACTED)
    else if (!this.#powered) done(SCARD.W_UNPOWERED_CARD)
    else if (this.faults.size === 0) done(this.#run(command, NONE))
    else this.#exchangeWithFaults(command, this.faults.due(), done)
  }

  /** The card loses its power now and gets it back at once. False when there is no powered card. */
  cutPower(): boolean {
    if (!this.#powered) return false
    this.powerOff()
    this.powerOn()
    this.onChange('powerLost')
    this.#finish(this.#pending, SCARD.E_NOT_TRANSACTED)
    return true
  }

  /** Plans a fault. Throws RangeError when the card in the slot has no way to let it happen. */
  addFault(fault: Fault): void {
    if (fault.kind === 'powerCut' && this.#card !== undefined && this.#card.planPowerCut === undefined)
      throw new RangeError(`the card in the reader "${this.name}" cannot lose its power at a chosen write`)
    this.faults.add(fault)
  }

  /** Forgets the command in flight: its client is gone. */
  abandon(): void {
    if (this.#pending?.timer !== undefined) clearTimeout(this.#pending.timer)
    this.#pending = undefined
  }

  #start(power: () => Uint8Array | undefined): boolean {
    this.#powered = false
    this.#atr = undefined
    if (this.#mute) return false
    try {
      this.#atr = power()
      this.#powered = this.#atr !== undefined
    } catch (error) {
      this.onChipError(error)
    }
    return this.#powered
  }

  #run(command: Uint8Array, faults: readonly string[]): ExchangeResult {
    try {
      const answer =
        (command[0] === 0xff ? answerPseudoCommand(command, this.#via, this.#pupi) : undefined) ??
        (this.#card as VirtualCard).chip.transmit(command)
      this.#trace.record(this.name, command, answer, faults)
      return answer
    } catch (error) {
      this.#trace.record(this.name, command, undefined, faults)
      if (!(error instanceof PowerLost)) {
        this.onChipError(error)
        return SCARD.F_INTERNAL_ERROR
      }
      this.#powered = false
      this.powerOn()
      this.onChange('powerLost')
      return SCARD.E_NOT_TRANSACTED
    }
  }

  #exchangeWithFaults(command: Uint8Array, faults: readonly Fault[], done: (result: ExchangeResult) => void): void {
    const names = faults.map(({ kind }) => kind)
    const pending: Pending = { done }
    this.#pending = pending
    for (const fault of faults) if (fault.when !== 'after') this.#strike(fault, pending)
    if (this.#pending !== pending) {
      this.#trace.record(this.name, command, undefined, names)
      return
    }
    let result = this.#run(command, names)
    for (const fault of faults) if (fault.when === 'after') this.#strike(fault, pending)
    if (this.#pending !== pending) return
    let delay = 0
    for (const fault of faults) {
      if (fault.kind === 'hang') return
      if (fault.kind === 'slow') delay += fault.ms
      if (fault.kind === 'waitingTimeExtension') delay += fault.times * fault.ms
      if (typeof result === 'number') continue
      if (fault.kind === 'empty') result = result.subarray(0, 0)
      if (fault.kind === 'truncate') result = result.subarray(0, fault.length)
    }
    if (delay === 0) this.#finish(pending, result)
    else pending.timer = setTimeout(() => this.#finish(pending, result), delay)
  }

  /** The faults that end the exchange or change the card; the others shape the answer. */
  #strike(fault: Fault, pending: Pending): void {
    switch (fault.kind) {
      case 'pull':
        this.remove()
        break
      case 'unplug':
        this.#unplug()
        break
      case 'mute':
        this.#mute = true
        this.#finish(pending, SCARD.E_NOT_TRANSACTED)
        break
      case 'powerCut':
        this.#card?.planPowerCut?.({ write: fault.write, at: fault.at })
        break
      case 'reset':
        this.warmReset()
        this.onChange('reset')
        this.#finish(pending, SCARD.W_RESET_CARD)
        break
    }
  }

  #finish(pending: Pending | undefined, result: ExchangeResult): void {
    if (pending === undefined || this.#pending !== pending) return
    this.abandon()
    pending.done(result)
  }
}
