/** READ RECORD by number (facts 1.6): a record is a simple TLV, kept and returned whole. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { answer, status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { byShortId } from './reference.ts'

/** P2 = `short EF id · 8 + 4`: the record whose number is P1. Other ways of naming records are not offered. */
export function readRecord(session: FileSession, { p1, p2, data, ne }: Command): Uint8Array {
  if ((p2 & 0x07) !== 0x04) return status(SW.FUNCTION_NOT_SUPPORTED)
  const id = p2 >> 3
  if (id === 0x1f) return status(SW.WRONG_P1P2)
  if (data.length !== 0 || ne === 0) return status(SW.WRONG_LENGTH)
  const object = byShortId(session, id)
  if (object === undefined) return status(id === 0 ? SW.NO_CURRENT_EF : SW.NOT_FOUND)
  if (object.kind !== 'records') return status(SW.FILE_STRUCTURE)
  if (!session.allows(object, 'read')) return session.refusal()
  const record = session.services.memory.read(`${object.cell}/${recordName(p1)}`)
  return record === undefined ? status(SW.RECORD_NOT_FOUND) : answer(record.subarray(0, ne))
}

/** Record 1 is kept in cell `0001/01`. */
export const recordName = (number: number): string => number.toString(16).toUpperCase().padStart(2, '0')
