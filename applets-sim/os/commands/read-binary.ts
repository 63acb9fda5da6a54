/** READ BINARY (facts 1.4, 1.5). */
import { EMPTY } from '../../../src/base/bytes.ts'
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { answer, status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { byShortId } from './reference.ts'

/** P1 bit 8 off: 15-bit offset into the current EF. On: P1 is `80 OR short EF id`, P2 the offset. */
export function readBinary(session: FileSession, { p1, p2, data, ne }: Command): Uint8Array {
  let object = session.currentEf
  let offset = (p1 << 8) | p2
  if (p1 >= 0x80) {
    if ((p1 & 0x60) !== 0) return status(SW.WRONG_P1P2)
    object = byShortId(session, p1 & 0x1f)
    if (object === undefined && p1 !== 0x80) return status(SW.NOT_FOUND)
    offset = p2
  }
  if (data.length !== 0 || ne === 0) return status(SW.WRONG_LENGTH)
  if (object === undefined) return status(SW.NO_CURRENT_EF)
  if (object.kind !== 'file') return status(SW.FILE_STRUCTURE)
  if (!session.allows(object, 'read')) return session.refusal()
  const content = session.services.memory.read(object.cell) ?? EMPTY
  if (offset >= content.length) return status(SW.WRONG_OFFSET)
  return answer(content.subarray(offset, offset + ne))
}
