/** INTERNAL AUTHENTICATE `00 88` (facts 3.6): deterministic, and only by the one key meant for it. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { answer, status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { rsaPrivateKey } from '../private-key.ts'
import { signSha256 } from '../signature.ts'
import { referenced } from './reference.ts'

const MAX_CHALLENGE = 255

export function internalAuthenticate(session: FileSession, { p1, p2, data, ne }: Command): Uint8Array {
  if (p1 !== 0x00) return status(SW.WRONG_P1P2)
  const object = referenced(session, p2)
  if (typeof object === 'number') return status(object)
  if (object.kind !== 'key') return status(SW.FILE_STRUCTURE)
  if (!session.allows(object, 'internalAuthenticate'))
    return status(object.layout.internalAuthenticateRefusal ?? SW.SECURITY_STATUS)
  const stored = session.services.memory.read(object.keyCell)
  const key = stored && rsaPrivateKey(stored)
  if (key === undefined) return status(SW.REFERENCE_NOT_FOUND)
  if (data.length === 0 || data.length > MAX_CHALLENGE || ne < key.size) return status(SW.WRONG_LENGTH)
  return answer(signSha256(key, data))
}
