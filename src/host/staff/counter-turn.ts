/** One procedure at a counter: the resident's turn, with staff beside it who are told of its end before the card is given back. */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import { type Ending, failed, type Procedure, Stopped } from '../../procedures/terminal.ts'
import type { StaffViewOf } from '../../wire/staff-view.ts'
import type { ProcedureName } from '../../wire/view.ts'
import { Turn, type TurnDesks } from '../turn.ts'

export interface CounterTurn {
  readonly name: ProcedureName
  cancel(failure: FailureCode): void
  /** How the procedure ended. */
  readonly ended: Promise<Ending>
  /** The resident was told and has their card back. */
  readonly finished: Promise<void>
}

export function counterTurn(desks: TurnDesks, name: ProcedureName, procedure: Procedure): CounterTurn {
  const ended = Promise.withResolvers<Ending>()
  void ended.promise.then((ending) =>
    desks.office.metrics.turn(name, ending.kind === 'failed' ? ending.failure : ending.kind),
  )
  const turn = new Turn(desks)
  const watched: Procedure = async (terminal) => {
    try {
      const ending = await procedure(terminal)
      ended.resolve(ending)
      return ending
    } catch (error) {
      ended.resolve(failed(error instanceof Stopped ? error.failure : 'internal'))
      throw error
    }
  }
  // A procedure that throws is a bug of ours: the resident is told so in the same words as of any failure.
  const finished = turn.run(watched).catch(() => desks.prompts.tell({ kind: 'failed', failure: 'internal' }))
  return { name, cancel: (failure) => turn.cancel(failure), ended: ended.promise, finished }
}

/** The ending as staff are told of it. */
export const told = (
  procedure: ProcedureName,
  ending: Exclude<Ending, { kind: 'seen' }>,
): StaffViewOf<'done' | 'failed'> =>
  ending.kind === 'failed'
    ? ending
    : { kind: 'done', procedure, ...(ending.reference !== undefined && { reference: ending.reference }) }
