/**
 * EXTERNAL AUTHENTICATE `00 82` (facts 3.9, 11): the terminal signs the card's last challenge with the key of its certificate
 * and gains the use of the 利用者証明用 key for one signature.
 */
import { verify } from 'node:crypto'
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { TERMINAL } from '../access.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { referenced } from './reference.ts'

/** A shorter challenge could have been seen before. */
const MIN_CHALLENGE = 8

export function externalAuthenticate(session: FileSession, { p1, p2, data }: Command): Uint8Array {
  if (p1 !== 0x00) return status(SW.WRONG_P1P2)
  const certifier = referenced(session, p2)
  if (typeof certifier === 'number') return status(certifier)
  if (certifier.kind !== 'certifier') return status(SW.FILE_STRUCTURE)
  if (!session.allows(certifier, 'externalAuthenticate')) return session.refusal()
  const { challenge, terminalKey } = session
  session.challenge = undefined
  if (challenge === undefined || challenge.length < MIN_CHALLENGE || terminalKey?.certified !== true)
    return status(SW.CONDITIONS_NOT_SATISFIED)
  if (!verify('sha256', challenge, terminalKey.publicKey, data)) return status(SW.VERIFICATION_FAILED)
  session.securityStatus |= TERMINAL
  return status(SW.OK)
}
