/** One file-system application while it is current: its current EF, its security status, and the way to each command. */
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { FREE, type LifeCycle, lifeCycleOf, type Operation } from './access.ts'
import { answer, status } from './answer.ts'
import type { ApplicationSession, CardApplication, ChipServices } from './application.ts'
import { instruction } from './commands/instructions.ts'
import { secureMessaging } from './commands/secure-messaging.ts'
import { fciOf } from './fci.ts'
import { type ApplicationLayout, type CardObject, type CompiledLayout, compileLayout } from './layout.ts'
import type { MessageKey } from './message-key.ts'
import type { TerminalKey } from './terminal-key.ts'

export class FileSession implements ApplicationSession {
  readonly services: ChipServices
  readonly application: CompiledLayout
  readonly life: LifeCycle
  /** Proofs given so far, as bits (access.ts). */
  securityStatus = FREE
  /** Current EF: set by SELECT and by every command that names a short EF identifier. */
  currentEf: CardObject | undefined
  /** Secure messaging: the delivered key, or `destroyed` after a failed check. */
  messageKey: MessageKey | undefined
  /** 特定機関認証: what has been handed over so far. */
  terminalKey: TerminalKey | undefined
  /** The last GET CHALLENGE, good for one EXTERNAL AUTHENTICATE. */
  challenge: Uint8Array | undefined

  constructor(services: ChipServices, application: CompiledLayout) {
    this.services = services
    this.application = application
    this.life = lifeCycleOf(services.memory.read(application.lifeCell)?.[0])
  }

  /** Security status and current EF survive SELECT of the same AID; a session key does not (facts 1.9, 2.10). */
  selected(command: Command): Uint8Array {
    this.messageKey = undefined
    const sw = this.life === 'locked' ? SW.DF_LOCKED : SW.OK
    return answer(fciOf(this.application.aid, command), sw)
  }

  process(command: Command): Uint8Array {
    const { cla } = command
    if (cla === 0x08 || cla === 0x0c) return secureMessaging(this, command)
    if ((cla & 0x7f) !== 0) return status(SW.CLA_NOT_SUPPORTED)
    return instruction(this, command)
  }

  /** Does the security status satisfy the object's condition for this operation? */
  allows(object: CardObject, operation: Operation): boolean {
    return (this.securityStatus & object.conditions[this.life][operation]) !== 0
  }

  /** Status word of a refusal: a matter of the application's life, or of missing proof. */
  refusal(): Uint8Array {
    return status(this.life === 'personalised' ? SW.SECURITY_STATUS : SW.CONDITIONS_NOT_SATISFIED)
  }

  /** Is this EF on the card? IEFs are made with the application, working EFs when something is stored in them. */
  exists(object: CardObject): boolean {
    if (object.kind === 'file') return this.services.memory.read(object.cell) !== undefined
    if (object.kind === 'records') return this.services.memory.read(`${object.cell}/01`) !== undefined
    return true
  }

  /** The EF with this identifier, if it is there. */
  find(fid: number): CardObject | undefined {
    const object = this.application.objects[fid]
    return object !== undefined && this.exists(object) ? object : undefined
  }
}

/** A card application that is nothing but files, PINs and keys. */
export class FileApplication implements CardApplication {
  readonly layout: ApplicationLayout
  readonly aid: Uint8Array
  readonly compiled: CompiledLayout

  constructor(layout: ApplicationLayout) {
    this.layout = layout
    this.compiled = compileLayout(layout)
    this.aid = this.compiled.aid
  }

  open(services: ChipServices): FileSession {
    return new FileSession(services, this.compiled)
  }
}
