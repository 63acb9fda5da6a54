/** PIN-reset reservations (F21, F22): a lane of their own (P11). */
import { z } from 'zod'
import { bytes, type Endpoint, id, serial } from './backend-endpoint.ts'

/** Why a kiosk cannot help (F22b): the `detail` of `resetAtCounter` is one of these, word for word. */
export const resetReason = z.enum([
  /** The certificate shown is of the kind whose PIN is to be reset: the other one proves the person. */
  'otherCertificateNeeded',
  'certificateHeld',
  'certificateRevoked',
  'certificateExpired',
  /** Name, birth, sex or address changed since issue, which ended the 署名用 certificate. */
  'attributesChanged',
  'cardNotDelivered',
  'faceAuthCard',
  /** The card never had a certificate of the kind whose PIN is to be reset. */
  'noCertificateToReset',
])
export type ResetReason = z.infer<typeof resetReason>

/** How the live face was compared with the photo on the chip; `decidedBy` names the person or the engine's decision. */
export const faceComparison = z.strictObject({
  method: z.enum(['visualCheck', 'engine', 'simulatedEngine']),
  matched: z.boolean(),
  /** It could not be told: on record like the others, and opens nothing whatever `matched` says. */
  unclear: z.literal(true).optional(),
  decidedBy: id.optional(),
})
export type FaceComparison = z.infer<typeof faceComparison>

const resetAsk = z.strictObject({ pin: z.enum(['sign', 'auth']), issuer: id, serial })

export const RESET_ENDPOINTS = {
  askReset: {
    method: 'POST',
    path: '/v1/resets',
    summary: 'First step of a PIN reset in the app: may a kiosk help, and what is to be signed with the other PIN.',
    roles: ['resetApp'],
    lane: 'reservation',
    body: resetAsk,
    reply: z.strictObject({ reservation: id, challenge: z.string() }),
  },
  openReset: {
    method: 'POST',
    path: '/v1/resets/:reservation/open',
    summary: 'The app proves PIN and face: the reservation is open for 24 hours and one use.',
    roles: ['resetApp'],
    lane: 'reservation',
    params: z.strictObject({ reservation: id }),
    body: z.strictObject({ signature: bytes(1024), face: faceComparison }),
    reply: z.strictObject({ reservation: id, expiresAt: z.number() }),
  },
  resetStatus: {
    method: 'GET',
    path: '/v1/resets/:reservation',
    summary: 'For the app to show: what became of a reservation. `expired` also where nothing was used in time.',
    roles: ['resetApp'],
    lane: 'reservation',
    params: z.strictObject({ reservation: id }),
    reply: z.strictObject({
      reservation: id,
      pin: z.enum(['sign', 'auth']),
      state: z.enum(['asked', 'open', 'used', 'replaced', 'expired']),
      expiresAt: z.number(),
    }),
  },
  findReset: {
    method: 'POST',
    path: '/v1/resets/find',
    summary: 'At the kiosk: the open reservation of the card on the reader.',
    roles: ['kiosk'],
    lane: 'reservation',
    body: resetAsk,
    reply: z.strictObject({ reservation: id, challenge: z.string() }),
  },
  useReset: {
    method: 'POST',
    path: '/v1/resets/:reservation/use',
    summary: 'At the kiosk, after the other PIN: uses the reservation up.',
    roles: ['kiosk'],
    lane: 'reservation',
    params: z.strictObject({ reservation: id }),
    body: z.strictObject({ signature: bytes(1024) }),
    reply: z.strictObject({ card: id, pin: z.enum(['sign', 'auth']) }),
  },
} as const satisfies Record<string, Endpoint>
