/** Command chaining (ISO/IEC 7816-4:2020, 5.3.3): a long command in short pieces, for cards that announce it. */
import { decodeCommand, decodeResponse, encodeCommand } from '../command.ts'
import { SW } from '../status-word.ts'
import type { Layer } from './layer.ts'

const CHAINED = 0x10
const PIECE = 0xff

/** Sends what does not fit into a short command in pieces. The card's first refusal is the answer. */
export const chaining: Layer = (next) => async (apdu) => {
  const whole = decodeCommand(apdu)
  if (whole === undefined || whole.data.length <= PIECE) return await next(apdu)
  const { data, cla } = whole
  let at = 0
  for (; data.length - at > PIECE; at += PIECE) {
    const piece = { ...whole, cla: cla | CHAINED, data: data.subarray(at, at + PIECE), ne: 0, extended: false }
    const answer = await next(encodeCommand(piece))
    if (decodeResponse(answer)?.sw !== SW.OK) return answer
  }
  return await next(
    encodeCommand({ ...whole, data: data.subarray(at), ne: Math.min(whole.ne, 0x100), extended: false }),
  )
}
