/** A `Wire` over one WebSocket of the `ws` package. */
import type { WebSocket } from 'ws'
import type { Wire } from '../../src/wire/frame.ts'
import { decodePacket, encodePacket } from '../../src/wire/packet.ts'

export const webSocketWire = (socket: WebSocket): Wire => ({
  send(frame, secret) {
    if (socket.readyState !== socket.OPEN) return
    const packet = encodePacket(frame, secret)
    socket.send(packet, () => packet.fill(0))
  },
  receive(onFrame, closed) {
    socket.on('message', (data, isBinary) => {
      const packet = isBinary && Buffer.isBuffer(data) ? decodePacket(data) : undefined
      if (packet === undefined) socket.close(1003)
      else onFrame(packet.frame, packet.secret)
    })
    socket.on('close', closed)
    socket.on('error', () => socket.terminate())
  },
})
