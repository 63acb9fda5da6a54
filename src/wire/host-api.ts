/** What a screen, a robot or a command line says to the host. Both ends check every value against these schemas. */
import { z } from 'zod'
import { procedureName, screenSchema } from './view.ts'

const nothing = z.strictObject({})

export const hostCalls = {
  /** Begins a procedure; refused with `busy` while another one runs. */
  start: { input: z.strictObject({ procedure: procedureName }), output: nothing },
  /** Answers the prompt on the screen. A stale prompt or an answer that does not fit is refused by name and changes nothing. */
  answer: { input: z.strictObject({ prompt: z.int().positive(), answer: z.unknown() }), output: nothing },
  /** The person wants to stop: the running step settles, the card is released, the screen asks to take it. */
  cancel: { input: nothing, output: nothing },
} as const

export const hostListens = {
  /** The screen as it is now, and every change of it. */
  screen: { input: nothing, output: screenSchema },
} as const
