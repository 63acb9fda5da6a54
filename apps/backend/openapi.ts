/** The OpenAPI 3.1 description, made of the same schemas that check the requests. */
import { z } from 'zod'
import { BACKEND_API } from '../../src/wire/backend-api.ts'
import { type Endpoint, sessionToken } from '../../src/wire/backend-endpoint.ts'
import { BACKEND_ERRORS } from '../../src/wire/backend-errors.ts'

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

function operation(name: string, endpoint: Endpoint): unknown {
  const json = (type: z.ZodType, io: 'input' | 'output') => ({ 'application/json': { schema: schema(type, io) } })
  return {
    operationId: name,
    summary: endpoint.summary,
    'x-roles': endpoint.roles,
    parameters: parameters(endpoint),
    ...(endpoint.body === undefined ? {} : { requestBody: { required: true, content: json(endpoint.body, 'input') } }),
    responses: {
      200: { description: 'Done.', content: json(endpoint.reply, 'output') },
      default: { description: 'Refused; the code says why.', content: json(errorReply, 'output') },
    },
  }
}

export function openApi(version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, endpoint] of Object.entries<Endpoint>(BACKEND_API)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  const description = 'An emulation: invented people, test authorities, no connection to any real system.'
  return { openapi: '3.1.0', info: { title: 'Madoguchi backend', version, description }, paths }
}
