/** GET CHALLENGE (facts 1.4, 1.8): exactly Le bytes, 1–256; the extended form is refused. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { answer, status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'

export function getChallenge(session: FileSession, { p1, p2, data, ne, extended }: Command): Uint8Array {
  if (p1 !== 0 || p2 !== 0) return status(SW.WRONG_P1P2)
  if (extended) return status(SW.CONDITIONS_NOT_SATISFIED)
  if (data.length !== 0 || ne === 0) return status(SW.WRONG_LENGTH)
  session.challenge = session.services.random.bytes(ne)
  return answer(session.challenge)
}
