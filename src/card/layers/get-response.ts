/** 61xx and 6Cxx (ISO/IEC 7816-4:2020, 5.6): this card family is not known to use them, so they are handled in defence (facts 1.4). */
import { concat, uint } from '../../base/bytes.ts'
import { type Command, command, decodeCommand, decodeResponse, encodeCommand, type Response } from '../command.ts'
import type { Layer, Transmit } from './layer.ts'

const GET_RESPONSE = 0xc0
/** Commands that present or change a secret: never sent twice, whatever the card answers. */
const ONCE = new Set([0x20, 0x21, 0x24, 0x2c, 0x32, 0x82])
/** An answer is at most 65,536 bytes; a card that hands it out in more pieces than this is not handing it out. */
const MOST_BYTES = 0x10000
const MOST_PIECES = 1024

export const getResponse: Layer = (next) => async (apdu) => {
  const sent = decodeCommand(apdu)
  let received = await next(apdu)
  if (sent === undefined) return received
  const first = decodeResponse(received)
  if (first !== undefined && first.sw >> 8 === 0x6c && sent.ne > 0 && !ONCE.has(sent.ins)) {
    const ne = first.sw & 0xff || 0x100
    received = await next(encodeCommand({ ...sent, ne, extended: sent.extended && sent.data.length > 0xff }))
  }
  const response = decodeResponse(received)
  return response !== undefined && response.sw >> 8 === 0x61 ? await collect(next, sent, response) : received
}

async function collect(next: Transmit, sent: Command, first: Response): Promise<Uint8Array> {
  const pieces = [first.data]
  let { sw } = first
  let size = first.data.length
  for (let i = 0; sw >> 8 === 0x61 && i < MOST_PIECES && size <= MOST_BYTES; i++) {
    const more = command(sent.cla & 0x03, GET_RESPONSE, 0, 0, { ne: sw & 0xff || 0x100 })
    const answer = await next(encodeCommand(more))
    const piece = decodeResponse(answer)
    if (piece === undefined) return answer
    pieces.push(piece.data)
    size += piece.data.length
    sw = piece.sw
  }
  return concat(...pieces, uint(sw, 2))
}
