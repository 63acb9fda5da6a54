/** Card image files `*.card.json`: checked wholly before anything is made of them, never half loaded. */
import { z } from 'zod'
import type { CardImage } from './image.ts'

/** Why a text is no card image: where in the file, and a sentence about it. */
export class CardImageError extends Error {
  override readonly name = 'CardImageError'
  /** Path inside the file, as `cells.jpki.000A`; empty for the file as a whole. */
  readonly path: string
  constructor(path: string, sentence: string) {
    super(path === '' ? `Card image: ${sentence}` : `Card image, ${path}: ${sentence}`)
    this.path = path
  }
}

const content = z
  .string('must be text of hexadecimal digits')
  .regex(/^([0-9A-Fa-f]{2})*$/, 'must be hexadecimal digits, an even number of them')
const oneByte = content.length(2, 'must be one byte')

const cells = z
  .record(z.string().regex(/^[!-~]+$/, 'a cell name is printable ASCII without spaces'), content)
  .superRefine((group, context) => {
    for (const [name, value] of Object.entries(group)) {
      const fault = cellFault(name, value, group)
      if (fault !== undefined) context.addIssue({ code: 'custom', path: [name], message: fault })
    }
  })

/** What cells of one byte, and counters, must keep to. */
function cellFault(name: string, value: string, group: Readonly<Record<string, string>>): string | undefined {
  const [, reference, part] = /^(.*)\.(tries|limit|life)$/.exec(name) ?? []
  if (part === undefined) return undefined
  if (!oneByte.safeParse(value).success) return 'must be one byte'
  const limit = group[`${reference}.limit`]
  if (part === 'limit' && Number.parseInt(value, 16) > 0x0f)
    return 'a try limit is at most 0F, because 63Cx has one digit'
  if (part === 'tries' && limit !== undefined && Number.parseInt(value, 16) > Number.parseInt(limit, 16))
    return `more tries left than the limit ${limit}`
  return undefined
}

const schema = z.strictObject(
  {
    format: z.literal('madoguchi-card', 'must be "madoguchi-card"'),
    version: z.literal(1, 'must be 1, the only version so far'),
    simulated: z.literal(true, 'must be true: an image is never a real card'),
    profile: z.string('must be text').min(1, 'must name a profile'),
    chip: z.strictObject({
      generation: z.enum(['E0', 'DA', 'C5'], 'must be "E0", "DA" or "C5"'),
      contactlessAtr: content.length(14, 'must be seven bytes'),
      firstCommandFails: z.boolean('must be true or false'),
      getResponse: z.boolean('must be true or false'),
      logicalChannels: z.boolean('must be true or false').exactOptional(),
    }),
    cells: z.record(z.string().regex(/^[a-z]+$/, 'the name of an application is small letters'), cells),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? 'must be an object with format, version, simulated, profile, chip and cells'
        : undefined,
  },
)

/** Throws CardImageError with the first thing that is wrong. */
export function parseCardImage(text: string): CardImage {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new CardImageError('', `this is no JSON text (${error instanceof Error ? error.message : 'unreadable'}).`)
  }
  return checkCardImage(json)
}

/** A card image from a value of unknown shape. Throws CardImageError. */
export function checkCardImage(value: unknown): CardImage {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const sentence = (issue?.code === 'invalid_key' ? issue.issues[0] : issue)?.message ?? 'is no card image'
  throw new CardImageError(issue?.path.map(String).join('.') ?? '', `${sentence}.`)
}

/** The image as text: sorted, one cell a line, so that two versions can be compared. */
export function formatCardImage(image: CardImage): string {
  const sorted = <T>(group: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1))
  const cells = Object.fromEntries(
    sorted(image.cells).map(([name, group]) => [name, Object.fromEntries(sorted(group))]),
  )
  return `${JSON.stringify({ ...image, cells }, null, 2)}\n`
}
