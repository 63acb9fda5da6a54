/**
 * One PC/SC transaction: begun, used, ended in every case. Nothing touches a card outside of one. A cancel never cuts a
 * command off: the next one is refused, the work settles, and only then is the transaction ended.
 */
import { systemClock } from '../base/clock.ts'
import { failureOf, type Outcome } from './card-failure.ts'
import type { CardSeat } from './card-seat.ts'
import { chaining } from './layers/chaining.ts'
import { getResponse } from './layers/get-response.ts'
import { type Layer, stack } from './layers/layer.ts'
import { trace } from './layers/trace.ts'
import { type Disposition, ReaderError } from './ports.ts'
import { Transaction } from './transaction-hold.ts'
import { isDeadly, Wire } from './wire.ts'

export interface TransactionOptions {
  readonly signal?: AbortSignal
  /** Milliseconds for the whole transaction, waiting for other programs included. */
  readonly deadlineMs?: number
  /** What becomes of the card's power afterwards. `unpower` forgets every verified PIN (facts 1.9). Default: leave. */
  readonly disposition?: Disposition
}

/** Runs `work` as one transaction. Trouble and faults come back as values; a bug is thrown on. */
export async function transaction<T>(
  seat: CardSeat,
  work: (tx: Transaction) => Promise<T>,
  { signal, deadlineMs, disposition = 'leave' }: TransactionOptions = {},
): Promise<Outcome<T>> {
  const deadline = new AbortController()
  const { reader } = seat.connection
  const expire = () => deadline.abort(new ReaderError({ kind: 'deadline', reader }))
  const timer = deadlineMs === undefined ? undefined : setTimeout(expire, deadlineMs)
  const cancel = AbortSignal.any([deadline.signal, ...(signal === undefined ? [] : [signal])])
  try {
    return { kind: 'ok', value: await seat.queue.run((stop) => held(seat, work, stop, disposition), cancel) }
  } catch (error) {
    return failureOf(error)
  } finally {
    clearTimeout(timer)
  }
}

const unchanged: Layer = (next) => next

async function held<T>(
  seat: CardSeat,
  work: (tx: Transaction) => Promise<T>,
  stop: AbortSignal,
  disposition: Disposition,
): Promise<T> {
  const { connection, options } = seat
  await begin(seat, stop)
  const step = { label: '' }
  const traced = options.trace ? trace(options.trace, options.clock ?? systemClock, () => step.label) : unchanged
  const long = options.longCommands === 'chaining' ? chaining : unchanged
  const wire = new Wire(seat, stop)
  const tx = new Transaction(wire, step, stack(wire.transmit, traced, getResponse, long), traced)
  try {
    return await work(tx)
  } finally {
    await wire.close()
    await connection.endTransaction(disposition).catch(expected)
  }
}

/** A card that another program has reset is taken as it is now: whatever was verified, each session begins with a SELECT. */
async function begin({ connection, queue }: CardSeat, stop: AbortSignal): Promise<void> {
  try {
    await connection.beginTransaction(stop).catch(async (error: unknown) => {
      if (!(error instanceof ReaderError) || error.trouble.kind !== 'cardReset') throw error
      await connection.reconnect('leave')
      await connection.beginTransaction(stop)
    })
  } catch (error) {
    if (stop.aborted) throw stop.reason
    if (error instanceof ReaderError && isDeadly(error.trouble)) queue.die(error.trouble)
    throw error
  }
}

/** The card may be gone by now; what was done with it stands. */
const expected = (error: unknown): void => {
  if (!(error instanceof ReaderError)) throw error
}
