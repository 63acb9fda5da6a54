/**
 * A `Wire` over Electron's `MessagePortMain`, the host process's end. The same bytes as on a WebSocket, so that there is one reader of
 * what a page sends: limited in size, checked, its secret zeroed. Bytes are copied and not transferred, because Electron loses what is
 * transferred to this kind of port (decision 0180).
 */
import type { MessagePortMain } from 'electron'
import type { Wire } from '../../../src/wire/frame.ts'
import { decodePacket, encodePacket } from '../../../src/wire/packet.ts'

export type MainPort = Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> & {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

export function mainPortWire(port: MainPort): Wire {
  let open = true
  return {
    send(frame, secret) {
      if (!open) return
      const packet = encodePacket(frame, secret)
      port.postMessage(packet)
      packet.fill(0)
    },
    receive(onFrame, closed) {
      port.on('message', ({ data }) => {
        const packet = data instanceof Uint8Array ? decodePacket(data) : undefined
        if (packet === undefined) port.close()
        else onFrame(packet.frame, packet.secret)
      })
      port.on('close', () => {
        if (open) closed()
        open = false
      })
      port.start()
    },
  }
}
