/**
 * The chip's operating system: power, classes and channels, SELECT by DF name, and the way of every other command to the
 * current application. ISO/IEC 7816-4:2020 and JICSAP v1.1 as facts 1.4–1.9 give them.
 */
import { equal } from '../../src/base/bytes.ts'
import { type Command, decodeCommand } from '../../src/card/command.ts'
import { type ChipInterface, type ChipPort, PowerLost } from '../../src/card/ports.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer, status } from './answer.ts'
import type { ApplicationDirectory, ApplicationSession, CardApplication, ChipServices } from './application.ts'
import { atrOf } from './atr.ts'
import { CommandChain } from './command-chain.ts'
import { GetResponse } from './get-response.ts'
import { channelOf, INS_MANAGE_CHANNEL, manageChannel } from './logical-channels.ts'

const INS_SELECT = 0xa4
/** P1 of SELECT: by DF name, by file identifier. */
const BY_NAME = 0x04
const BY_ID = 0x00

interface Current {
  readonly application: CardApplication
  readonly session: ApplicationSession
}

export class Chip implements ChipPort {
  readonly #services: ChipServices
  readonly #directory: ApplicationDirectory
  #via: ChipInterface | undefined
  /** What is current on each open logical channel. */
  #sessions: (Current | undefined)[] = []
  /** Channel of the command that runs now. */
  #channel = 0
  /** Has an application been selected since power-up? */
  #selected = false
  #firstCommand = false
  #chain: CommandChain | undefined
  #getResponse: GetResponse | undefined

  constructor(services: Omit<ChipServices, 'via'>, directory: ApplicationDirectory) {
    this.#services = { ...services, via: () => this.#via ?? 'contact' }
    this.#directory = directory
  }

  powerOn(via: ChipInterface): Uint8Array {
    this.powerOff()
    const { behaviour, memory } = this.#services
    memory.recover()
    this.#via = via
    this.#selected = false
    this.#firstCommand = true
    this.#chain = behaviour.generation === 'DA' ? new CommandChain() : undefined
    this.#getResponse = behaviour.getResponse ? new GetResponse() : undefined
    this.#open(this.#directory.initial)
    return atrOf(behaviour, via)
  }

  get #current(): Current | undefined {
    return this.#sessions[this.#channel]
  }

  /** The security status survives (facts 1.9); a session of GlobalPlatform and the further channels do not. */
  warmReset(): Uint8Array {
    if (this.#via === undefined) throw new PowerLost('no power')
    this.#channel = 0
    for (const further of this.#sessions.splice(1)) further?.session.closed?.()
    this.#current?.session.reset?.()
    return atrOf(this.#services.behaviour, this.#via)
  }

  powerOff(): void {
    for (const current of this.#sessions.splice(0)) current?.session.closed?.()
    this.#channel = 0
    this.#via = undefined
    this.#services.memory.powerOff()
  }

  transmit(bytes: Uint8Array): Uint8Array {
    if (this.#via === undefined) throw new PowerLost('no power')
    if (this.#firstCommand) {
      this.#firstCommand = false
      if (this.#services.behaviour.firstCommandFails) return status(SW.SELF_DIAGNOSIS)
    }
    const command = decodeCommand(bytes)
    if (command === undefined) return status(SW.WRONG_LENGTH)
    try {
      if (this.#getResponse === undefined) return this.#receive(command)
      return this.#getResponse.around(command, (inner) => this.#receive(inner))
    } catch (error) {
      if (error instanceof PowerLost) this.powerOff()
      throw error
    }
  }

  /** Class byte: ISO/IEC 7816-4:2020, 5.4.1. Bit 5 is chaining, bits 3 and 4 secure messaging, the rest a channel number. */
  #receive(command: Command): Uint8Array {
    if (this.#services.behaviour.logicalChannels === true) return this.#receiveOnChannel(command)
    return this.#receiveBasic(command)
  }

  /** A card with logical channels: the class says which one, and is handed on without it. */
  #receiveOnChannel(command: Command): Uint8Array {
    if (command.cla === 0xff) return status(SW.CLA_NOT_SUPPORTED)
    const { channel, cla } = channelOf(command.cla)
    if (this.#sessions[channel] === undefined) return status(SW.CHANNEL_NOT_SUPPORTED)
    this.#channel = channel
    if (command.ins === INS_MANAGE_CHANNEL && cla === 0x00) return this.#manageChannel(command)
    return this.#receiveBasic({ ...command, cla })
  }

  /** A new channel begins with the card manager. */
  #manageChannel(command: Command): Uint8Array {
    const change = manageChannel(command, (channel) => this.#sessions[channel] !== undefined)
    if (typeof change === 'number') return status(change)
    this.#channel = change.channel
    if (change.kind === 'close') this.#close()
    else {
      const opened = this.#open(this.#directory.initial)
      if (typeof opened === 'number') return status(opened)
    }
    return change.kind === 'open' && change.assigned ? answer(Uint8Array.of(change.channel)) : status(SW.OK)
  }

  #receiveBasic(command: Command): Uint8Array {
    const { cla } = command
    if (cla >= 0xa0) return status(SW.CLA_NOT_SUPPORTED)
    if ((cla & 0x03) !== 0 || (cla & 0xc0) === 0x40) return status(SW.CHANNEL_NOT_SUPPORTED)
    if ((cla & 0x60) === 0x20) return status(SW.CLA_NOT_SUPPORTED)
    if (this.#chain === undefined)
      return (cla & 0x10) === 0 ? this.#dispatch(command) : status(SW.CHAINING_NOT_SUPPORTED)
    const whole = this.#chain.add(command)
    return typeof whole === 'number' ? status(whole) : this.#dispatch(whole)
  }

  #dispatch(command: Command): Uint8Array {
    if (command.ins === INS_SELECT && command.cla === 0x00) {
      if (command.p1 === BY_NAME) return this.#selectByName(command)
      if (command.p1 === BY_ID) return this.#selectById(command)
    }
    return this.#current?.session.process(command) ?? status(SW.CONDITIONS_NOT_SATISFIED)
  }

  /**
   * There is no master file: without an identifier nothing happens once an application has been selected, and no
   * identifier – 3F00 least of all – leads anywhere (facts 1.5).
   */
  #selectById({ p2, data }: Command): Uint8Array {
    if (data.length !== 0) return status(SW.NOT_FOUND)
    return status(this.#selected && p2 === 0x00 ? SW.OK : SW.WRONG_P1P2)
  }

  /** P2: bits 1–2 first or next occurrence, bits 3–4 FCI or no response. The name may be a prefix. */
  #selectByName(command: Command): Uint8Array {
    const { p2, data } = command
    const next = (p2 & 0x03) === 0x02
    if ((p2 & 0xf1) !== 0 || ((p2 & 0x0c) !== 0 && (p2 & 0x0c) !== 0x0c)) return status(SW.WRONG_P1P2)
    const current = this.#current
    if (!next && current !== undefined && equal(current.application.aid, data)) return this.#found(current, command)
    const application = this.#directory.find(data, next ? current?.application : undefined)
    if (application === undefined) return status(SW.NOT_FOUND)
    if (current !== undefined && equal(current.application.aid, application.aid)) return this.#found(current, command)
    const opened = this.#open(application)
    return typeof opened === 'number' ? status(opened) : this.#found(opened, command)
  }

  #found(current: Current, command: Command): Uint8Array {
    this.#selected = true
    return current.session.selected(command)
  }

  #open(application: CardApplication): Current | number {
    const session = application.open(this.#services)
    if (typeof session === 'number') return session
    this.#close()
    const current = { application, session }
    this.#sessions[this.#channel] = current
    return current
  }

  #close(): void {
    this.#current?.session.closed?.()
    this.#sessions[this.#channel] = undefined
  }
}
