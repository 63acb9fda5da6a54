/** The OpenAPI 3.1 document of the control API, made from its routes. */
import { z } from 'zod'
import { EVENTS_PATH, OPENAPI_PATH, ROUTES, type Route } from './routes.ts'
import { errorSchema } from './schemas.ts'

function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema)
  return rest
}

const content = (schema: z.ZodType) => ({ 'application/json': { schema: jsonSchema(schema) } })
const text = (name: string, place: 'path' | 'query') => ({
  name,
  in: place,
  required: place === 'path',
  schema: { type: 'string' },
})

function operation({ operationId, summary, path, query, body, status, answer }: Route): object {
  const parameters = [
    ...(path.includes('{reader}') ? [text('reader', 'path')] : []),
    ...(query ?? []).map((name) => text(name, 'query')),
  ]
  return {
    operationId,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: content(body) } }),
    responses: {
      [status]: { description: 'Done', ...(answer === undefined ? {} : { content: content(answer) }) },
      default: { description: 'Refused: 400, 404, 409 or 413', content: content(errorSchema) },
    },
  }
}

const EVENTS = {
  operationId: 'events',
  summary: 'What happens in the readers, one JSON object a line, until the client hangs up',
  responses: {
    200: { description: 'The stream', content: { 'application/x-ndjson': { schema: { type: 'string' } } } },
  },
}

const SELF = {
  operationId: 'openapi',
  summary: 'This description',
  responses: { 200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } } },
}

export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {
    [EVENTS_PATH]: { get: EVENTS },
    [OPENAPI_PATH]: { get: SELF },
  }
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Virtual readers of Madoguchi',
      version: '1',
      description:
        'Lays simulated cards in virtual readers and lets things go wrong. Served over HTTP on a Unix socket.',
    },
    paths,
  }
}
