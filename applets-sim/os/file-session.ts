/** One file-system application while it is current: its current EF and its security status. */
import { SW } from '../../src/card/status-word.ts'
import { FREE, type LifeCycle, lifeCycleOf, type Operation } from './access.ts'
import { status } from './answer.ts'
import type { ChipServices } from './application.ts'
import type { CardObject, CompiledLayout } from './layout.ts'
import type { MessageKey } from './message-key.ts'
import type { TerminalKey } from './terminal-key.ts'

export class FileSession {
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
