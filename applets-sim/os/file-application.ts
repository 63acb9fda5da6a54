/** A card application that is nothing but files, PINs and keys, and the way to each of its commands. */
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer, status } from './answer.ts'
import type { ApplicationSession, CardApplication, ChipServices } from './application.ts'
import { instruction } from './commands/instructions.ts'
import { secureMessaging } from './commands/secure-messaging.ts'
import { fciOf } from './fci.ts'
import { FileSession } from './file-session.ts'
import { type ApplicationLayout, type CompiledLayout, compileLayout } from './layout.ts'

export class FileApplication implements CardApplication {
  readonly layout: ApplicationLayout
  readonly aid: Uint8Array
  readonly compiled: CompiledLayout

  constructor(layout: ApplicationLayout) {
    this.layout = layout
    this.compiled = compileLayout(layout)
    this.aid = this.compiled.aid
  }

  open(services: ChipServices): ApplicationSession {
    const session = new FileSession(services, this.compiled)
    return {
      selected: (command) => selected(session, command),
      process: (command) => process(session, command),
    }
  }
}

/** Security status and current EF survive SELECT of the same AID; a session key does not (facts 1.9, 2.10). */
function selected(session: FileSession, command: Command): Uint8Array {
  session.messageKey = undefined
  const sw = session.life === 'locked' ? SW.DF_LOCKED : SW.OK
  return answer(fciOf(session.application.aid, command), sw)
}

function process(session: FileSession, command: Command): Uint8Array {
  const { cla } = command
  if (cla === 0x08 || cla === 0x0c) return secureMessaging(session, command)
  if ((cla & 0x7f) !== 0) return status(SW.CLA_NOT_SUPPORTED)
  return instruction(session, command)
}
