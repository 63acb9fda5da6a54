/** Two wires joined in memory: what one sends the other receives, later and in order. For tests and one-process programs. */
import type { Frame, Wire } from './frame.ts'

export interface WirePair {
  readonly near: Wire
  readonly far: Wire
  /** Both ends see the other as gone. */
  close(): void
}

interface End extends Wire {
  deliver(frame: Frame, secret: Uint8Array | undefined): void
  closed(): void
}

function end(other: () => End): End {
  let onFrame: (frame: unknown, secret: Uint8Array | undefined) => void = () => {}
  let closed = () => {}
  return {
    // A copy crosses, as it would between processes: neither end can reach into the other's values.
    send: (frame, secret) => other().deliver(structuredClone(frame), secret && new Uint8Array(secret)),
    receive: (receiver, whenClosed) => {
      onFrame = receiver
      closed = whenClosed
    },
    deliver: (frame, secret) => queueMicrotask(() => onFrame(frame, secret)),
    closed: () => closed(),
  }
}

export function wirePair(): WirePair {
  const near: End = end(() => far)
  const far: End = end(() => near)
  return {
    near,
    far,
    close: () => {
      near.closed()
      far.closed()
    },
  }
}
