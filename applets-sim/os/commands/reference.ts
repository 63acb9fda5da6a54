/** How a command names the object it is about. */
import { SW } from '../../../src/card/status-word.ts'
import type { FileSession } from '../file-session.ts'
import type { CardObject } from '../layout.ts'

/** P2 = 80: current EF; 80 OR short EF identifier: that EF, which becomes the current one. Anything else is a wrong P2. */
export const isReference = (p2: number): boolean => (p2 & 0xe0) === 0x80

/** The object P2 names, or the status word of its absence: 6986 without a current EF, 6A88 for an unknown short identifier. */
export function referenced(session: FileSession, p2: number): CardObject | number {
  if (!isReference(p2)) return SW.WRONG_P1P2
  return byShortId(session, p2 & 0x1f) ?? ((p2 & 0x1f) === 0 ? SW.NO_CURRENT_EF : SW.REFERENCE_NOT_FOUND)
}

/** Short EF identifier 0 stands for the current EF. An EF found by its identifier becomes current (ISO/IEC 7816-4:2020, 7.3.2). */
export function byShortId(session: FileSession, id: number): CardObject | undefined {
  if (id === 0) return session.currentEf
  const object = session.find(id)
  if (object === undefined || object.layout.withoutShortId === true) return undefined
  session.currentEf = object
  return object
}
