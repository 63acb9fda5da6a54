/** The holder's card as procedures and card scripts have it: transactions, and the writes that the host remembers. */
import type { Outcome } from '../card/card-failure.ts'
import type { Transaction } from '../card/transaction-hold.ts'
import type { ProcedureName } from '../wire/view.ts'

/** The card on the reader. A transaction that the procedure's end interrupts settles first. */
export interface HolderCard {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<Outcome<T>>
  /**
   * Announces a write to this card that the host does by itself, where it survives; `what` names it, never its value. Settled once it is
   * known what became of it; what is not settled when the card is gone is not known, and looked at when it is seen again.
   */
  intend(procedure: ProcedureName, what: string): Promise<IntendedWrite>
  /** Writes to this card by this terminal that nobody knew the end of when it was laid down, by what they were; oldest first. */
  readonly unfinished: readonly string[]
}

export interface IntendedWrite {
  settle(stage: 'done' | 'notDone'): Promise<void>
}
