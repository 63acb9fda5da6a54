/** SELECT of an EF under the current DF (facts 1.5). SELECT by DF name never comes here. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'

/** P1 = 02: EF under the current DF. Paths (08, 09) and the rest do not work on a card without MF. */
export function selectEf(session: FileSession, { p1, p2, data }: Command): Uint8Array {
  if (p1 !== 0x02 || (p2 !== 0x0c && p2 !== 0x00)) return status(SW.WRONG_P1P2)
  if (data.length !== 2) return status(SW.WRONG_LENGTH)
  const object = session.find(((data[0] as number) << 8) | (data[1] as number))
  if (object === undefined) return status(SW.NOT_FOUND)
  session.currentEf = object
  return status(SW.OK)
}
