/** An installed application while it is current: its domain's channel around it, its objects behind it. */
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { status } from '../os/answer.ts'
import type { ApplicationSession, ChipServices } from '../os/application.ts'
import type { Applet, AppletClass, AppletHost } from './applet.ts'
import type { CardContent } from './card-content.ts'
import { cellsOf } from './cells.ts'
import { channelFor } from './channel-owner.ts'
import { CARD, isSelectable } from './life-cycle.ts'
import { Refusal } from './refusal.ts'
import type { SecureChannel } from './secure-channel.ts'

export class AppletSession implements ApplicationSession {
  readonly #content: CardContent
  readonly #aid: Uint8Array
  readonly #channel: SecureChannel
  readonly #open: () => Applet
  #applet: Applet

  constructor(services: ChipServices, content: CardContent, aid: Uint8Array, implementation: AppletClass) {
    this.#content = content
    this.#aid = aid
    this.#channel = channelFor(content, services, aid)
    this.#open = () => implementation.open(hostFor(services, content, aid, () => this.#channel.authenticated))
    this.#applet = this.#open()
  }

  /** Selected once more, too, whatever is volatile begins anew: the channel, and in the applet a PIN that was verified. */
  selected(command: Command): Uint8Array {
    this.#channel.reset()
    this.#applet = this.#open()
    return this.#run(() => this.#applet.select(command))
  }

  /** Locked or deleted meanwhile – from another logical channel – it has nothing more to say. */
  process(command: Command): Uint8Array {
    const { registry } = this.#content
    const alive = isSelectable(registry.instance(this.#aid)?.life ?? 0)
    if (!alive || registry.card === CARD.LOCKED || registry.card === CARD.TERMINATED)
      return status(SW.CONDITIONS_NOT_SATISFIED)
    return this.#channel.process(command, (plain) => this.#run(() => this.#applet.process(plain)))
  }

  reset(): void {
    this.#channel.reset()
  }

  /** No transaction around it: an applet that must spend a try before it compares says itself what belongs together. */
  #run(work: () => Uint8Array): Uint8Array {
    try {
      return work()
    } catch (error) {
      if (error instanceof Refusal) return status(error.sw)
      throw error
    }
  }
}

/** An instance whose package has no known implementation: it can be selected and does nothing. */
export const UNKNOWN_SESSION: ApplicationSession = {
  selected: () => status(SW.OK),
  process: () => status(SW.SELF_DIAGNOSIS),
}

/** What an applet is given: at installation, at personalisation and while it is selected. */
export function hostFor(
  services: ChipServices,
  content: CardContent,
  aid: Uint8Array,
  secured: () => boolean,
): AppletHost {
  const { memory } = services
  const cell = (name: string) => `${cellsOf(aid)}object.${name}`
  return {
    aid,
    random: services.random,
    secured,
    objects: {
      read: (name) => memory.read(cell(name)),
      write: (name, value) =>
        memory.transaction(() => {
          memory.write(cell(name), value)
          content.account.verify()
        }),
      transaction: (work) => memory.transaction(work),
    },
  }
}
