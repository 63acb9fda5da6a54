/** The carrier inside the packaged program: a MessagePort to its host process, with the same bytes on it as on the loopback door's socket. */
import type { Wire } from '../../../../src/wire/frame.ts'
import { decodePacket, encodePacket } from '../../../../src/wire/packet.ts'

/** What is used of a MessagePort. */
export interface BytePort {
  postMessage(bytes: Uint8Array): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
  start(): void
  close(): void
}

export const portWire = (port: BytePort): Wire => ({
  send(frame, secret) {
    const packet = encodePacket(frame, secret)
    port.postMessage(packet)
    packet.fill(0)
  },
  receive(onFrame, closed) {
    port.addEventListener('message', ({ data }) => {
      const packet = data instanceof Uint8Array ? decodePacket(data) : undefined
      if (packet !== undefined) onFrame(packet.frame, packet.secret)
    })
    port.addEventListener('close', closed)
    port.start()
  },
})
