/** What a card brings to each of its transactions. */
import type { Clock } from '../base/clock.ts'
import type { CardQueue } from './card-queue.ts'
import type { TraceSink } from './layers/trace.ts'
import type { CardConnection } from './ports.ts'

/** How a card takes what does not fit into a short APDU (facts 1.4). */
export type LongCommands = 'extended' | 'chaining'

export interface CardOptions {
  readonly clock?: Clock
  readonly trace?: TraceSink
  /** Default: extended length fields, which every observed card takes. */
  readonly longCommands?: LongCommands
  /** Milliseconds one command may take; then the card is given up. Default 30 s. */
  readonly commandDeadlineMs?: number
}

/** A card as a transaction sees it. */
export interface CardSeat {
  readonly connection: CardConnection
  readonly queue: CardQueue
  readonly options: CardOptions
}
