/** Card image files `*.card.json`: checked wholly before anything is made of them, never half loaded. */
import { z } from 'zod'
import type { CardImage } from './image.ts'
import { CELL_GROUPS, cellFault } from './image-cells.ts'

/** Why a text is no card image: where in the file, and a sentence about it. */
export class CardImageError extends Error {
  override readonly name = 'CardImageError'
  /** Path inside the file, as `cells.jpki.000A`; empty for the file as a whole. */
  readonly path: string
  readonly sentence: string
  constructor(path: string, sentence: string) {
    super(path === '' ? `Card image: ${sentence}` : `Card image, ${path}: ${sentence}`)
    this.path = path
    this.sentence = sentence
  }
}

/** What a value of the wrong kind is told; other faults keep their own words. */
const kind = (sentence: string) => ({
  error: ({ code }: { readonly code?: string }) => (code === 'invalid_type' ? sentence : undefined),
})

const content = z
  .string('must be text of hexadecimal digits')
  .regex(/^([0-9A-Fa-f]{2})*$/, 'must be hexadecimal digits, an even number of them')

const cells = z.record(z.string(), content, kind('must be an object of cells'))

/** Every cell under a name the application knows, holding what it should. */
const applications = z
  .record(z.string(), cells, kind('must be an object of applications'))
  .superRefine((groups, context) => {
    for (const [application, group] of Object.entries(groups)) {
      if (!CELL_GROUPS.includes(application))
        context.addIssue({
          code: 'custom',
          path: [application],
          message: `must be one of ${CELL_GROUPS.join(', ')}`,
        })
      for (const name of Object.keys(group)) {
        const message = cellFault(application, name, group)
        if (message !== undefined) context.addIssue({ code: 'custom', path: [application, name], message })
      }
    }
  })

const schema = z.strictObject(
  {
    format: z.literal('madoguchi-card', 'must be "madoguchi-card"'),
    version: z.literal(1, 'must be 1, the only version so far; a higher one comes from a newer Madoguchi'),
    simulated: z.literal(true, 'must be true: an image is never a real card'),
    profile: z.string('must be text').min(1, 'must name a profile'),
    chip: z.strictObject(
      {
        generation: z.enum(['E0', 'DA', 'C5'], 'must be "E0", "DA" or "C5"'),
        contactlessAtr: content.length(14, 'must be seven bytes'),
        firstCommandFails: z.boolean('must be true or false'),
        getResponse: z.boolean('must be true or false'),
        logicalChannels: z.boolean('must be true or false').exactOptional(),
      },
      kind('must be an object with generation, contactlessAtr, firstCommandFails and getResponse'),
    ),
    cells: applications,
  },
  kind('must be an object with format, version, simulated, profile, chip and cells'),
)

/** Throws CardImageError with the first thing that is wrong. */
export function parseCardImage(text: string): CardImage {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    // The parser's message may show what stands there, a PIN for one: only its place is told.
    const place = / \(line \d+ column \d+\)$/.exec(error instanceof Error ? error.message : '')?.[0] ?? ''
    throw new CardImageError('', `this is no JSON text${place}.`)
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
