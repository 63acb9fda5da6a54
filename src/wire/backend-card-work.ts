/** What a terminal asks about the card on its reader: which one it is, which writes are unfinished, who looked at its holder. */
import { z } from 'zod'
import { cardState, type Endpoint, id, serial } from './backend-endpoint.ts'
import { COUNTERS, STAFFED } from './backend-roles.ts'

/** intended → done, notDone or unknown; unknown → done or notDone. */
export const writeStage = z.enum(['intended', 'done', 'notDone', 'unknown'])
export type WriteStage = z.infer<typeof writeStage>

export const openWrite = z.strictObject({
  write: id,
  terminal: id,
  procedure: id,
  what: id,
  stage: writeStage.extract(['intended', 'unknown']),
  at: z.number(),
})
export type OpenWrite = z.infer<typeof openWrite>

export const identityDocument = z.enum([
  'myNumberCard',
  'passport',
  'drivingLicence',
  'residenceCard',
  'healthInsurance',
  'pensionBook',
  'noticeOfIssue',
  'other',
])
export type IdentityDocument = z.infer<typeof identityDocument>

const documents = z.array(identityDocument).min(1).max(4)

export const identityPurpose = z.enum(['delivery', 'pinReset'])
export type IdentityPurpose = z.infer<typeof identityPurpose>

export const identityCheck = z.strictObject({
  documents,
  /** The person's face with the photo: compared by staff and the same, or another's, or not compared (a small child, a proxy). */
  face: z.enum(['matched', 'notCompared', 'different']),
  proxy: z.strictObject({ relation: z.enum(['legalRepresentative', 'mandated', 'guardian']), documents }).optional(),
  purpose: identityPurpose,
})
export type IdentityCheck = z.infer<typeof identityCheck>

const ofCard = z.strictObject({ serial: id })

export const CARD_WORK_ENDPOINTS = {
  findCard: {
    method: 'POST',
    path: '/v1/cards/find',
    summary:
      'Which card is on the reader: by a certificate on it, by the ten bytes of its chip’s identification, or – fresh from the factory – by the serial in its free record.',
    roles: [...COUNTERS, 'kiosk', 'resetApp'],
    body: z.union([
      z.strictObject({ issuer: id, serial }),
      z.strictObject({ chip: z.string().regex(/^[0-9A-F]{20}$/) }),
      z.strictObject({ recorded: id }),
    ]),
    reply: z.strictObject({ serial: id, state: cardState, holder: id.optional() }),
  },
  recordIdentityCheck: {
    method: 'POST',
    path: '/v1/cards/:serial/identity-checks',
    summary: 'Staff looked at the person: how. Good for 30 minutes, for this card, operator and purpose.',
    roles: STAFFED,
    operator: true,
    params: ofCard,
    body: identityCheck,
    reply: z.strictObject({ check: id, expiresAt: z.number() }),
  },
  noteWrite: {
    method: 'POST',
    path: '/v1/cards/:serial/writes',
    summary:
      'Before and after every write to a card: what is intended, and what became of it. `write` is the terminal’s own id.',
    roles: [...COUNTERS, 'kiosk'],
    params: ofCard,
    body: z.strictObject({ write: id, procedure: id, what: id, stage: writeStage }),
    reply: z.strictObject({ write: id, stage: writeStage }),
  },
  openWrites: {
    method: 'GET',
    path: '/v1/cards/:serial/writes',
    summary: 'Writes to a card that nobody knows the end of, oldest first; whoever sees the card looks and says.',
    roles: [...COUNTERS, 'kiosk'],
    params: ofCard,
    reply: z.strictObject({ writes: z.array(openWrite) }),
  },
} as const satisfies Record<string, Endpoint>
