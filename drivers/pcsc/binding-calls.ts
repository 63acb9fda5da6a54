/** What the driver asks of the thread that holds the PC/SC binding. One name each, plain data both ways. */

/** A reader as `SCardGetStatusChange` reports it: bits of SCARD_STATE_*, the event counter in the upper half. */
export interface RawReader {
  readonly name: string
  readonly state: number
  readonly atr: Uint8Array
}

export interface RawConnection {
  readonly id: number
  readonly protocol: number
  readonly atr: Uint8Array
}

/** Numbers as PC/SC part 5 names them: SCARD_SHARE_*, SCARD_PROTOCOL_*, SCARD_LEAVE_CARD and so on. */
export interface BindingCalls {
  list(): Promise<readonly RawReader[]>
  /** Until one of the known readers changes, a reader comes or goes, or the time is over. `watch` names the wait. */
  wait(watch: number, known: readonly RawReader[], milliseconds: number): Promise<void>
  /** Ends a wait and forgets it; answered when it has ended. */
  endWait(watch: number): Promise<void>
  connect(reader: string, share: number, protocols: number): Promise<RawConnection>
  transmit(id: number, command: Uint8Array): Promise<Uint8Array>
  control(id: number, code: number, data: Uint8Array): Promise<Uint8Array>
  /** Rejects when the card was reset or removed since it was last used. */
  checkStatus(id: number): Promise<void>
  reconnect(id: number, share: number, protocols: number, initialization: number): Promise<RawConnection>
  /**
   * Lets go of the card with the disposition and opens it again at once, under the same id. Where that fails the card is let go of:
   * every other call says the same sentence, and this one may be called again.
   */
  reopen(id: number, disposition: number, share: number, protocols: number): Promise<RawConnection>
  disconnect(id: number, disposition: number): Promise<void>
}

export interface BindingRequest {
  readonly call: number
  readonly name: keyof BindingCalls
  readonly args: readonly unknown[]
}

/** `error` is the binding's sentence; see reader-troubles.ts. */
export type BindingReply =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: string }
