/** GET DATA (facts 1.7): data objects of the application, and the contact ATR everywhere. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { answer, status } from '../answer.ts'
import { contactAtr } from '../atr.ts'
import type { FileSession } from '../file-session.ts'
import { fidName } from '../layout.ts'

/** The contact ATR without TS, whichever interface is in use. */
const ATR_WITHOUT_TS = 0x5f51

/** A data object is kept in a cell named by its tag and returned as it is kept. A Le too small for it is refused (facts 1.4). */
export function getData(session: FileSession, { p1, p2, data, ne }: Command): Uint8Array {
  if (data.length !== 0 || ne === 0) return status(SW.WRONG_LENGTH)
  const { layout } = session.application
  const tag = (p1 << 8) | p2
  const content =
    tag === ATR_WITHOUT_TS
      ? contactAtr(session.services.behaviour.generation).subarray(1)
      : layout.dataObjects?.includes(tag) === true
        ? session.services.memory.read(`${layout.name}/${fidName(tag)}`)
        : undefined
  if (content === undefined) return status(SW.REFERENCE_NOT_FOUND)
  return content.length > ne ? status(SW.WRONG_LENGTH) : answer(content)
}
