/** PIN-reset reservations (F21, F22): a lane of their own (P11). */
import { z } from 'zod'
import { bytes, type Endpoint, id, serial } from './backend-endpoint.ts'

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
    body: z.strictObject({ signature: bytes(1024), faceMatched: z.boolean() }),
    reply: z.strictObject({ reservation: id, expiresAt: z.number() }),
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
