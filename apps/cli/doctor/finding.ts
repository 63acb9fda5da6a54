/** What the doctor saw, and what a person can do about it. Never anything from a card but its ATR. */
export interface Finding {
  /** A `note` is fine for most: something optional is not there. */
  readonly level: 'ok' | 'note' | 'problem'
  readonly about: string
  readonly found: string
  readonly advice?: string
}

export const ok = (about: string, found: string): Finding => ({ level: 'ok', about, found })
export const note = (about: string, found: string, advice: string): Finding => ({ level: 'note', about, found, advice })
export const problem = (about: string, found: string, advice: string): Finding => ({
  level: 'problem',
  about,
  found,
  advice,
})
