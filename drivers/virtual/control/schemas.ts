/** The bodies of the control API: checked at run time, and described in OpenAPI from the same place. */
import { z } from 'zod'
import type { Fault } from '../reader/faults.ts'

const point = {
  command: z.int().min(1).max(1_000_000).optional().describe('which command from now on; 1 is the next one'),
  when: z
    .enum(['before', 'after'])
    .optional()
    .describe('before the card sees the command (default) or after it carried it out'),
  repeat: z.boolean().optional().describe('at every later command too'),
}
const ms = z.int().min(0).max(600_000)

export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow'), ms, ...point }),
  ...(['pull', 'unplug', 'mute', 'hang', 'empty', 'reset'] as const).map((kind) =>
    z.strictObject({ kind: z.literal(kind), ...point }),
  ),
  z.strictObject({ kind: z.literal('waitingTimeExtension'), times: z.int().min(1).max(1000), ms, ...point }),
  z.strictObject({ kind: z.literal('truncate'), length: z.int().min(0).max(65_538), ...point }),
  z.strictObject({
    kind: z.literal('powerCut'),
    write: z.int().min(1).max(1_000_000).describe('the k-th persistent write of the card from that command on'),
    at: z.enum(['before', 'inside', 'after']),
    ...point,
  }),
])

/** Absent members rather than undefined ones, as the rest of the house has it. */
export const faultOf = (parsed: z.infer<typeof faultSchema>): Fault => JSON.parse(JSON.stringify(parsed)) as Fault

export const plugSchema = z.strictObject({
  name: z.string().min(1).max(127),
  motor: z.boolean().optional().describe('a motor that puts the card out on SCARD_EJECT_CARD'),
  keypad: z.boolean().optional().describe('a PIN pad, typed on through POST /readers/{reader}/keypad'),
})
const card = z.string().min(1).describe('an image file or the name of a profile')
export const insertSchema = z.strictObject({ card, via: z.enum(['contact', 'contactless']).optional() })
export const tapSchema = z.strictObject({ card, holdMs: ms.optional().describe('take it away again after this time') })
export const restoreSchema = z.strictObject({ snapshot: z.string().min(1) })
export const keypadSchema = z.union([
  z.strictObject({ digits: z.string().min(1).max(16) }),
  z.strictObject({ cancel: z.literal(true) }),
])

export const readerSchema = z.strictObject({
  name: z.string(),
  card: z.enum(['absent', 'present', 'mute']),
  label: z.string().optional().describe('the file or profile the card came from'),
  via: z.enum(['contact', 'contactless']).optional(),
  atr: z.string().optional().describe('hexadecimal'),
  powered: z.boolean(),
  connections: z.int().describe('open handles; -1 when one has the reader for itself'),
  events: z.int().describe('counts insertions and removals'),
  keypadPrompt: z.enum(['verify', 'current', 'new', 'confirm']).optional(),
})
export const snapshotSchema = z.strictObject({ snapshot: z.string() })
export const traceSchema = z.strictObject({
  number: z.int(),
  time: z.number().describe('milliseconds since 1970'),
  reader: z.string(),
  header: z.string().describe('CLA INS P1 P2, hexadecimal'),
  commandLength: z.int(),
  responseLength: z.int(),
  sw: z.string().optional().describe('status word, hexadecimal'),
  faults: z.array(z.string()).optional(),
})
export const errorSchema = z.strictObject({ error: z.string().describe('one sentence') })
