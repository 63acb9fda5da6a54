/** A channel to the hall, on the carrier this page is given: a MessagePort inside the program, one WebSocket at the loopback door. */
import { type Client, connect } from '../../../../src/wire/connect.ts'
import { ChannelError, type Wire } from '../../../../src/wire/frame.ts'
import { decodePacket, encodePacket } from '../../../../src/wire/packet.ts'
import { portWire } from './port-wire.ts'
import { wantedPort } from './wanted-port.ts'

/** Resolves when it is open, rejects when it could not be. */
async function openSocket(path: string): Promise<Wire> {
  const socket = new WebSocket(`ws://${location.host}${path}`)
  socket.binaryType = 'arraybuffer'
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new ChannelError('channelClosed')))
  })
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

const openPort = async (path: string): Promise<Wire> => portWire(await wantedPort(path))

export interface Channel {
  /** Rejects with `ChannelError`. */
  call(name: string, input: unknown, secret?: Uint8Array): Promise<unknown>
  /** A call that is answered with bytes. */
  bytes(name: string, input: unknown): Promise<Uint8Array>
  /** Every value from now on. */
  listen(name: string, onValue: (value: unknown) => void): void
}

/** The hall answers at once, whatever it has to do afterwards: a call without an answer for so long has nobody at the other end. */
const DEADLINE_MS = 10_000

/** `onLost` is called when the other end is gone, silent, or could not be reached. */
export function openChannel(path: string, onLost: () => void): Channel {
  const opened = (location.protocol === 'app:' ? openPort(path) : openSocket(path)).then(connect)
  opened.catch(onLost)
  const inTime = async <T>(ask: (client: Client) => Promise<T>): Promise<T> => {
    const client = await opened
    const late = setTimeout(onLost, DEADLINE_MS)
    return await ask(client).finally(() => clearTimeout(late))
  }
  return {
    call: (name, input, secret) => inTime((client) => client.call(name, input, secret)),
    bytes: (name, input) => inTime((client) => client.bytes(name, input)),
    listen: (name, onValue) =>
      void opened.then(async (client) => {
        try {
          for await (const value of client.listen(name, {}, new AbortController().signal)) onValue(value)
        } catch (error) {
          // Gone: whoever looks at the screen is told, and nobody else has to be.
          if (!(error instanceof ChannelError)) throw error
        } finally {
          onLost()
        }
      }, onLost),
  }
}
