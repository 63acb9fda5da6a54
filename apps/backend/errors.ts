/** From whatever was thrown to the one form in which a refusal leaves the house. */
import { STATUS_CODES } from 'node:http'
import { Refusal } from '../../src/backend/refusal.ts'
import { KeyReused } from '../../src/backend/store/idempotency.ts'
import { StoreUnavailable } from '../../src/backend/store/store.ts'
import { BACKEND_ERRORS, type BackendErrorCode } from '../../src/wire/backend-errors.ts'

export interface ErrorReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
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
    error instanceof Refusal && error.message !== code ? error.message.slice(code.length + 2) : detailOf(error)
  // Who is shed may come back in a moment, and not at once (P3, P9).
  const headers: ErrorReply['headers'] = status === 429 || status === 503 ? { 'Retry-After': '1' } : {}
  return { status, headers, body: { code, message: sentence, ...(detail === undefined ? {} : { detail }), retriable } }
}

/** The whole answer to what was no HTTP request. */
export function rawRefusal(error: unknown): string {
  const { status, body } = errorReply(error)
  const text = JSON.stringify(body)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n`
  return `${head}Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`
}

/** What the server found before any schema was asked, by its codes. Never its message: that repeats the address. */
const FOUND: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'header Content-Type: application/json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body: empty',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body: not JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'header Content-Length: not the length of the body',
  FST_ERR_BAD_URL: 'path: not percent-encoded UTF-8',
  FST_ERR_MAX_PARAM_LENGTH: 'path: too long',
  HPE_HEADER_OVERFLOW: 'headers: too long',
  ERR_HTTP_REQUEST_TIMEOUT: 'request: not complete in time',
}

function detailOf(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return 'body: not JSON'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return Object.hasOwn(FOUND, code) ? FOUND[code] : code.startsWith('HPE_') ? 'request: not HTTP' : undefined
}

function codeOf(error: unknown): BackendErrorCode {
  if (error instanceof Refusal) return error.code
  if (error instanceof KeyReused) return 'keyReused'
  if (error instanceof StoreUnavailable) return 'storeUnavailable'
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'HPE_HEADER_OVERFLOW') return 'tooLarge'
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || String(error.code).startsWith('HPE_')) return 'badInput'
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return 'tooLarge'
  if (typeof status === 'number' && status >= 400 && status < 500) return 'badInput'
  return 'internal'
}
