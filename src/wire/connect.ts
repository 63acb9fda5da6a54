/** The asking end of a channel. */
import { Inbox } from '../base/inbox.ts'
import { ChannelError, frameSchema, type Wire } from './frame.ts'

export interface Client {
  /** Rejects with `ChannelError`. `secret` travels beside the message. */
  call(name: string, input: unknown, secret?: Uint8Array): Promise<unknown>
  /** A call that is answered with bytes beside the message. */
  bytes(name: string, input: unknown): Promise<Uint8Array>
  /** Values until the other end ends it or the signal aborts. Throws `ChannelError` when the other end fails or is gone. */
  listen(name: string, input: unknown, signal: AbortSignal): AsyncIterable<unknown>
}

/** What waits for the frames of one id. */
interface Waiting {
  readonly value: (value: unknown, beside: Uint8Array | undefined) => void
  readonly end: (error?: ChannelError) => void
}

export function connect(wire: Wire): Client {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let closed = false

  wire.receive(
    (raw, beside) => {
      const frame = frameSchema.safeParse(raw)
      if (!frame.success) return
      const receiver = waiting.get(frame.data.id)
      if (frame.data.kind === 'value') receiver?.value(frame.data.value, beside)
      if (frame.data.kind === 'end') receiver?.end()
      if (frame.data.kind === 'error') receiver?.end(new ChannelError(frame.data.code))
    },
    () => {
      closed = true
      for (const receiver of [...waiting.values()]) receiver.end(new ChannelError('channelClosed'))
    },
  )

  interface Answer {
    readonly value: unknown
    readonly beside: Uint8Array | undefined
  }

  async function ask(name: string, input: unknown, secret?: Uint8Array): Promise<Answer> {
    if (closed) throw new ChannelError('channelClosed')
    const id = ++lastId
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    waiting.set(id, {
      value: (value, beside) => resolve({ value, beside }),
      end: (error) => reject(error ?? new ChannelError('internal')),
    })
    wire.send({ kind: 'call', id, name, input }, secret)
    return await promise.finally(() => waiting.delete(id))
  }

  async function bytes(name: string, input: unknown): Promise<Uint8Array> {
    const { beside } = await ask(name, input)
    if (beside === undefined) throw new ChannelError('internal')
    return beside
  }

  async function* listen(name: string, input: unknown, signal: AbortSignal): AsyncGenerator<unknown> {
    if (closed) throw new ChannelError('channelClosed')
    const id = ++lastId
    const inbox = new Inbox<unknown>()
    waiting.set(id, { value: (value) => inbox.put(value), end: (error) => inbox.end(error) })
    const abort = () => inbox.end()
    signal.addEventListener('abort', abort, { once: true })
    wire.send({ kind: 'listen', id, name, input })
    try {
      if (signal.aborted) return
      yield* inbox.values()
    } finally {
      signal.removeEventListener('abort', abort)
      waiting.delete(id)
      const endedByOther = inbox.ended && !signal.aborted
      if (!closed && !endedByOther) wire.send({ kind: 'stop', id })
    }
  }

  return { call: async (...asked) => (await ask(...asked)).value, bytes, listen }
}
