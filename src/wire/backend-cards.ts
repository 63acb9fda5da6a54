/** Cards, towns and terminals. */
import { z } from 'zod'
import { openWrite } from './backend-card-work.ts'
import {
  administrators,
  bytes,
  calendarDate,
  cardState,
  certificateState,
  type Endpoint,
  everybody,
  id,
  kind,
  serial,
  townCode,
} from './backend-endpoint.ts'
import { person } from './backend-people.ts'
import { COUNTERS, TERMINAL_ROLES } from './backend-roles.ts'
import { scriptProcedure } from './card-script.ts'

export const CARD_ENDPOINTS = {
  applyForCard: {
    method: 'POST',
    path: '/v1/cards',
    summary: 'Registers a card that was applied for.',
    roles: COUNTERS,
    operator: true,
    body: z.strictObject({ serial: id, holder: id, expires: calendarDate, faceAuth: z.boolean() }),
    reply: z.strictObject({ serial: id, state: cardState }),
  },
  moveCard: {
    method: 'POST',
    path: '/v1/cards/:serial/state',
    summary: 'Moves a card on: dispatched, set up, delivered after its self-test, suspended, abolished.',
    roles: [...COUNTERS, 'callCentre'],
    operator: true,
    params: z.strictObject({ serial: id }),
    body: z.discriminatedUnion('to', [
      z.strictObject({ to: z.enum(['dispatched', 'setUp', 'suspended', 'abolished']) }),
      z.strictObject({
        to: z.literal('delivered'),
        /** At counters with staff: the identity check for the delivery. */
        check: id.optional(),
        selfTest: z.strictObject({
          applicationsSelect: z.boolean(),
          pinsVerify: z.boolean(),
          certificatesGood: z.boolean(),
        }),
      }),
    ]),
    reply: z.strictObject({ serial: id, state: cardState }),
  },
  card: {
    method: 'GET',
    path: '/v1/cards/:serial',
    summary: 'The card at a glance: its state, its certificates, what is unfinished on it; for staff also whose it is.',
    roles: [...COUNTERS, 'kiosk', 'callCentre'],
    operator: true,
    params: z.strictObject({ serial: id }),
    reply: z.strictObject({
      serial: id,
      state: cardState,
      municipality: townCode,
      expires: calendarDate,
      faceAuth: z.boolean(),
      certificates: z.array(
        z.strictObject({ issuer: id, serial, kind, state: certificateState, notAfter: z.number() }),
      ),
      /** Script sessions that have not come to an end: the terminal that began one can go on with it. */
      scripts: z.array(
        z.strictObject({
          session: id,
          procedure: scriptProcedure,
          terminal: id,
          at: z.number(),
          touchedAt: z.number(),
        }),
      ),
      writes: z.array(openWrite),
      /** What the register says of the holder: for staff who have the card in hand and are signed in. */
      person: person.optional(),
    }),
  },
  reconcileCard: {
    method: 'POST',
    path: '/v1/cards/:serial/reconcile',
    summary: 'Whoever sees a card says which certificates it holds; the answer says what to do about each.',
    roles: [...COUNTERS, 'kiosk'],
    params: z.strictObject({ serial: id }),
    body: z.strictObject({
      seen: z
        .array(z.strictObject({ kind: z.enum(['sign', 'auth']), certificate: bytes(8192).optional() }))
        .min(1)
        .max(2),
    }),
    reply: z.strictObject({
      certificates: z.array(
        z.strictObject({
          kind,
          verdict: z.enum(['agreed', 'unproven', 'held', 'ended', 'missing', 'foreign']),
          issuer: id.optional(),
          serial: serial.optional(),
          challenge: z.string().optional(),
        }),
      ),
    }),
  },

  towns: {
    method: 'GET',
    path: '/v1/towns',
    summary: 'All municipalities and wards, and which can be served now.',
    roles: everybody,
    reply: z.array(
      z.strictObject({
        code: townCode,
        prefecture: z.string(),
        name: z.string(),
        kana: z.string(),
        city: townCode.optional(),
        checkSheet: z.boolean(),
        down: z.boolean(),
      }),
    ),
  },
  setTown: {
    method: 'PUT',
    path: '/v1/towns/:code',
    summary: 'Records that a town passed its check sheet, or is down.',
    roles: administrators,
    params: z.strictObject({ code: townCode }),
    body: z.strictObject({ checkSheet: z.boolean().optional(), down: z.boolean().optional() }),
    reply: z.strictObject({ code: townCode, checkSheet: z.boolean(), down: z.boolean() }),
  },
  enrolTerminal: {
    method: 'POST',
    path: '/v1/terminals',
    summary: 'Enrols a terminal with the fingerprint of its client certificate.',
    roles: administrators,
    body: z.strictObject({
      id,
      role: z.enum(TERMINAL_ROLES),
      town: townCode.or(z.literal('')),
      fingerprint: z.string().regex(/^[0-9A-F]{64}$/),
    }),
    reply: z.strictObject({ id }),
  },
  disableTerminal: {
    method: 'POST',
    path: '/v1/terminals/:id/disable',
    summary: 'Shuts a terminal out.',
    roles: administrators,
    params: z.strictObject({ id }),
    body: z.strictObject({}),
    reply: z.strictObject({ id }),
  },
} as const satisfies Record<string, Endpoint>
