/** The OpenAPI 3.1 description, made of the same schemas that check the requests. */
import { z } from 'zod'
import { BACKEND_API } from '../../src/wire/backend-api.ts'
import { type Endpoint, sessionToken } from '../../src/wire/backend-endpoint.ts'
import { BACKEND_ERRORS } from '../../src/wire/backend-errors.ts'
import { OPEN_PATHS, type OpenPath } from './open-paths.ts'

const schema = (type: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...json } = z.toJSONSchema(type, { io, target: 'draft-2020-12' })
  return json
}

/** Every refusal: `{ code, message, detail? }`. */
export const errorReply = z.strictObject({
  code: z.enum(Object.keys(BACKEND_ERRORS) as [keyof typeof BACKEND_ERRORS]),
  message: z.string(),
  detail: z.string().optional(),
  retriable: z.boolean(),
})

function parameters({ params, query, method, operator }: Endpoint): unknown[] {
  const of = (type: z.ZodType | undefined, place: 'path' | 'query') => {
    const json = type === undefined ? {} : (schema(type, 'input') as { properties?: object; required?: string[] })
    const required = (json as { required?: string[] }).required ?? []
    return Object.entries((json as { properties?: object }).properties ?? {}).map(([name, property]) => ({
      ...{ name, in: place, schema: property, required: place === 'path' || required.includes(name) },
    }))
  }
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    schema: { type: 'string', minLength: 8, maxLength: 64 },
  }
  const session = {
    ...{ name: 'Madoguchi-Operator', in: 'header', required: false, schema: schema(sessionToken, 'input') },
    description: 'Session token of who signed in; needed at counters with staff.',
  }
  return [
    ...of(params, 'path'),
    ...of(query, 'query'),
    ...(method === 'POST' ? [key] : []),
    ...(operator === true ? [session] : []),
  ]
}

const jsonOf = (type: z.ZodType, io: 'input' | 'output') => ({ 'application/json': { schema: schema(type, io) } })
const braced = (path: string) => path.replace(/:(\w+)/g, '{$1}')

function operation(name: string, endpoint: Endpoint): unknown {
  return {
    operationId: name,
    summary: endpoint.summary,
    'x-roles': endpoint.roles,
    parameters: parameters(endpoint),
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: jsonOf(endpoint.body, 'input') } }),
    responses: {
      200: { description: 'Done.', content: jsonOf(endpoint.reply, 'output') },
      default: { description: 'Refused; the code says why.', content: jsonOf(errorReply, 'output') },
    },
  }
}

function openOperation({ name, summary, path, takes, gives, query, role }: OpenPath): unknown {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, param]) => ({
    ...{ name: param, in: 'path', required: true, schema: { type: 'string' } },
  }))
  const asked = Object.entries(query ?? {}).map(([param, values]) => ({
    ...{ name: param, in: 'query', required: false, schema: { enum: values, default: values[0] } },
  }))
  return {
    ...{ operationId: name, summary, parameters: [...named, ...asked] },
    ...(role === undefined ? {} : { 'x-roles': [role] }),
    ...(takes === undefined ? {} : { requestBody: { required: true, content: { [takes]: {} } } }),
    responses: {
      200: { description: 'Done.', content: { [gives]: {} } },
      default: { description: 'Refused; the code says why.', content: jsonOf(errorReply, 'output') },
    },
  }
}

export function openApi(version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, endpoint] of Object.entries<Endpoint>(BACKEND_API)) {
    const path = braced(endpoint.path)
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  for (const open of OPEN_PATHS) {
    const path = braced(open.path)
    paths[path] = { ...paths[path], [open.method.toLowerCase()]: openOperation(open) }
  }
  const description = 'An emulation: invented people, test authorities, no connection to any real system.'
  return { openapi: '3.1.0', info: { title: 'Madoguchi backend', version, description }, paths }
}
