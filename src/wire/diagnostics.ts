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

/** As a file: the state as JSON, or the numbers in the text format of Prometheus. */
export const DIAGNOSTICS_FORMS = ['json', 'prom'] as const
export type DiagnosticsForm = (typeof DIAGNOSTICS_FORMS)[number]

/** Where the host put the file, or why there is none. */
export const savedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('saved'), path: z.string() }),
  z.strictObject({ kind: z.literal('notSaved'), reason: z.enum(['diskFull', 'notWritable']) }),
])
export type Saved = z.infer<typeof savedSchema>

export const diagnosticsCalls = {
  diagnostics: { input: z.strictObject({}), output: diagnosticsListSchema },
  /** A page never saves by itself: it names a terminal it was told of, and the host writes. */
  save: {
    input: z.strictObject({ terminal: z.string().max(64), form: z.enum(DIAGNOSTICS_FORMS) }),
    output: savedSchema,
  },
} as const
