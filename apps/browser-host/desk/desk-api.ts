/** What the desk's page says to the desk: simulated cards on virtual readers. Both ends check every value against these schemas. */
import { z } from 'zod'

const nothing = z.strictObject({})
const reader = z.string().min(1).max(127)
const atReader = z.strictObject({ reader })

export const specimen = z.enum(['resident', 'child', 'blocked', 'expired', 'factory'])
/** A simulated card, by the profile it was made from. */
export type Specimen = z.infer<typeof specimen>

export const deskCalls = {
  /** Lays a card on a reader, from wherever it is; what lies there is taken away first. */
  lay: { input: z.strictObject({ card: specimen, reader }), output: nothing },
  take: { input: atReader, output: nothing },
  /** The card is pulled at the next command. */
  pull: { input: atReader, output: nothing },
  /** The card loses its power in the middle of its next write. */
  cutPower: { input: atReader, output: nothing },
  /** Every answer comes late, or no longer. */
  slow: { input: z.strictObject({ reader, on: z.boolean() }), output: nothing },
  /** Keeps the card's content as it is now; one memory for each card. */
  remember: { input: atReader, output: nothing },
  /** The card is as it was remembered, and starts cold. */
  goBack: { input: atReader, output: nothing },
} as const
export type DeskCall = keyof typeof deskCalls

export const deskStateSchema = z.strictObject({
  cards: z.array(
    z.strictObject({
      card: specimen,
      /** Where it lies; in nobody's reader when absent. */
      reader: reader.optional(),
      remembered: z.boolean(),
      /** Its next write will lose its power. */
      powerWillFail: z.boolean(),
    }),
  ),
  readers: z.array(
    z.strictObject({ name: reader, card: specimen.optional(), slow: z.boolean(), willBePulled: z.boolean() }),
  ),
})
export type DeskState = z.infer<typeof deskStateSchema>

/** One command as the trace has it: never its body. */
const command = z.strictObject({
  number: z.int().min(0),
  time: z.number(),
  reader,
  header: z.string(),
  commandLength: z.int(),
  responseLength: z.int(),
  sw: z.string().optional(),
  faults: z.array(z.string()).optional(),
})
export type SeenCommand = z.infer<typeof command>
export const commandsSchema = z.array(command)

export const deskListens = {
  state: { input: nothing, output: deskStateSchema },
  /** Commands from now on, some at a time. */
  commands: { input: nothing, output: commandsSchema },
} as const
