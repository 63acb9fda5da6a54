/**
 * Card scripts: what a backend has a terminal do with a card, and what the terminal reports. Bytes are base64. One script is one card
 * transaction; its steps are computed ahead up to the first answer that matters.
 */
import { z } from 'zod'

const base64 = (most: number) => z.base64().max(Math.ceil(most / 3) * 4)
const id = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
const statusWord = z.int().min(0x6000).max(0x9fff)

/** PINs a local step can be about; the host types them into the card, they never travel (rule 17). */
export const scriptPin = z.enum(['auth', 'sign', 'text', 'juki'])
export type ScriptPin = z.infer<typeof scriptPin>

/** What a reset can be of: a PIN that is chosen anew, or 照合番号B, which is printed and only gets its tries back. */
export const resettable = z.enum([...scriptPin.options, 'codeB'])
export type Resettable = z.infer<typeof resettable>

/** Applications that PINs lie in. */
export const pinPlace = z.enum(['jpki', 'text', 'juki', 'common'])
export type PinPlace = z.infer<typeof pinPlace>

/** The 住民基本台帳用 PIN is one to its holder and lies in two places (facts 3.1). */
export const PIN_PLACES: Readonly<Record<ScriptPin, readonly PinPlace[]>> = {
  auth: ['jpki'],
  sign: ['jpki'],
  text: ['text'],
  juki: ['juki', 'common'],
}

export const scriptProcedure = z.enum(['certificate', 'setUp', 'pinReset', 'loadApplication', 'deleteApplication'])
export type ScriptProcedureName = z.infer<typeof scriptProcedure>

const LONGEST_APDU = 4_096
const MOST_STEPS = 256

export const scriptStep = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('apdu'),
    /** For people and the journal; the relay understands no bytes. */
    label: z.string().min(1).max(80),
    apdu: base64(LONGEST_APDU),
    /** Status words after which the script goes on. */
    expect: z.array(statusWord).min(1).max(8),
    /** The whole response that was foreseen; at any other one the script stops. */
    answer: base64(LONGEST_APDU).optional(),
  }),
  z.strictObject({
    kind: z.literal('local'),
    label: z.string().min(1).max(80),
    /**
     * `verifyPin`: the holder's PIN is verified. `newPin`: after the VERIFY before it, a new one takes its place. Several `newPin` of one
     * PIN in a script are one choice: the holder chooses at the first, the host writes the same at the next.
     */
    action: z.enum(['verifyPin', 'newPin']),
    pin: scriptPin,
    /** The application that is selected then, in which this is to be done. */
    place: pinPlace,
  }),
])
export type ScriptStep = z.infer<typeof scriptStep>

export const cardScript = z.strictObject({
  session: id,
  /** 1 for the first script of a session. */
  seq: z.int().min(1),
  procedure: scriptProcedure,
  card: id,
  terminal: id,
  steps: z.array(scriptStep).min(1).max(MOST_STEPS),
  /** By the backend's script key over `scriptText`. */
  signature: base64(512),
})
export type CardScript = z.infer<typeof cardScript>

/** What the signature is over: everything but itself, in one fixed order. */
export const scriptText = ({ session, seq, procedure, card, terminal, steps }: Omit<CardScript, 'signature'>): string =>
  JSON.stringify([
    ...['madoguchi card script 2', session, seq, procedure, card, terminal],
    steps.map((step) =>
      step.kind === 'apdu'
        ? [step.kind, step.label, step.apdu, step.expect, step.answer ?? null]
        : [step.kind, step.label, step.action, step.pin, step.place],
    ),
  ])

export const scriptReport = z.strictObject({
  /** The script this is about. */
  seq: z.int().min(1),
  /** Response APDUs in order, also the one that stopped it; an empty text for each local step that was done. */
  answers: z.array(base64(LONGEST_APDU)).max(MOST_STEPS),
  /** Why it did not run to its end. `answer`: a response was not the foreseen one. `cancelled` and `pinBlocked`: a local step was not done, and will not be. */
  stopped: z.enum(['statusWord', 'answer', 'noAnswer', 'cancelled', 'pinBlocked']).optional(),
})
export type ScriptReport = z.infer<typeof scriptReport>
