/**
 * Refusals: what a caller asked for cannot be done. The code is part of the contract (`src/wire/backend-errors.ts` gives each its
 * sentence and status); the detail names fields and ids, never people. Anything else thrown is a bug or `StoreUnavailable`.
 */
import type { BackendErrorCode } from '../wire/backend-errors.ts'

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: BackendErrorCode
  constructor(code: BackendErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`)
    this.code = code
  }
}
