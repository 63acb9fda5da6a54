/**
 * Electron's release schedule (checklist row 1): a major every eight weeks, the newest three supported, so each ends 24 weeks after it
 * began. `began` is the day of X.0.0 in the npm registry; a day that has not come yet is the plan.
 */

export interface Release {
  readonly major: number
  readonly began: string
  readonly ends: string
}

export const RELEASES: readonly Release[] = [
  { major: 42, began: '2026-05-06', ends: '2026-10-21' },
  { major: 43, began: '2026-07-01', ends: '2026-12-16' },
  { major: 44, began: '2026-08-25', ends: '2027-02-09' },
  { major: 45, began: '2026-10-21', ends: '2027-04-07' },
]

export type Support = 'supported' | 'endsSoon' | 'ended' | 'unknown'

const SOON_MS = 28 * 24 * 3600 * 1000

/** What is known of a version's support on a day (milliseconds since 1970). */
export function supportOf(version: string, now: number): Support {
  const release = RELEASES.find(({ major }) => major === Number(version.split('.')[0]))
  if (release === undefined) return 'unknown'
  const left = Date.parse(release.ends) - now
  if (left <= 0) return 'ended'
  return left <= SOON_MS ? 'endsSoon' : 'supported'
}
