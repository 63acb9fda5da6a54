/**
 * The chip's operating system: power, SELECT by DF name, and the way of every other command to the current application.
 * ISO/IEC 7816-4:2020 and JICSAP v1.1 as facts 1.4–1.9 give them.
 */
import { startsWith } from '../../src/base/bytes.ts'
import { type Command, decodeCommand } from '../../src/card/command.ts'
import { type ChipInterface, type ChipPort, PowerLost } from '../../src/card/ports.ts'
import { SW } from '../../src/card/status-word.ts'
import { status } from './answer.ts'
import type { ApplicationDirectory, ApplicationSession, CardApplication, ChipServices } from './application.ts'
import { atrOf } from './atr.ts'

const INS_SELECT = 0xa4
/** P1 of SELECT: by DF name. */
const BY_NAME = 0x04

export class Chip implements ChipPort {
  readonly #services: ChipServices
  readonly #directory: ApplicationDirectory
  #via: ChipInterface | undefined
  #current: { readonly application: CardApplication; readonly session: ApplicationSession } | undefined

  constructor(services: Omit<ChipServices, 'via'>, directory: ApplicationDirectory) {
    this.#services = { ...services, via: () => this.#via ?? 'contact' }
    this.#directory = directory
  }

  powerOn(via: ChipInterface): Uint8Array {
    this.powerOff()
    this.#services.memory.recover()
    this.#via = via
    this.#open(this.#directory.initial)
    return atrOf(this.#services.behaviour, via)
  }

  /** The security status survives (facts 1.9). */
  warmReset(): Uint8Array {
    if (this.#via === undefined) throw new PowerLost('no power')
    return atrOf(this.#services.behaviour, this.#via)
  }

  powerOff(): void {
    this.#close()
    this.#via = undefined
    this.#services.memory.powerOff()
  }

  transmit(bytes: Uint8Array): Uint8Array {
    if (this.#via === undefined) throw new PowerLost('no power')
    const command = decodeCommand(bytes)
    if (command === undefined) return status(SW.WRONG_LENGTH)
    try {
      return this.#dispatch(command)
    } catch (error) {
      if (error instanceof PowerLost) this.powerOff()
      throw error
    }
  }

  #dispatch(command: Command): Uint8Array {
    if (command.ins === INS_SELECT && command.p1 === BY_NAME && command.cla === 0x00) return this.#selectByName(command)
    return this.#current?.session.process(command) ?? status(SW.CONDITIONS_NOT_SATISFIED)
  }

  #selectByName(command: Command): Uint8Array {
    const next = (command.p2 & 0x03) === 0x02
    const current = this.#current?.application
    if (
      !next &&
      current !== undefined &&
      startsWith(current.aid, command.data) &&
      command.data.length === current.aid.length
    )
      return this.#current?.session.selected(command) ?? status(SW.NOT_FOUND)
    const application = this.#directory.find(command.data, next ? current : undefined)
    if (application === undefined) return status(SW.NOT_FOUND)
    const refusal = this.#open(application)
    return refusal === undefined ? (this.#current?.session.selected(command) ?? status(SW.NOT_FOUND)) : status(refusal)
  }

  #open(application: CardApplication): number | undefined {
    const session = application.open(this.#services)
    if (typeof session === 'number') return session
    this.#close()
    this.#current = { application, session }
    return undefined
  }

  #close(): void {
    this.#current?.session.closed?.()
    this.#current = undefined
  }
}
