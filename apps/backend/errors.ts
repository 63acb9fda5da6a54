/** From whatever was thrown to the one form in which a refusal leaves the house. */
import { Refusal } from '../../src/backend/refusal.ts'
import { KeyReused } from '../../src/backend/store/idempotency.ts'
import { StoreUnavailable } from '../../src/backend/store/store.ts'
import { BACKEND_ERRORS, type BackendErrorCode } from '../../src/wire/backend-errors.ts'

export interface ErrorReply {
  readonly status: number
  readonly body: {
    readonly code: BackendErrorCode
    readonly message: string
    readonly detail?: string
    readonly retriable: boolean
  }
}

export function errorReply(error: unknown): ErrorReply {
  const code = codeOf(error)
  const { status, sentence, retriable } = BACKEND_ERRORS[code]
  const detail =
    error instanceof Refusal && error.message !== code ? { detail: error.message.slice(code.length + 2) } : {}
  return { status, body: { code, message: sentence, ...detail, retriable } }
}

function codeOf(error: unknown): BackendErrorCode {
  if (error instanceof Refusal) return error.code
  if (error instanceof KeyReused) return 'keyReused'
  if (error instanceof StoreUnavailable) return 'storeUnavailable'
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return 'tooLarge'
  if (typeof status === 'number' && status >= 400 && status < 500) return 'badInput'
  return 'internal'
}
