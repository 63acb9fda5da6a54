/** A receipt: date, terminal, procedure, result, reference – no name, no serial, no hint at a PIN. Words and paper are the printer's. */
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { ProcedureName, View } from '../wire/view.ts'
import type { Settings } from './settings.ts'

export interface Receipt {
  /** Epoch milliseconds. */
  readonly at: number
  readonly terminal: string
  readonly place: string
  readonly procedure: ProcedureName
  readonly result: 'done' | FailureCode
  readonly reference?: string
}

export interface Printer {
  /** Rejects when it cannot. */
  print(receipt: Receipt): Promise<void>
}

/** Of the ending on the screen; undefined for any other view. */
export function receiptOf(
  view: View,
  procedure: ProcedureName,
  { terminal, place }: Settings,
  at: number,
): Receipt | undefined {
  if (view.kind !== 'done' && view.kind !== 'failed') return undefined
  return {
    ...{ at, terminal, place, procedure },
    result: view.kind === 'done' ? 'done' : view.failure,
    ...(view.kind === 'done' && view.reference !== undefined ? { reference: view.reference } : {}),
  }
}
