/** What a request brings, held against the contract: nothing unknown comes in, and a refusal names the field. */
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { Refusal } from '../../src/backend/refusal.ts'

/** Throws `badInput` naming the first field that is wrong, with `where` (params, query, body) before it. No schema: nothing is taken. */
export function checked(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) {
    if (value === undefined || value === null) return undefined
    const [surplus] = Object.keys(value)
    if (surplus !== undefined) throw new Refusal('badInput', `${where}: unknown field ${surplus}`)
    if (typeof value !== 'object') throw new Refusal('badInput', `${where}: none is taken`)
    return undefined
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Refusal('badInput', issue === undefined ? where : told(issue, [where]))
}

/** Of several forms the one is meant that fits best. */
function told(issue: Issue, above: readonly PropertyKey[]): string {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union') {
    const [nearest] = issue.errors.toSorted((one, other) => one.length - other.length)
    if (nearest?.[0] !== undefined) return told(nearest[0], path)
  }
  const unknown = issue.code === 'unrecognized_keys' ? `unknown field ${issue.keys.join(', ')}` : issue.message
  return `${path.join('.')}: ${unknown}`
}

type Issue = z.core.$ZodIssue

/** For routes that take nothing after the question mark. */
export const noQuery = ({ query }: Pick<FastifyRequest, 'query'>): void => void checked(undefined, query, 'query')
