/** Why something with a card did not come about, as a value; and the way there for code that stands below a transaction. */
import type { FailureCode } from '../base/failures/catalogue.ts'
import { ReaderError, type ReaderTrouble } from './ports.ts'

export type CardFailure =
  | ReaderTrouble
  /** The card answered with a status word that the step has no use for. `label` says which step. */
  | { readonly kind: 'refused'; readonly label: string; readonly sw: number }
  /** What was read does not have its form. */
  | { readonly kind: 'malformed'; readonly label: string }
  | { readonly kind: 'applicationMissing' | 'applicationLocked'; readonly application: string }

export type Outcome<T> = { readonly kind: 'ok'; readonly value: T } | CardFailure

/** Thrown by verbs, caught once at the transaction. What may well happen – a wrong PIN – is no fault but a verb's value. */
export class CardFault extends Error {
  override readonly name = 'CardFault'
  readonly failure: CardFailure
  constructor(failure: CardFailure) {
    super(describe(failure))
    this.failure = failure
  }
}

/** The value in an error that may happen; anything else is a bug and thrown on. */
export function failureOf(error: unknown): CardFailure {
  if (error instanceof ReaderError) return error.trouble
  if (error instanceof CardFault) return error.failure
  throw error
}

/** A short sentence for a log or a command line: never data. */
export function describe(failure: CardFailure): string {
  switch (failure.kind) {
    case 'refused':
      return `${failure.label}: status word ${failure.sw.toString(16).toUpperCase().padStart(4, '0')}`
    case 'malformed':
      return `${failure.label}: not in the form it should have`
    case 'applicationMissing':
    case 'applicationLocked':
      return `${failure.kind}: ${failure.application}`
    default:
      return failure.kind
  }
}

/** Its code in the failure catalogue. */
export const failureCode = ({ kind }: CardFailure): FailureCode => kind
