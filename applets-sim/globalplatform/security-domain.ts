/** A security domain while it is current: its secure channel, its life cycle's rules, and the way to each command. */
import { EMPTY, equal } from '../../src/base/bytes.ts'
import { tlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer, status, swOf } from '../os/answer.ts'
import type { ApplicationSession, ChipServices } from '../os/application.ts'
import type { CardContent } from './card-content.ts'
import { channelFor } from './channel-owner.ts'
import { deleteContent } from './delete.ts'
import { type DomainContext, INS, type Progress } from './domain-context.ts'
import type { InstanceEntry } from './entry.ts'
import { getData, isComputed } from './get-data.ts'
import { getStatus } from './get-status.ts'
import { install } from './install.ts'
import { generateKeyPair, resetRetryCounter } from './issuer-channel.ts'
import type { KeyRing } from './key-set.ts'
import { CARD, isSelectable } from './life-cycle.ts'
import { load } from './load.ts'
import { gathered } from './pieces.ts'
import { putKey } from './put-key.ts'
import { demand, Refusal } from './refusal.ts'
import type { SecureChannel } from './secure-channel.ts'
import { setStatus } from './set-status.ts'
import { storeData } from './store-data.ts'

type Handler = (context: DomainContext, command: Command) => Uint8Array

/** Commands that only an authenticated off-card entity may give; each runs in one memory transaction. */
const MANAGED: Readonly<Record<number, Handler>> = {
  [INS.GENERATE_KEY_PAIR]: generateKeyPair,
  [INS.RESET_RETRY_COUNTER]: resetRetryCounter,
  [INS.DELETE]: deleteContent,
  [INS.GET_STATUS]: getStatus,
  [INS.INSTALL]: install,
  [INS.LOAD]: load,
  [INS.PUT_KEY]: putKey,
  [INS.SET_STATUS]: setStatus,
  [INS.STORE_DATA]: storeData,
}

/** What is left of them on a locked card (GPCS 2.3.1, table 11-1). */
const WHILE_LOCKED: readonly number[] = [INS.GET_STATUS, INS.SET_STATUS]

/** Longest command data field that the FCI announces; extended ones are accepted beyond it. */
const LONGEST_BLOCK = 0xff

export class SecurityDomainSession implements ApplicationSession, DomainContext {
  readonly services: ChipServices
  readonly content: CardContent
  readonly ring: KeyRing
  readonly channel: SecureChannel
  progress: Progress | undefined
  target: Uint8Array | undefined
  readonly #aid: Uint8Array
  /** Answers what is no GlobalPlatform command: the card manager's files and objects, or nothing. */
  readonly #other: ApplicationSession | undefined

  constructor(services: ChipServices, content: CardContent, aid: Uint8Array, other?: ApplicationSession) {
    this.services = services
    this.content = content
    this.ring = content.ring(aid)
    this.channel = channelFor(content, services, aid)
    this.#aid = aid
    this.#other = other
  }

  get self(): InstanceEntry {
    return demand(this.content.registry.instance(this.#aid), SW.CONDITIONS_NOT_SATISFIED)
  }

  get #alive(): boolean {
    return equal(this.#aid, this.content.registry.isdAid) || isSelectable(this.self.life)
  }

  /** Selection ends the channel's session. On a locked card the issuer's domain says so (GPCS 2.3.1, 11.9.3). */
  selected(command: Command): Uint8Array {
    this.reset()
    this.#other?.selected(command)
    const sw = this.content.registry.card === CARD.LOCKED ? SW.DF_LOCKED : SW.OK
    return answer((command.p2 & 0x0c) === 0 && command.ne > 0 ? fci(this.#aid) : EMPTY, sw)
  }

  reset(): void {
    this.channel.reset()
    this.#forget()
  }

  /** What commands left for the next one goes with the session in which they came. */
  #forget(): void {
    this.progress = undefined
    this.target = undefined
  }

  closed(): void {
    this.reset()
    this.#other?.closed?.()
  }

  process(command: Command): Uint8Array {
    const { card } = this.content.registry
    if (card === CARD.TERMINATED && command.ins !== INS.GET_DATA) return status(SW.CONDITIONS_NOT_SATISFIED)
    // Classes 08 and 0C belong to the card manager's answer (facts 1.9).
    if ((command.cla & 0x78) !== 0) return this.#other?.process(command) ?? status(SW.CLA_NOT_SUPPORTED)
    const response = this.channel.process(command, (plain) => this.#dispatch(plain, card))
    if (!this.channel.authenticated) this.#forget()
    return response
  }

  #dispatch(command: Command, card: number): Uint8Array {
    if (this.progress?.ins !== command.ins) this.progress = undefined
    const { cla, ins } = command
    try {
      if (ins === INS.GET_DATA) {
        return this.#getData(command)
      }
      const handler = cla === 0x80 ? MANAGED[ins] : undefined
      if (handler === undefined) return this.#unknown(command)
      if (!this.channel.authenticated) return status(SW.SECURITY_STATUS)
      // Locked or deleted meanwhile, from another logical channel.
      if (!this.#alive) return status(SW.CONDITIONS_NOT_SATISFIED)
      if (card === CARD.LOCKED && !WHILE_LOCKED.includes(ins)) return status(SW.CONDITIONS_NOT_SATISFIED)
      const whole = gathered(this, command)
      // As the whole will answer: with a confirmation, or with nothing yet.
      if (whole === undefined) return answer(ins === INS.PUT_KEY ? EMPTY : Uint8Array.of(0))
      return this.services.memory.transaction(() => handler(this, whole))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.progress = undefined
      return status(error.sw)
    }
  }

  /** In the clear and in class 00 the card manager answers, with its rules on Le (facts 1.4, 1.7), for what it has. */
  #getData(command: Command): Uint8Array {
    if (command.cla !== 0x00 || this.channel.authenticated || isComputed(command)) return getData(this, command)
    const found = this.#other?.process(command)
    return found !== undefined && swOf(found) !== SW.REFERENCE_NOT_FOUND ? found : getData(this, command)
  }

  #unknown(command: Command): Uint8Array {
    if (this.#other !== undefined) return this.#other.process(command)
    return status(
      command.cla === 0x00 && MANAGED[command.ins] !== undefined ? SW.CLA_NOT_SUPPORTED : SW.INS_NOT_SUPPORTED,
    )
  }
}

/** File control information of a security domain: 6F { 84 AID, A5 { 9F65 longest command data } } (GPCS 2.3.1, table 11-84). */
const fci = (aid: Uint8Array): Uint8Array =>
  tlv(0x6f, tlv(0x84, aid), tlv(0xa5, tlv(0x9f65, Uint8Array.of(LONGEST_BLOCK))))
