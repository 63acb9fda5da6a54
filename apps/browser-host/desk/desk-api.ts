/** What the desk's page says to the desk: simulated cards on virtual readers. Both ends check every value against these schemas. */
import { z } from 'zod'

const nothing = z.strictObject({})
const reader = z.string().min(1).max(127)
const atReader = z.strictObject({ reader })
const onOrOff = z.strictObject({ reader, on: z.boolean() })

/** A simulated card by its name on this desk. */
export const cardName = z.string().regex(/^[A-Za-z0-9-]{1,40}$/)

const inWords = z.tuple([z.string(), z.string()]).readonly()
/** What a card is called, and what is the matter with it. */
const cardWords = z.strictObject({ ja: inWords, en: inWords })

export const deskCalls = {
  /** Lays a card on a reader, from wherever it is; what lies there is taken away first. */
  lay: { input: z.strictObject({ card: cardName, reader }), output: nothing },
  take: { input: atReader, output: nothing },
  /** The card is pulled at the next command, or no longer. */
  pull: { input: onOrOff, output: nothing },
  /** The card loses its power in the middle of its next write, or no longer. */
  cutPower: { input: onOrOff, output: nothing },
  /** The reader is there, or is not. */
  plug: { input: onOrOff, output: nothing },
  /** Every answer comes late, or no longer. */
  slow: { input: onOrOff, output: nothing },
  /** Keeps the card's content as it is now; one memory for each card. */
  remember: { input: atReader, output: nothing },
  /** The card is as it was remembered, and starts cold. */
  goBack: { input: atReader, output: nothing },
} as const
export type DeskCall = keyof typeof deskCalls

export const deskStateSchema = z.strictObject({
  /** The other pages behind this door: `kiosk`. */
  pages: z.array(z.enum(['kiosk', 'counter', 'resident', 'phone', 'faces', 'diagnostics'])),
  cards: z.array(
    z.strictObject({
      card: cardName,
      words: cardWords,
      /** Where it lies; in nobody's reader when absent. */
      reader: reader.optional(),
      remembered: z.boolean(),
      /** Its next write will lose its power. */
      powerWillFail: z.boolean(),
    }),
  ),
  readers: z.array(
    z.strictObject({
      name: reader,
      plugged: z.boolean(),
      card: cardName.optional(),
      slow: z.boolean(),
      willBePulled: z.boolean(),
    }),
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
