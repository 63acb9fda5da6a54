/**
 * The staff side of a counter: what must the member of staff do now. A closed union like the resident's (`view.ts`), on a
 * screen of its own: PINs of residents are never entered or shown here, only that somebody is entering one.
 */
import { z } from 'zod'
import { calendarDate, cardState, certificateState, id, kind, sex, text, townCode } from './backend-endpoint.ts'
import { failureCode, pinStatus, procedureName } from './view.ts'

/** Why a procedure cannot be begun now; a screen says it in words beside the disabled button. */
export const hindrance = z.enum([
  'notForThisPlace',
  'noCard',
  'noPerson',
  'unknownCard',
  'cardState',
  'faceAuthCard',
  'backendAway',
])
export type Hindrance = z.infer<typeof hindrance>

const startable = z.strictObject({ procedure: procedureName, hindrance: hindrance.optional() })
export type Startable = z.infer<typeof startable>

/** The card on the resident's reader at a glance. What only the backend knows is missing while it is away. */
export const glance = z.strictObject({
  serial: id.optional(),
  state: cardState.optional(),
  expires: calendarDate.optional(),
  faceAuth: z.boolean().optional(),
  applications: z.array(
    z.strictObject({ name: z.enum(['jpki', 'visual', 'text', 'juki', 'common', 'licence']), there: z.boolean() }),
  ),
  pins: z.array(pinStatus),
  /** 照合番号B: tries left; 0 when blocked. */
  codeB: z.int().min(0).max(15).optional(),
  certificates: z.array(z.strictObject({ kind, notAfter: z.number().optional(), state: certificateState.optional() })),
  /** Writes that nobody knows the end of. */
  unfinished: z.int().min(0),
  backend: z.enum(['good', 'away', 'unknownCard']),
})
export type Glance = z.infer<typeof glance>

export const candidate = z.strictObject({
  id,
  municipality: townCode,
  name: text(100),
  kana: text(200),
  sex,
  birth: calendarDate,
  address: text(200),
})
export type Candidate = z.infer<typeof candidate>

/** Shown, nothing to answer. `problem`: why the staff card that lies there cannot be used. */
const signIn = z.strictObject({ kind: z.literal('signIn'), problem: failureCode.optional() })
/** Signed in, nothing going on: `start`, `search` and `signOut` are calls of their own. `card` is missing while none lies there. */
const counter = z.strictObject({
  kind: z.literal('counter'),
  operator: text(100),
  procedures: z.array(startable),
  card: glance.optional(),
  cardProblem: failureCode.optional(),
  person: candidate.optional(),
})
/** The resident is at their own screen; `doing` is the kind of view that is on it. */
const residentActs = z.strictObject({
  kind: z.literal('residentActs'),
  procedure: procedureName,
  doing: z.string().max(40),
})
const working = z.strictObject({ kind: z.literal('working'), step: z.int().min(0), steps: z.int().positive() })

/** Who signs in, or a second operator who looks too (F58). */
const who = z.enum(['operator', 'secondOperator'])
/** Asked. The PIN of the staff card comes on the secret lane; `reader`: it is typed at the reader's own keypad, nothing is asked here. */
const staffPin = z.strictObject({
  kind: z.literal('staffPin'),
  triesLeft: z.int().min(0).max(15),
  who,
  entry: z.enum(['screen', 'reader']),
  problem: z.enum(['wrong', 'notAllowed']).optional(),
})
/** Before the last try of a staff card's PIN: another wrong one blocks it. */
const confirmLastTry = z.strictObject({ kind: z.literal('confirmLastTry'), who })
const search = z.strictObject({
  kind: z.literal('search'),
  problem: z.enum(['tooWeak', 'nobody']).optional(),
})
/** F58: nobody is picked by the program. What stands in the papers is entered and compared by the backend. */
const candidates = z.strictObject({
  kind: z.literal('candidates'),
  /** Who looks now; where two hits were found a second operator does so after the first. */
  who,
  secondLook: z.boolean(),
  problem: z.enum(['mismatch']).optional(),
  candidates: z.array(candidate).min(1),
})
/**
 * One reader serves both: `come` – the first operator's card out, the second one's in; `leave` – the look is done, the first
 * one's card in again. Shown, nothing to answer; `cancel` ends it. `problem`: why the card that lies there cannot be used.
 */
const secondOperator = z.strictObject({
  kind: z.literal('secondOperator'),
  step: z.enum(['come', 'leave']),
  problem: failureCode.optional(),
})
const identityDocument = z.enum([
  'myNumberCard',
  'passport',
  'drivingLicence',
  'residenceCard',
  'healthInsurance',
  'pensionBook',
  'noticeOfIssue',
  'other',
])
const checkIdentity = z.strictObject({
  kind: z.literal('checkIdentity'),
  purpose: z.enum(['delivery', 'pinReset']),
  /** A face that was not compared wants somebody who acts for the holder. */
  problem: z.enum(['faceOrProxy']).optional(),
})
const choosePinToReset = z.strictObject({
  kind: z.literal('choosePinToReset'),
  pins: z.array(pinStatus),
  codeB: z.int().min(0).max(15).optional(),
})
/** P7, right before the hand-over. */
const selfTest = z.strictObject({
  kind: z.literal('selfTest'),
  items: z
    .array(
      z.strictObject({
        item: z.enum(['applicationsSelect', 'pinsVerify', 'certificatesGood']),
        passed: z.boolean(),
        /** Which of them did not. */
        failed: z.array(z.enum(['jpki', 'visual', 'text', 'juki', 'common', 'sign', 'auth'])).optional(),
      }),
    )
    .min(1),
})
const done = z.strictObject({ kind: z.literal('done'), procedure: procedureName, reference: id.optional() })
const failed = z.strictObject({
  kind: z.literal('failed'),
  failure: failureCode,
  detail: z.string().max(80).optional(),
})

export const staffViewSchema = z.discriminatedUnion('kind', [
  signIn,
  counter,
  residentActs,
  working,
  staffPin,
  confirmLastTry,
  search,
  candidates,
  secondOperator,
  checkIdentity,
  choosePinToReset,
  selfTest,
  done,
  failed,
])
export type StaffView = z.infer<typeof staffViewSchema>
export type StaffViewOf<K extends StaffView['kind']> = Extract<StaffView, { kind: K }>

const back = z.strictObject({ back: z.literal(true) })
const seen = z.strictObject({ seen: z.literal(true) })

export const staffAnswerSchemas = {
  staffPin: z.strictObject({ entered: z.literal(true) }).or(back),
  confirmLastTry: z.strictObject({ goOn: z.boolean() }),
  search: z
    .strictObject({
      kana: text(200),
      birth: calendarDate,
      sex: sex.optional(),
      address: text(200).optional(),
      name: text(100).optional(),
    })
    .or(back),
  candidates: z
    .strictObject({
      holder: id,
      compared: z.strictObject({ name: text(100), birth: calendarDate, sex, address: text(200) }),
    })
    .or(back),
  checkIdentity: z
    .strictObject({
      documents: z.array(identityDocument).min(1).max(4),
      face: z.enum(['matched', 'notCompared', 'different']),
      proxy: z
        .strictObject({
          relation: z.enum(['legalRepresentative', 'mandated', 'guardian']),
          documents: z.array(identityDocument).min(1).max(4),
        })
        .optional(),
    })
    .or(back),
  choosePinToReset: z.strictObject({ pin: z.enum(['sign', 'auth', 'text', 'juki', 'codeB']) }).or(back),
  selfTest: z.strictObject({ handOver: z.boolean() }),
  done: seen,
  failed: seen,
} as const
export type StaffQuestionKind = keyof typeof staffAnswerSchemas
export type StaffAnswers = { readonly [K in StaffQuestionKind]: z.infer<(typeof staffAnswerSchemas)[K]> }

export const staffScreenSchema = z.strictObject({
  prompt: z.int().min(0),
  view: staffViewSchema,
  secondsLeft: z.int().positive().optional(),
})
export type StaffScreen = z.infer<typeof staffScreenSchema>
