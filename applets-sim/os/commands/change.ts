/** The two ways of changing a PIN one knows (facts 3.3): ISO's, and the older one of JICSAP for the 住民基本台帳用 PIN. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import type { Operation } from '../access.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { pinFault, setPin } from '../pin.ts'
import { referenced } from './reference.ts'

/** `00 24 01`: new value only, after VERIFY of the old one. Old and new value in one command (P1 = 00) is not offered. */
export const changeReferenceData = (session: FileSession, command: Command): Uint8Array =>
  command.p1 === 0x01 ? change(session, command, 'changeReferenceData') : status(SW.WRONG_P1P2)

/** `80 32 00`, after VERIFY of the old value. */
export const changeKey = (session: FileSession, command: Command): Uint8Array =>
  command.p1 === 0x00 ? change(session, command, 'changeKey') : status(SW.WRONG_P1P2)

function change(session: FileSession, { p2, data }: Command, operation: Operation): Uint8Array {
  const pin = referenced(session, p2)
  if (typeof pin === 'number') return status(pin)
  if (pin.kind !== 'pin') return status(SW.FILE_STRUCTURE)
  if (!session.allows(pin, operation)) return session.refusal()
  const fault = pinFault(pin, data)
  if (fault !== undefined) return status(fault === 'length' ? SW.WRONG_LENGTH : SW.WRONG_DATA)
  setPin(session.services.memory, pin, data)
  return status(SW.OK)
}
