/** What may be chosen about a card: every field of its profile, checked before anything is made. */
import { z } from 'zod'
import type { ChipBehaviour } from '../image.ts'
import { calendarDate, holder, municipality } from './holder.ts'

const digits = (length: number) => z.string().regex(new RegExp(`^\\d{${length}}$`), `must be ${length} digits`)
const hexText = (length?: number) =>
  z
    .string()
    .regex(/^([0-9A-Fa-f]{2})*$/, 'must be hexadecimal octets')
    .refine((text) => length === undefined || text.length === 2 * length, `must be ${length} octets in hexadecimal`)

/** Printable ASCII, 1–16 characters: what VERIFY can carry. The chip compares octets; formats are the terminal's business. */
const pin = z.string().regex(/^[\x20-\x7E]{1,16}$/, 'must be 1 to 16 ASCII characters')
const tries = z.int().min(0, 'must be at least 0').max(15, 'must be at most 15')

const perPin = <T extends z.ZodType>(value: T) =>
  z
    .strictObject({ auth: value, sign: value, text: value, juki: value, codeA: value, codeB: value, birth: value })
    .partial()

/** As an image file takes them: loaded applications bring names of their own. */
const applicationName = z.string().regex(/^[a-z]+$/, 'must be the name of an application, small letters')
const cellName = z.string().regex(/^[!-~]+$/, 'must be the name of a cell, printable ASCII')

export const overrides = z
  .strictObject({
    /** 15 digits; clients cache by it, so every card that is used beside another needs its own. Chooses the keys. */
    serial: digits(15),
    holder: holder.extend({ municipality: municipality.partial() }).partial(),
    /** Day the card was produced; the other dates follow from it unless they are given too. */
    produced: calendarDate,
    cardExpiry: calendarDate,
    certificatesIssued: calendarDate,
    authExpiry: calendarDate,
    signExpiry: calendarDate,
    /** Which certificates are on the card. */
    certificates: z.strictObject({ sign: z.boolean(), auth: z.boolean() }).partial(),
    /** Generation of the authorities that issued them. */
    generation: z.union([z.literal(1), z.literal(2)]),
    /** null: nobody has set it. */
    pins: perPin(pin.nullable()),
    tries: perPin(tries),
    chip: z
      .strictObject({
        generation: z.enum(['E0', 'DA', 'C5']),
        contactlessAtr: hexText(7),
        firstCommandFails: z.boolean(),
        getResponse: z.boolean(),
        logicalChannels: z.boolean(),
      } satisfies Record<keyof ChipBehaviour, z.ZodType>)
      .partial(),
    longBasicFour: z.boolean(),
    /** Cells that are put in place of, or beside, what the factory makes; null takes one away. */
    cells: z.record(applicationName, z.record(cellName, hexText().nullable())),
  })
  .partial()

/** Plain data, for instance from a JSON file; every field is optional. */
export type CardOverrides = z.input<typeof overrides>

/** An override that cannot be: where it stands and one sentence. */
export class CardOverrideError extends Error {
  override readonly name = 'CardOverrideError'
  /** `holder.birth` */
  readonly path: string
  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`)
    this.path = path
  }
}

/** Checks unknown data. Throws CardOverrideError for the first thing wrong; the value itself is never repeated. */
export function parseOverrides(data: unknown): z.output<typeof overrides> {
  const result = overrides.safeParse(data)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path.map(String) ?? []
  if (issue?.code === 'unrecognized_keys')
    throw new CardOverrideError([...path, issue.keys[0]].join('.'), 'is not a field of a card')
  const cause = issue?.code === 'invalid_key' ? issue.issues[0] : issue
  throw new CardOverrideError(path.join('.'), cause?.message ?? 'is not valid')
}
