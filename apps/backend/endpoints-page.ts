/** `docs/backend-api.md` from the very contract the door checks against. A test tells when the page is behind. */
import { z } from 'zod'
import { BACKEND_API } from '../../src/wire/backend-api.ts'
import type { Endpoint } from '../../src/wire/backend-endpoint.ts'
import { BACKEND_ERRORS } from '../../src/wire/backend-errors.ts'
import { COUNTERS, STAFFED, TERMINAL_ROLES, type TerminalRole } from '../../src/wire/backend-roles.ts'
import { OPEN_PATHS } from './open-paths.ts'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly contentEncoding?: string
  readonly pattern?: string
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))
/** Longer lists are told by their number: the description of the door has them in full. */
const MOST_NAMES = 12

/** A schema in the notation of TypeScript, short enough for a table. */
function shortly(schema: Schema): string {
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined)
    return schema.enum.length > MOST_NAMES ? `one of ${schema.enum.length} names` : schema.enum.map(literal).join(' | ')
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return either.map(shortly).join(' | ')
  if (schema.items !== undefined) {
    const { items } = schema
    return (items.anyOf ?? items.oneOf ?? items.enum) === undefined ? `${shortly(items)}[]` : `(${shortly(items)})[]`
  }
  if (schema.properties !== undefined) {
    const required = new Set(schema.required)
    const fields = Object.entries(schema.properties).map(
      ([name, one]) => `${name}${required.has(name) ? '' : '?'}: ${shortly(one)}`,
    )
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  if (schema.contentEncoding === 'base64') return 'bytes'
  if (schema.type === 'object') return 'object'
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'unknown')
}

const told = (type: z.ZodType, io: 'input' | 'output'): string =>
  `\`${shortly(z.toJSONSchema(type, { io, target: 'draft-2020-12' }) as Schema).replaceAll('|', '\\|')}\``

function who({ roles, operator }: Endpoint): string {
  const isIn = (group: readonly TerminalRole[]) => group.every((role) => roles.includes(role))
  const signedIn = operator === true ? ', staff signed in' : ''
  if (isIn(TERMINAL_ROLES)) return 'everybody'
  const group = isIn(COUNTERS) ? COUNTERS : isIn(STAFFED) ? STAFFED : []
  const name = group === COUNTERS ? ['counters'] : group === STAFFED ? ['counters with staff'] : []
  return [...name, ...roles.filter((role) => !group.includes(role))].join(', ') + signedIn
}

function section([name, endpoint]: [string, Endpoint]): string {
  const { method, path, summary, body, reply } = endpoint
  return [
    `### ${name}`,
    '',
    `\`${method} ${path}\` – ${summary}`,
    '',
    '| | |',
    '|---|---|',
    `| Who | ${who(endpoint)} |`,
    ...(body === undefined ? [] : [`| Body | ${told(body, 'input')} |`]),
    `| Reply | ${told(reply, 'output')} |`,
  ].join('\n')
}

const HEAD = `# The backend's business API

Made from the contract (\`src/wire/backend-*.ts\`); a running backend serves the whole of it at \`/openapi.json\`.

Bytes are base64, times epoch milliseconds. Unknown fields are refused. Every POST carries \`Idempotency-Key\` (8 to 64 letters, digits or
\`._:-\`); the same key with the same body gets the same reply. A terminal is who its client certificate is; on one machine without TLS it names
itself in \`Madoguchi-Terminal\`. Counters are towns, post offices, consulates and delivery sites, the first three with staff. Where it says *staff signed in*,
\`Madoguchi-Operator\` carries the session token of \`signIn\` – at counters with staff; elsewhere nobody has to be signed in, and a token that has ended
names nobody, so that what was begun can be brought to its end.`

export const endpointsPage = (): string =>
  [
    HEAD,
    '## Endpoints',
    ...Object.entries<Endpoint>(BACKEND_API).map(section),
    '## Open to anybody, and for those who run it',
    [
      '| | Gives | |',
      '|---|---|---|',
      ...OPEN_PATHS.map(
        ({ method, path, gives, summary, role }) =>
          `| \`${method} ${path}\` | ${gives} | ${summary}${role === undefined ? '' : ` For the role ${role}.`} |`,
      ),
    ].join('\n'),
    '## Refusals',
    '`{ code, message, detail?, retriable }`; the code is stable.',
    [
      '| Code | Status | Message | May succeed later |',
      '|---|---|---|---|',
      ...Object.entries(BACKEND_ERRORS).map(
        ([code, { status, sentence, retriable }]) =>
          `| \`${code}\` | ${status} | ${sentence} | ${retriable ? 'yes' : ''} |`,
      ),
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
