/**
 * BackendApi: every endpoint of the backend's business door as data – path, roles, schemas. The door serves it, the OpenAPI page is
 * made of it, terminals take their types from it. Unknown fields are refused.
 */
import type { z } from 'zod'
import { CARD_WORK_ENDPOINTS } from './backend-card-work.ts'
import { CARD_ENDPOINTS } from './backend-cards.ts'
import { CERTIFICATE_ENDPOINTS } from './backend-certificates.ts'
import type { Endpoint } from './backend-endpoint.ts'
import { OPERATOR_ENDPOINTS } from './backend-operators.ts'
import { PEOPLE_ENDPOINTS } from './backend-people.ts'
import { RESET_ENDPOINTS } from './backend-resets.ts'
import { SCRIPT_ENDPOINTS } from './backend-scripts.ts'

export const BACKEND_API = {
  ...CERTIFICATE_ENDPOINTS,
  ...PEOPLE_ENDPOINTS,
  ...CARD_ENDPOINTS,
  ...CARD_WORK_ENDPOINTS,
  ...OPERATOR_ENDPOINTS,
  ...RESET_ENDPOINTS,
  ...SCRIPT_ENDPOINTS,
} as const satisfies Record<string, Endpoint>

export type BackendApi = typeof BACKEND_API
export type EndpointName = keyof BackendApi

type InputPart<E, Part extends string> = E extends { readonly [P in Part]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined
export interface EndpointInput<N extends EndpointName> {
  readonly params: InputPart<BackendApi[N], 'params'>
  readonly query: InputPart<BackendApi[N], 'query'>
  readonly body: InputPart<BackendApi[N], 'body'>
}
export type EndpointReply<N extends EndpointName> = z.input<BackendApi[N]['reply']>
