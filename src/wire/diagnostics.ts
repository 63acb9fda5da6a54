/** What a terminal tells of itself to whoever looks after it: to be shown, and to be given away without a thought. */
import { z } from 'zod'
import { TERMINAL_ROLES } from './backend-roles.ts'
import { failureCode, procedureName } from './view.ts'

/** Never in diagnostics, metrics or their export; the page says so, and a test looks. */
export const NEVER_EXPORTED = [
  'pins',
  'names',
  'addresses',
  'birthDates',
  'myNumbers',
  'photos',
  'certificates',
  'cardSerials',
  'chipIdentifications',
  'reservations',
  'keysAndSessions',
  'commandBodies',
] as const

const count = z.int().min(0)

export const diagnosticsSchema = z.strictObject({
  at: z.number(),
  terminal: z.string(),
  place: z.string(),
  role: z.enum(TERMINAL_ROLES),
  reader: z.strictObject({ there: z.enum(['nothing', 'card', 'unusable']), problem: failureCode.optional() }),
  backend: z.strictObject({ endpoints: count, away: z.boolean() }),
  /** What waits to be told to the backend, or for its card. `oldest` in epoch milliseconds. */
  journal: z.strictObject({ writes: count, orders: count, oldest: z.number().optional() }),
  turns: z.array(
    z.strictObject({
      procedure: procedureName,
      outcome: z.enum(['completed', 'abandoned', 'failed']),
      ending: z.string().max(40),
      count,
    }),
  ),
  /** Upper bounds in milliseconds; missing where no command was sent, or beyond five seconds. */
  commands: z.strictObject({ count, p50: z.number().optional(), p95: z.number().optional() }),
  faults: z.array(z.strictObject({ kind: z.string().max(40), count })),
  neverExported: z.array(z.enum(NEVER_EXPORTED)),
  /** The same numbers in the text format of Prometheus. */
  metrics: z.string(),
})
export type Diagnostics = z.infer<typeof diagnosticsSchema>

/** Of every terminal behind one door, for the keeper's page. */
export const diagnosticsListSchema = z.array(diagnosticsSchema)
export const diagnosticsCalls = {
  diagnostics: { input: z.strictObject({}), output: diagnosticsListSchema },
} as const
