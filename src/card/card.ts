/** A card in a reader: one connection and one queue, for as long as it stays there. */
import { failureOf, type Outcome } from './card-failure.ts'
import { CardQueue } from './card-queue.ts'
import type { CardOptions, CardSeat } from './card-seat.ts'
import type { CardConnection, Disposition, ReaderService, ReaderTrouble } from './ports.ts'
import { type TransactionOptions, transaction } from './transaction.ts'
import type { Transaction } from './transaction-hold.ts'

export class Card {
  readonly reader: string
  readonly #seat: CardSeat

  private constructor(connection: CardConnection, options: CardOptions) {
    this.reader = connection.reader
    this.#seat = { connection, queue: new CardQueue(), options }
  }

  /** Connects, sharing the card with other programs between transactions. */
  static async open(
    service: ReaderService,
    reader: string,
    options: CardOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<Outcome<Card>> {
    try {
      return { kind: 'ok', value: new Card(await service.connect(reader, 'shared', options.signal), options) }
    } catch (error) {
      return failureOf(error)
    }
  }

  get atr(): Uint8Array {
    return this.#seat.connection.atr
  }

  /** Aborted when the card is gone. */
  get alive(): AbortSignal {
    return this.#seat.queue.alive
  }

  /** The only way to the card. One after another; each gives a value. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<Outcome<T>> {
    return transaction(this.#seat, work, options)
  }

  /** Somebody saw it go: what waits for it ends now. */
  lost(trouble: ReaderTrouble): void {
    this.#seat.queue.die(trouble)
  }

  /** Waits for the running transaction to settle, then lets go of the card. */
  async close(disposition: Disposition = 'leave'): Promise<void> {
    const { queue, connection } = this.#seat
    queue.die({ kind: 'cancelled' })
    await queue.idle()
    try {
      await connection.disconnect(disposition)
    } catch (error) {
      failureOf(error)
    }
  }
}
