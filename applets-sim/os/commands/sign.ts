/** COMPUTE DIGITAL SIGNATURE `80 2A` (facts 3.5). */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { TERMINAL } from '../access.ts'
import { answer, status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { rsaPrivateKey } from '../private-key.ts'
import { SCHEMES } from '../signature.ts'
import { referenced } from './reference.ts'

/** P1: scheme. P2: 80 key of the current EF, 80 OR short EF id, or 00 for the application's default key. */
export function sign(session: FileSession, { p1, p2, data, ne }: Command): Uint8Array {
  const scheme = SCHEMES[p1]
  if (scheme === undefined) return status(SW.WRONG_P1P2)
  const { defaultKey } = session.application.layout
  const object =
    p2 !== 0x00
      ? referenced(session, p2)
      : ((defaultKey === undefined ? undefined : session.find(defaultKey)) ?? SW.REFERENCE_NOT_FOUND)
  if (typeof object === 'number') return status(object)
  if (object.kind !== 'key') return status(SW.FILE_STRUCTURE)
  if (!session.allows(object, 'sign')) return session.refusal()
  const stored = session.services.memory.read(object.keyCell)
  const key = stored && rsaPrivateKey(stored)
  if (key === undefined) return status(SW.REFERENCE_NOT_FOUND)
  if (data.length < scheme.minLength || data.length > scheme.maxLength || ne < key.size) return status(SW.WRONG_LENGTH)
  const onlyByTerminal = (object.conditions[session.life].sign & session.securityStatus) === TERMINAL
  if (onlyByTerminal) session.securityStatus &= ~TERMINAL
  return answer(scheme.sign(key, data, session.services.random))
}
