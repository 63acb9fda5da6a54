/** Faults on demand: what can go wrong between a reader and a card, and at which command it does. */

export type FaultKind =
  /** The card is pulled out of the reader. */
  | { readonly kind: 'pull' }
  /** The reader is unplugged from the computer. */
  | { readonly kind: 'unplug' }
  /** The card stops answering; the reader gives up at once. It stays mute until it is inserted again. */
  | { readonly kind: 'mute' }
  /** Nothing ever answers: the call hangs until the card is pulled, the reader unplugged or the client gone. */
  | { readonly kind: 'hang' }
  /** The answer comes `ms` milliseconds late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The card asks `times` times for `ms` more milliseconds (ISO/IEC 7816-3, 11.4.3 S(WTX); ISO/IEC 14443-4, 7.3). */
  | { readonly kind: 'waitingTimeExtension'; readonly times: number; readonly ms: number }
  /** Only the first `length` bytes of the answer arrive. */
  | { readonly kind: 'truncate'; readonly length: number }
  /** The service reports success with no bytes, as pcscd does when a vpcd card closes (facts: PC/SC page, section 1). */
  | { readonly kind: 'empty' }
  /** Power fails before, inside or right after the card's `write`-th persistent write, counted from this command (1 = the first). */
  | { readonly kind: 'powerCut'; readonly write: number; readonly at: 'before' | 'inside' | 'after' }
  /** Another program resets the card; every open handle learns of it. */
  | { readonly kind: 'reset' }

/** When a fault happens. */
export interface FaultPoint {
  /** Which command from now on: 1 is the next one. */
  readonly command?: number
  /** Before the card sees the command, or after it has carried it out but before the answer arrives. Default: before. */
  readonly when?: 'before' | 'after'
  /** Happen at every later command too, until the faults are cleared. */
  readonly repeat?: boolean
}

export type Fault = FaultKind & FaultPoint

/** The faults that wait in one reader. */
export class FaultPlan {
  #waiting: { readonly fault: Fault; left: number }[] = []

  get size(): number {
    return this.#waiting.length
  }

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.command ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  list(): readonly Fault[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, command: left }))
  }

  /** Counts one command and returns the faults that fall on it, in the order they were planned. */
  due(): readonly Fault[] {
    const due: Fault[] = []
    this.#waiting = this.#waiting.filter((entry) => {
      entry.left = Math.max(0, entry.left - 1)
      if (entry.left > 0) return true
      due.push(entry.fault)
      return entry.fault.repeat === true
    })
    return due
  }
}
