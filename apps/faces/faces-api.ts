/** What the page of the visual check (目視) says to its desk. Both ends check every value against these schemas. */
import { z } from 'zod'
import type { FaceComparison } from '../../src/wire/backend-resets.ts'
import { staffCalls } from '../../src/wire/staff-api.ts'
import { staffScreenSchema } from '../../src/wire/staff-view.ts'

const nothing = z.strictObject({})
const request = z.int().positive()
/** Octets of a picture. */
const size = z.int().min(1)

/** `unclear`: it cannot be told; the resident may try again. */
export const decision = z.enum(['same', 'different', 'unclear'])
export type Decision = z.infer<typeof decision>

/** As the backend is told. */
export const outcomeOf = (decided: Decision): Pick<FaceComparison, 'matched' | 'unclear'> => ({
  matched: decided === 'same',
  ...(decided === 'unclear' && { unclear: true }),
})

const which = z.enum(['photo', 'live'])
export type Which = z.infer<typeof which>

/** So much of a picture is answered at once: it fits into a packet. */
export const PIECE = 60_000

export const facesCalls = {
  /** Answers a question of the sign-in; the PIN of the staff card comes on the secret lane. */
  answer: staffCalls.answer,
  signOut: staffCalls.signOut,
  /** Answered with bytes: at most `PIECE` of the picture, from there. Refused with `staffSignedOut`, `stalePrompt`. */
  picture: { input: z.strictObject({ request, which, from: z.int().min(0) }), output: nothing },
  /** Refused with `staffSignedOut`, or `stalePrompt` for what is not to be looked at, or no longer. */
  decide: { input: z.strictObject({ request, decision }), output: nothing },
} as const

export const facesScreenSchema = z.discriminatedUnion('at', [
  /** Nobody is signed in: the views of a sign-in, and no picture. */
  z.strictObject({ at: z.literal('signIn'), screen: staffScreenSchema }),
  z.strictObject({
    at: z.literal('desk'),
    /** By name. */
    operator: z.string(),
    /** How many wait, the one to be looked at included. */
    waiting: z.int().min(0),
    look: z.strictObject({ request, secondsLeft: z.int().min(0), photo: size, live: size }).optional(),
  }),
])
export type FacesScreen = z.infer<typeof facesScreenSchema>
export type Look = NonNullable<Extract<FacesScreen, { at: 'desk' }>['look']>

export const facesListens = {
  /** The screen as it is now, and every change of it. */
  screen: { input: nothing, output: facesScreenSchema },
} as const
