/** VERIFY (facts 3.2). */
import type { Command } from '../../../src/card/command.ts'
import { SW, triesLeft } from '../../../src/card/status-word.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { spendTry, triesLeftOf } from '../pin.ts'
import { referenced } from './reference.ts'

const MAX_LENGTH = 16

/** Without data: how many tries are left, also when the PIN is verified, never 9000. With data: one try. */
export function verify(session: FileSession, { p1, p2, data }: Command): Uint8Array {
  if (p1 !== 0x00) return status(SW.WRONG_P1P2)
  const pin = referenced(session, p2)
  if (typeof pin === 'number') return status(pin)
  if (pin.kind !== 'pin') return status(SW.FILE_STRUCTURE)
  const { memory } = session.services
  if (data.length === 0) return status(tries(triesLeftOf(memory, pin)))
  if (data.length > MAX_LENGTH) return status(SW.WRONG_LENGTH)
  if (!session.allows(pin, 'verify')) return session.refusal()
  if (triesLeftOf(memory, pin) === 0) return status(SW.REFERENCE_LOCKED)
  session.securityStatus &= ~pin.bit
  if (!spendTry(memory, pin, data)) return status(tries(triesLeftOf(memory, pin)))
  session.securityStatus |= pin.bit
  return status(SW.OK)
}

const tries = (left: number | 'unlimited'): number =>
  left === 'unlimited' ? SW.VERIFICATION_FAILED : triesLeft(Math.min(left, 0x0f))
