/**
 * The screen's language: what must the person do now. A closed union – one screen and one spoken announcement for each kind,
 * and the compiler finds a missing one. Words are not here: a screen has them, in its person's language, by kind and code.
 */
import { z } from 'zod'
import { FAILURES, type FailureCode } from '../base/failures/catalogue.ts'

export const failureCode = z.enum(Object.keys(FAILURES) as FailureCode[])

/** The four PINs of a My Number card (facts 3.1). The 住民基本台帳用 PIN is one to its holder, though it sits in two places. */
export const pinName = z.enum(['sign', 'auth', 'text', 'juki'])
export type PinName = z.infer<typeof pinName>

/**
 * 暗証番号の状態 · 変更; at a kiosk 署名用 and 利用者証明用 初期化 (F21, F22); at a counter 初期化, 交付前設定, 交付; in the phone app the
 * reservation of the two resets. Who offers which: `src/procedures/catalogue.ts`.
 */
export const procedureName = z.enum([
  'pinStatus',
  'pinChange',
  'signPinReset',
  'authPinReset',
  'counterPinReset',
  'preDelivery',
  'delivery',
  'reserveSignReset',
  'reserveAuthReset',
])
export type ProcedureName = z.infer<typeof procedureName>

/** Tries left of one PIN, as read from the card a moment ago. `missing`: this card has no such PIN. */
export const pinStatus = z.strictObject({
  pin: pinName,
  state: z.enum(['good', 'blocked', 'missing']),
  triesLeft: z.int().min(0).max(15),
})
export type PinStatus = z.infer<typeof pinStatus>

/** Shown, nothing to answer. */
const idle = z.strictObject({ kind: z.literal('idle'), procedures: z.array(procedureName) })
const keepCard = z.strictObject({ kind: z.literal('keepCard'), step: z.int().min(0), steps: z.int().positive() })
/** At a counter, while staff act on their own screen. */
const waitForStaff = z.strictObject({ kind: z.literal('waitForStaff') })
const takeCard = z.strictObject({ kind: z.literal('takeCard'), forgotten: z.boolean() })
/** `problem`: why the card that lies there cannot be used. */
const insertCard = z.strictObject({ kind: z.literal('insertCard'), problem: failureCode.optional() })

/** Asked: the person answers, or the prompt expires. */
const choosePin = z.strictObject({ kind: z.literal('choosePin'), pins: z.array(pinStatus) })
const enterPin = z.strictObject({
  kind: z.literal('enterPin'),
  pin: pinName,
  /** `prove`: this PIN shows whose card it is, so that another one may be set (F21, F22). */
  purpose: z.enum(['current', 'prove', 'new', 'again']),
  /** What is chosen is set for these too. */
  alsoFor: z.array(pinName).optional(),
  triesLeft: z.int().min(0).max(15).optional(),
  /** Of a PIN whose change was cut between its two places: the one that was chosen then, or the one before. */
  which: z.enum(['newer', 'older']).optional(),
  /** What was wrong with the entry before this one. */
  problem: z.enum(['wrong', 'differs', 'notAllowed', 'weak']).optional(),
})
const confirmLastTry = z.strictObject({ kind: z.literal('confirmLastTry'), pin: pinName })
/** In the phone app, before anything is asked (F23): why `pin` is needed, what a mistake costs, what comes after. */
const explainReset = z.strictObject({ kind: z.literal('explainReset'), pin: pinName })
/** 照合番号B, printed on the card: birth date, year of expiry, security code. It opens the photo on the chip. */
const enterCardFace = z.strictObject({ kind: z.literal('enterCardFace'), problem: z.enum(['wrong']).optional() })
/** The live face, as the phone's camera takes it: a JPEG picture on the secret lane. */
const takePortrait = z.strictObject({ kind: z.literal('takePortrait') })
/** Shown while the two faces are compared. `how`: by a person, an engine, or a simulation that says so. */
const comparing = z.strictObject({
  kind: z.literal('comparing'),
  how: z.enum(['visualCheck', 'engine', 'simulatedEngine']),
})
/** At a delivery: shall one number do for these PINs? It may (facts 3.1), and spares typing it for each. */
const samePin = z.strictObject({ kind: z.literal('samePin'), pins: z.array(pinName).min(2) })
const pinStatusView = z.strictObject({ kind: z.literal('pinStatus'), pins: z.array(pinStatus) })
const stillThere = z.strictObject({ kind: z.literal('stillThere') })
/** Whoever came to look at something has seen it, and is not told so. */
const done = z.strictObject({
  kind: z.literal('done'),
  procedure: procedureName.exclude(['pinStatus']),
  /** What a person can name when they ask about it later; says nothing about them. */
  reference: z.string().max(64).optional(),
  /** Epoch milliseconds: until when what was done is good – a reservation. */
  until: z.number().optional(),
})
const failed = z.strictObject({ kind: z.literal('failed'), failure: failureCode })

export const viewSchema = z.discriminatedUnion('kind', [
  idle,
  insertCard,
  keepCard,
  choosePin,
  enterPin,
  confirmLastTry,
  samePin,
  explainReset,
  enterCardFace,
  takePortrait,
  comparing,
  pinStatusView,
  stillThere,
  waitForStaff,
  takeCard,
  done,
  failed,
])
export type View = z.infer<typeof viewSchema>
export type ViewOf<K extends View['kind']> = Extract<View, { kind: K }>

/** What a person can say to each kind of question. PIN bytes come on the secret lane; the answer only says that they came. */
export interface Answers {
  choosePin: { readonly pin: PinName }
  enterPin: { readonly entered: true }
  confirmLastTry: { readonly goOn: boolean }
  samePin: { readonly same: boolean }
  explainReset: { readonly goOn: true }
  enterCardFace: { readonly entered: true }
  takePortrait: { readonly entered: true }
  pinStatus: { readonly seen: true }
  stillThere: { readonly here: true }
  done: { readonly seen: true }
  failed: { readonly seen: true }
}
export type QuestionKind = keyof Answers
export type Question = ViewOf<QuestionKind>

export const answerSchemas: { readonly [K in QuestionKind]: z.ZodType<Answers[K]> } = {
  choosePin: z.strictObject({ pin: pinName }),
  enterPin: z.strictObject({ entered: z.literal(true) }),
  confirmLastTry: z.strictObject({ goOn: z.boolean() }),
  samePin: z.strictObject({ same: z.boolean() }),
  explainReset: z.strictObject({ goOn: z.literal(true) }),
  enterCardFace: z.strictObject({ entered: z.literal(true) }),
  takePortrait: z.strictObject({ entered: z.literal(true) }),
  pinStatus: z.strictObject({ seen: z.literal(true) }),
  stillThere: z.strictObject({ here: z.literal(true) }),
  done: z.strictObject({ seen: z.literal(true) }),
  failed: z.strictObject({ seen: z.literal(true) }),
}

/** A view on the screen. `prompt` names the question; 0 when nothing is asked. `secondsLeft` counts from when it was sent. */
export const screenSchema = z.strictObject({
  prompt: z.int().min(0),
  view: viewSchema,
  secondsLeft: z.int().positive().optional(),
})
export type Screen = z.infer<typeof screenSchema>
