/** SET PUBLIC IC KEY `80 A2` (facts 3.9): a terminal hands over its card-verifiable certificate in two parts. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { certifiedBy, parseBody } from '../terminal-key.ts'

const BODY = 0x06c1
const BODY_LENGTH = 307
const SIGNATURE = 0x00c1
const SIGNATURE_LENGTH = 261

export function setPublicIcKey(session: FileSession, { p1, p2, data }: Command): Uint8Array {
  const certifier = session.application.objects.find((object) => object?.kind === 'certifier')
  if (certifier === undefined) return status(SW.INS_NOT_SUPPORTED)
  const part = (p1 << 8) | p2
  if (part !== BODY && part !== SIGNATURE) return status(SW.WRONG_P1P2)
  if (data.length !== (part === BODY ? BODY_LENGTH : SIGNATURE_LENGTH)) return status(SW.WRONG_LENGTH)
  if (!session.allows(certifier, 'setPublicKey')) return session.refusal()
  if (part === BODY) {
    session.terminalKey = parseBody(data)
    return status(session.terminalKey === undefined ? SW.WRONG_DATA : SW.OK)
  }
  const claimed = session.terminalKey
  if (claimed === undefined) return status(SW.CONDITIONS_NOT_SATISFIED)
  session.terminalKey = undefined
  const key = session.services.memory.read(certifier.keyCell)
  if (key === undefined) return status(SW.REFERENCE_NOT_FOUND)
  if (!certifiedBy(key, claimed, data)) return status(SW.VERIFICATION_FAILED)
  session.terminalKey = { ...claimed, certified: true }
  return status(SW.OK)
}
