/** What a screen, a robot or a command line says to the host. Both ends check every value against these schemas. */
import { z } from 'zod'
import { diagnosticsSchema } from './diagnostics.ts'
import { procedureName, screenSchema } from './view.ts'

const nothing = z.strictObject({})

/** What the operator decided about the place of this screen, as far as a screen has to know. */
export const placeSchema = z.strictObject({
  /** Both as a receipt names them. */
  terminal: z.string().max(64),
  place: z.string().max(128),
  /** Shuffled never counts while spoken guidance is on. */
  keypad: z.enum(['telephone', 'shuffled']),
  /** Receipts can be printed here. */
  receipts: z.boolean(),
})
export type Place = z.infer<typeof placeSchema>

export const hostCalls = {
  place: { input: nothing, output: placeSchema },
  /** Begins a procedure; refused with `busy` while another one runs. */
  start: { input: z.strictObject({ procedure: procedureName }), output: nothing },
  /** Answers the prompt on the screen. A stale prompt or an answer that does not fit is refused by name and changes nothing. */
  answer: { input: z.strictObject({ prompt: z.int().positive(), answer: z.unknown() }), output: nothing },
  /** The person wants to stop: the running step settles, the card is released, the screen asks to take it. */
  cancel: { input: nothing, output: nothing },
  /** The state of the terminal, for whoever looks after it. */
  diagnostics: { input: nothing, output: diagnosticsSchema },
  /** Prints a receipt of the ending on the screen: date, terminal, procedure, result, reference. Refused with `notOffered` where there is no printer. */
  print: { input: z.strictObject({ prompt: z.int().positive() }), output: nothing },
} as const

export const hostListens = {
  /** The screen as it is now, and every change of it. */
  screen: { input: nothing, output: screenSchema },
} as const
