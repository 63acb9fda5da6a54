/** A channel to the loopback door: one WebSocket, the frames of the wire on it. */
import { connect } from '../../../../src/wire/connect.ts'
import { ChannelError, type Wire } from '../../../../src/wire/frame.ts'
import { decodePacket, encodePacket } from '../../../../src/wire/packet.ts'

function webSocketWire(socket: WebSocket): Wire {
  socket.binaryType = 'arraybuffer'
  return {
    send(frame, secret) {
      const packet = encodePacket(frame, secret)
      socket.send(packet as Uint8Array<ArrayBuffer>)
      packet.fill(0)
    },
    receive(onFrame, closed) {
      socket.addEventListener('message', ({ data }) => {
        const packet = data instanceof ArrayBuffer ? decodePacket(new Uint8Array(data)) : undefined
        if (packet !== undefined) onFrame(packet.frame, packet.secret)
      })
      socket.addEventListener('close', closed)
    },
  }
}

export interface Channel {
  /** Rejects with `ChannelError`. */
  call(name: string, input: unknown, secret?: Uint8Array): Promise<unknown>
  /** Every value from now on. */
  listen(name: string, onValue: (value: unknown) => void): void
}

/** `onLost` is called when the other end is gone or could not be reached. */
export function openChannel(path: string, onLost: () => void): Channel {
  const socket = new WebSocket(`ws://${location.host}${path}`)
  const client = connect(webSocketWire(socket))
  const opened = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()))
  socket.addEventListener('error', onLost)
  return {
    call: async (name, input, secret) => {
      await opened
      return await client.call(name, input, secret)
    },
    listen: (name, onValue) =>
      void opened.then(async () => {
        try {
          for await (const value of client.listen(name, {}, new AbortController().signal)) onValue(value)
        } catch (error) {
          // Gone: whoever looks at the screen is told, and nobody else has to be.
          if (!(error instanceof ChannelError)) throw error
        } finally {
          onLost()
        }
      }),
  }
}
