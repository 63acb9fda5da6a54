/** What main process and host process say to each other, checked on both ends (checklist row 12). Ports travel beside a message. */
import { z } from 'zod'
import { settingsSchema } from './settings.ts'

const beginning = z.strictObject({
  kind: z.literal('begin'),
  settings: settingsSchema,
  /** Where the terminal keeps what must survive it. */
  folder: z.string().max(4096),
  /** PEM, out of the store of the system; only where there is a backend. */
  terminalKey: z.string().max(65_536).optional(),
})
export type Beginning = z.infer<typeof beginning>

export const toHost = z.discriminatedUnion('kind', [
  /** First of all, and once. */
  beginning,
  /** With the port of a page that wants this channel. */
  z.strictObject({ kind: z.literal('channel'), path: z.string().max(64) }),
  z.strictObject({ kind: z.literal('ping'), id: z.int() }),
  z.strictObject({ kind: z.literal('isQuiet'), id: z.int() }),
])
export type ToHost = z.infer<typeof toHost>

export const fromHost = z.discriminatedUnion('kind', [
  /** What lies on the reader has been read, and the journal settled: pages may be served. */
  z.strictObject({ kind: z.literal('cardRead') }),
  z.strictObject({ kind: z.literal('pong'), id: z.int() }),
  /** Nobody is being served and no card lies on a reader; to the question of this number. */
  z.strictObject({ kind: z.literal('quiet'), id: z.int(), quiet: z.boolean() }),
])
export type FromHost = z.infer<typeof fromHost>
