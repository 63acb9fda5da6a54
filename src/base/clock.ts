/** Time as the rooms see it. Passed in everywhere, so that a test owns it (Law 2). */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

/** Random bytes as the rooms see them. Passed in everywhere; a seeded one makes a run repeatable. */
export interface RandomSource {
  bytes(length: number): Uint8Array
}

export const systemClock: Clock = { now: () => Date.now() }
