/** What the staff screen of a counter says to the host, beside what the resident's screen says (`host-api.ts`). */
import { z } from 'zod'
import { diagnosticsSchema } from './diagnostics.ts'
import { staffScreenSchema } from './staff-view.ts'
import { procedureName } from './view.ts'

const nothing = z.strictObject({})

export const staffCalls = {
  /** Begins a procedure with the resident opposite. Refused with `busy` while something goes on, `notOffered` where it is hindered. */
  start: { input: z.strictObject({ procedure: procedureName }), output: nothing },
  /** Answers the prompt on the staff screen; a PIN of a staff card comes on the secret lane. */
  answer: { input: z.strictObject({ prompt: z.int().positive(), answer: z.unknown() }), output: nothing },
  /** Ends what goes on: procedure, search or PIN entry. The running step settles first. */
  cancel: { input: nothing, output: nothing },
  /** Begins a search for a person (F58). Refused with `busy`. */
  search: { input: nothing, output: nothing },
  /** Ends the session; a running procedure ends cleanly first. */
  signOut: { input: nothing, output: nothing },
  /** The state of the terminal, for whoever is signed in. */
  diagnostics: { input: nothing, output: diagnosticsSchema },
} as const

export const staffListens = {
  /** The staff screen as it is now, and every change of it. */
  screen: { input: nothing, output: staffScreenSchema },
} as const
