/** The keypad of a virtual reader: who types on it, seen from the reader. The PIN's bytes never reach the client. */

export interface PinPadPrompt {
  readonly reader: string
  readonly purpose: 'verify' | 'current' | 'new' | 'confirm'
  readonly minLength: number
  readonly maxLength: number
  /** 0 when the client leaves it to the reader. */
  readonly timeoutSeconds: number
}

/** ASCII bytes of the digits typed (overwritten after use), or why there are none. */
export type PinPadEntry = Uint8Array | 'cancelled' | 'timeout'

/** `signal` aborts when the card or the client is gone. */
export type PinPad = (prompt: PinPadPrompt, signal: AbortSignal) => Promise<PinPadEntry>
