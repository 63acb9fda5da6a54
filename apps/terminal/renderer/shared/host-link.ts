/** The renderer's end of the channel to the hall. Everything that arrives is checked; answers go back with their prompt's id. */
import { connect } from '../../../../src/wire/connect.ts'
import type { Wire } from '../../../../src/wire/frame.ts'
import { decodePacket, encodePacket } from '../../../../src/wire/packet.ts'
import {
  type Answers,
  type ProcedureName,
  type QuestionKind,
  type Screen,
  screenSchema,
} from '../../../../src/wire/view.ts'

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

/** What the person does, on its way to the hall. A refusal means that the screen has moved on; the next one is already coming. */
export interface HostLink {
  start(procedure: ProcedureName): void
  cancel(): void
  answer<K extends QuestionKind>(screen: Screen, answer: Answers[K], secret?: Uint8Array): void
}

export interface HostWatch {
  readonly onScreen: (screen: Screen) => void
  readonly onLost: () => void
}

export function openHostLink({ onScreen, onLost }: HostWatch): HostLink {
  const socket = new WebSocket(`ws://${location.host}/host`)
  const client = connect(webSocketWire(socket))
  const opened = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()))
  const send = (name: string, input: unknown, secret?: Uint8Array) =>
    void opened
      .then(() => client.call(name, input, secret))
      .catch(() => {})
      .finally(() => secret?.fill(0))

  void opened.then(async () => {
    try {
      for await (const value of client.listen('screen', {}, new AbortController().signal))
        onScreen(screenSchema.parse(value))
    } finally {
      onLost()
    }
  })
  socket.addEventListener('error', onLost)

  return {
    start: (procedure) => send('start', { procedure }),
    cancel: () => send('cancel', {}),
    answer: ({ prompt }, answer, secret) => send('answer', { prompt, answer }, secret),
  }
}
