/** The serving end of a channel: every name has a schema, so that an unknown field or name never gets in. */
import type { z } from 'zod'
import { ChannelError, type Frame, frameSchema, type Wire } from './frame.ts'

/**
 * Answers one call. `secret` is the caller's to give and the handler's to zero. Bytes as an answer travel beside the message as secrets
 * do, and are zeroed once they are on their way.
 */
export interface CallHandler {
  readonly input: z.ZodType
  handle(input: never, secret: Uint8Array | undefined): Promise<unknown>
}

export interface ListenHandler {
  readonly input: z.ZodType
  handle(input: never, signal: AbortSignal): AsyncIterable<unknown>
}

export interface Service {
  readonly calls: Readonly<Record<string, CallHandler>>
  readonly listens: Readonly<Record<string, ListenHandler>>
}

/** Serves one client over one wire until it closes. A bad frame is answered by a code where it carries an id, else dropped. */
export function serve(wire: Wire, service: Service): void {
  const listening = new Map<number, AbortController>()

  async function answer(id: number, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      wire.send({ kind: 'error', id, code: codeOf(error) })
    }
  }

  function call({ id, name, input }: Extract<Frame, { kind: 'call' }>, secret: Uint8Array | undefined): void {
    void answer(id, async () => {
      const handler = entry(service.calls, name)
      const value = await handler.handle(checked(handler.input, input), secret)
      if (!(value instanceof Uint8Array)) return wire.send({ kind: 'value', id, value })
      wire.send({ kind: 'value', id, value: {} }, value)
      value.fill(0)
    })
  }

  function listen({ id, name, input }: Extract<Frame, { kind: 'listen' }>): void {
    if (listening.has(id)) {
      wire.send({ kind: 'error', id, code: 'badInput' })
      return
    }
    const stop = new AbortController()
    listening.set(id, stop)
    void answer(id, async () => {
      const handler = entry(service.listens, name)
      for await (const value of handler.handle(checked(handler.input, input), stop.signal))
        wire.send({ kind: 'value', id, value })
      wire.send({ kind: 'end', id })
    }).finally(() => listening.delete(id))
  }

  wire.receive(
    (raw, secret) => {
      const frame = frameSchema.safeParse(raw)
      if (!frame.success) return
      if (frame.data.kind === 'call') call(frame.data, secret)
      if (frame.data.kind === 'listen') listen(frame.data)
      if (frame.data.kind === 'stop') listening.get(frame.data.id)?.abort()
    },
    () => {
      for (const stop of listening.values()) stop.abort()
    },
  )
}

function entry<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined
  if (found === undefined) throw new ChannelError('unknownName')
  return found
}

function checked(schema: z.ZodType, input: unknown): never {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw new ChannelError('badInput')
  return parsed.data as never
}

/** Only a code crosses; what an error says in words may hold anything, so it stays here. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
