/**
 * What crosses a channel. Two verbs: `call` asks once, `listen` hears until it stops. Secrets (PIN bytes) travel beside a
 * frame, never inside it, so that nothing which logs or stores frames can hold one.
 */
import { z } from 'zod'

const id = z.int().positive()
const name = z.string().max(64)

export const frameSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), id, name, input: z.unknown() }),
  z.strictObject({ kind: z.literal('listen'), id, name, input: z.unknown() }),
  z.strictObject({ kind: z.literal('stop'), id }),
  z.strictObject({ kind: z.literal('value'), id, value: z.unknown() }),
  z.strictObject({ kind: z.literal('end'), id }),
  z.strictObject({ kind: z.literal('error'), id, code: z.string().max(64) }),
])
export type Frame = z.infer<typeof frameSchema>

/**
 * What carries frames: a MessagePort, a WebSocket, a pair in memory. Two members, so that an adapter is a few lines.
 * Frames arrive in order. `receive` is called once; its `closed` is called once, when the other end is gone.
 */
export interface Wire {
  send(frame: Frame, secret?: Uint8Array): void
  receive(onFrame: (frame: unknown, secret: Uint8Array | undefined) => void, closed: () => void): void
}

/** The other end answered with an error, or is gone (`channelClosed`). `code` is from the failure catalogue. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError'
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}
