/** The backend as a procedure sees it: one call, three kinds of answer. Fail-over, retries and keys are the host's business. */
import type { z } from 'zod'
import type { BackendApi, EndpointInput, EndpointName } from '../wire/backend-api.ts'
import type { BackendErrorCode } from '../wire/backend-errors.ts'

export type Answered<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** It said no, and why. Nothing was changed. */
  | { readonly kind: 'refused'; readonly code: BackendErrorCode; readonly detail?: string }
  /** No endpoint answered in time: whether it was done is not known; the same call again is the same order (rule 7). */
  | { readonly kind: 'away' }

/** Only the parts that an endpoint has. */
export type CallInput<N extends EndpointName> = {
  readonly [P in keyof EndpointInput<N> as EndpointInput<N>[P] extends undefined ? never : P]: EndpointInput<N>[P]
}

export interface BackendLine {
  /** Rejects with `Stopped` when the procedure ends meanwhile. */
  call<N extends EndpointName>(name: N, input: CallInput<N>): Promise<Answered<z.output<BackendApi[N]['reply']>>>
}
