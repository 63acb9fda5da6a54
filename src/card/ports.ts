/**
 * The sockets in the wall: what the house expects of readers, and what a reader expects of a chip.
 * Drivers implement `ReaderService`; the simulated chip implements `ChipPort`. Types only.
 */

/** A protocol as PC/SC names it: bit mask values of `SCARD_PROTOCOL_*`. */
export type Protocol = 'T=0' | 'T=1' | 'raw'

/** Through which antenna or contacts a chip is powered. */
export type ChipInterface = 'contact' | 'contactless'

/**
 * A chip as a reader's contacts see it. Synchronous: a chip does one thing at a time and has no clock of its own.
 * After power is lost (`powerOff`, or `PowerLost` thrown out of `transmit`) only `powerOn` is meaningful.
 */
export interface ChipPort {
  /** Cold reset through one interface. Returns the ATR (for contactless: the string a reader would make up). */
  powerOn(via: ChipInterface): Uint8Array
  /** Warm reset, power kept. Returns the ATR. */
  warmReset(): Uint8Array
  powerOff(): void
  /** One command APDU in, one response APDU (data ‖ SW1 SW2) out. Throws `PowerLost` when a planned power cut falls in it. */
  transmit(command: Uint8Array): Uint8Array
}

/** The chip lost its power in mid-command; whatever was not committed is gone. */
export class PowerLost extends Error {
  override readonly name = 'PowerLost'
}

/** Why a reader or card cannot be used now: each is something a person can act on. */
export type ReaderTrouble =
  | { readonly kind: 'serviceDown' }
  | { readonly kind: 'protocolMismatch'; readonly client: string; readonly service: string }
  | { readonly kind: 'noRights' }
  | { readonly kind: 'noReader' }
  | { readonly kind: 'readerGone'; readonly reader: string }
  | { readonly kind: 'inUse'; readonly reader: string }
  /** The command would write to a real card, or spend a try, and nobody allowed that. */
  | { readonly kind: 'onlyReading'; readonly reader: string }
  | { readonly kind: 'noCard'; readonly reader: string }
  | { readonly kind: 'cardGone'; readonly reader: string }
  | { readonly kind: 'mute'; readonly reader: string }
  | { readonly kind: 'cardReset'; readonly reader: string }
  /** The answer was shorter than two bytes, or the link broke in mid-command: what the card did is unknown. */
  | { readonly kind: 'communication'; readonly reader: string; readonly detail: string }
  | { readonly kind: 'deadline'; readonly reader: string }
  | { readonly kind: 'cancelled' }
  /** A code nobody foresaw; `code` is the PC/SC return value. */
  | { readonly kind: 'unexpected'; readonly code: number; readonly detail: string }

/** Thrown by drivers, caught once at the library's transaction, where it becomes a result value. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError'
  readonly trouble: ReaderTrouble
  constructor(trouble: ReaderTrouble) {
    super(`reader: ${trouble.kind}`)
    this.trouble = trouble
  }
}

export type ShareMode = 'shared' | 'exclusive' | 'direct'
export type Disposition = 'leave' | 'reset' | 'unpower' | 'eject'

/** What a reader is and holds at one moment. `atr` is absent without a (responding) card. */
export interface ReaderState {
  readonly name: string
  readonly card: 'absent' | 'present' | 'mute' | 'unknown'
  readonly atr?: Uint8Array
  readonly inUse: boolean
}

export type ReaderEvent =
  | { readonly kind: 'readerAdded'; readonly state: ReaderState }
  | { readonly kind: 'readerRemoved'; readonly reader: string }
  | { readonly kind: 'cardInserted'; readonly state: ReaderState }
  | { readonly kind: 'cardRemoved'; readonly reader: string }
  | { readonly kind: 'stateChanged'; readonly state: ReaderState }
  | { readonly kind: 'trouble'; readonly trouble: ReaderTrouble }

/** PC/SC part 10 reader features that the terminal uses. */
export interface PinPadFeatures {
  readonly verify: boolean
  readonly modify: boolean
}

/** How a PIN pad is to build the command: the PIN's bytes never reach the computer. */
export interface PinPadVerify {
  /** Command header CLA INS P1 P2; the reader appends Lc and the PIN in ASCII. */
  readonly header: Uint8Array
  readonly minLength: number
  readonly maxLength: number
  readonly timeoutSeconds: number
}

/** An open connection to one card. Every call rejects with `ReaderError`. */
export interface CardConnection {
  readonly reader: string
  readonly atr: Uint8Array
  readonly protocol: Protocol
  /** One APDU each way, bytes as they are. The signal aborts the wait, not the card. */
  transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
  beginTransaction(signal?: AbortSignal): Promise<void>
  endTransaction(disposition: Disposition): Promise<void>
  /** Warm reset (`reset`) or cold reset (`unpower`); returns the new ATR. */
  reconnect(disposition: Disposition): Promise<Uint8Array>
  features(): Promise<PinPadFeatures>
  /** PIN entry at the reader's own keypad; returns the card's response. Only where `features().verify`. */
  verifyOnPinPad(request: PinPadVerify, signal?: AbortSignal): Promise<Uint8Array>
  disconnect(disposition: Disposition): Promise<void>
}

/** All readers of one service: the machine's PC/SC, a private virtual one, or plain memory. */
export interface ReaderService {
  list(): Promise<readonly ReaderState[]>
  /** Events from now on, until the signal aborts; the first ones report every reader as added. */
  watch(signal: AbortSignal): AsyncIterable<ReaderEvent>
  connect(reader: string, mode: ShareMode, signal?: AbortSignal): Promise<CardConnection>
  close(): Promise<void>
}
