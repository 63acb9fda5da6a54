/** Why a GlobalPlatform dialogue did not go on: a refusal with its section and what to do, or an answer not to be trusted. */

/** The card said no. */
export interface Refusal {
  readonly command: string
  readonly section: string
  readonly sw: number
  readonly meaning: string
  readonly advice: string
}

export type GpProblem =
  | ({ readonly kind: 'refused' } & Refusal)
  /** The answer does not have the form its section gives. */
  | { readonly kind: 'malformed'; readonly command: string; readonly section: string }
  /** A cryptogram, MAC, check value or receipt is not what the keys give: wrong keys, another card, or a meddler. */
  | { readonly kind: 'untrusted'; readonly what: Untrusted; readonly section: string; readonly advice: string }
  /** The secure channel has been given up; nothing more goes through it. */
  | { readonly kind: 'channelClosed' }
  /** The card cannot do what was asked for, as it told in advance. */
  | { readonly kind: 'unsupported'; readonly what: string; readonly section: string; readonly advice: string }
  /** A complete package of this AID is on the card already; nothing was changed. */
  | { readonly kind: 'alreadyLoaded'; readonly version?: readonly [number, number] }

export type Untrusted = 'card cryptogram' | 'response MAC' | 'key check value' | 'receipt'

/** Thrown below the verbs of a session, caught once in each verb, where it becomes a result (`attempt`). */
export class GpError extends Error {
  override readonly name = 'GpError'
  readonly problem: GpProblem
  constructor(problem: GpProblem) {
    super(problemText(problem))
    this.problem = problem
  }
}

export type Outcome<T> = { readonly kind: 'ok'; readonly value: T } | GpProblem

/** A verb's result. Everything but `GpError` (readers, bugs) passes through. */
export async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'ok', value: await work() }
  } catch (error) {
    if (error instanceof GpError) return error.problem
    throw error
  }
}

/** One or two sentences for a person: command, status word, section, what to do. Never data. */
export function problemText(problem: GpProblem): string {
  switch (problem.kind) {
    case 'refused': {
      const { command, section, sw, meaning, advice } = problem
      return `${command} refused with ${swText(sw)}: ${meaning} (${section}). ${advice}`
    }
    case 'malformed':
      return `${problem.command}: the card's answer does not have the form of ${problem.section}. Check that this is a GlobalPlatform card.`
    case 'untrusted':
      return `The ${problem.what} is wrong (${problem.section}). ${problem.advice}`
    case 'channelClosed':
      return 'The secure channel has ended (SCP03 5.6). Open a new one.'
    case 'alreadyLoaded': {
      const version = problem.version ? ` in version ${problem.version.join('.')}` : ''
      return `The package is on the card already${version} (GPCS 9.3.5). Delete it first to load another.`
    }
    case 'unsupported':
      return `The card does not support ${problem.what} (${problem.section}). ${problem.advice}`
  }
}

const swText = (sw: number): string => sw.toString(16).toUpperCase().padStart(4, '0')

/** What status words mean to one command, and what to do. */
export type Meanings = readonly (readonly [sw: number, meaning: string, advice: string])[]

/** Status words every command shares (GPCS 2.3.1, table 11-10). */
const GENERAL: Meanings = [
  [0x6400, 'no specific diagnosis', 'Repeat the command; if it persists the card may be defective.'],
  [0x6581, 'memory failure', 'Take the card out of use: its memory no longer holds what is written.'],
  [0x6700, 'wrong length', 'Check the length of the data; an S16 card wants 16-byte challenges.'],
  [0x6881, 'logical channel not supported or not open', 'Use the basic channel, or open the channel first.'],
  [0x6882, 'secure messaging not supported here', 'Select the security domain and open a secure channel first.'],
  [
    0x6982,
    'security status not satisfied',
    'Open a secure channel with the right keys; if one was open, it has ended.',
  ],
  [0x6985, 'conditions of use not satisfied', 'Check the life cycle of the card and the object, and its privileges.'],
  [0x6a80, 'incorrect parameters in the data field', 'Check AIDs, lengths and the file that is loaded.'],
  [0x6a81, 'function not supported', 'The card is locked or this security domain cannot do it.'],
  [0x6a82, 'application not found', 'Check the AID; `list` shows what is on the card.'],
  [0x6a84, 'not enough memory', 'Delete what is no longer needed, or raise the quota of the security domain.'],
  [0x6a86, 'incorrect P1 P2', 'This card does not know this form of the command.'],
  [0x6a88, 'referenced data not found', 'Check the AID, the key version or the tag.'],
  [
    0x6d00,
    'invalid instruction',
    'Select the security domain first; the current application does not know the command.',
  ],
  [0x6e00, 'invalid class', 'Select the security domain first; the current application does not know the command.'],
  [0x6f00, 'no precise diagnosis', 'The application is installed without a known implementation, or it failed.'],
  [0x9484, 'algorithm not supported', 'Use another key type or signature algorithm.'],
  [0x9485, 'invalid key check value', 'The key data was damaged on the way, or encrypted with another DEK.'],
]

export function explain(command: string, section: string, sw: number, meanings: Meanings): Refusal {
  const [, meaning, advice] = [...meanings, ...GENERAL].find(([known]) => known === sw) ?? [
    sw,
    'a status word the section does not list',
    'See the card maker.',
  ]
  return { command, section, sw, meaning, advice }
}
