/** Card scripts: sessions, the key that signs them, and the applications that can be loaded. */
import { z } from 'zod'
import { administrators, bytes, type Endpoint, everybody, id, kind } from './backend-endpoint.ts'
import { BACKEND_ERRORS, type BackendErrorCode } from './backend-errors.ts'
import { COUNTERS } from './backend-roles.ts'
import { cardScript, resettable, scriptReport } from './card-script.ts'

const aid = z.string().regex(/^([0-9A-F]{2}){5,16}$/)
const LARGEST_CAP = 45_000

export const SCRIPT_ENDPOINTS = {
  scriptKey: {
    method: 'GET',
    path: '/v1/script-key',
    summary:
      'Public key of the signatures over scripts (ECDSA P-384, SHA-384); a relay takes scripts from nobody else.',
    roles: everybody,
    reply: z.strictObject({ publicKey: z.string() }),
  },
  openScript: {
    method: 'POST',
    path: '/v1/scripts',
    summary:
      'Opens a script session with the card on the reader and gives its first script. A kiosk names a used reservation.',
    roles: [...COUNTERS, 'kiosk'],
    operator: true,
    body: z.strictObject({
      card: id,
      ask: z.discriminatedUnion('procedure', [
        /** `certificate`: a renewal, the holder proves it with the PIN. `setUp`: 交付前設定, at counters, before anybody holds the card. */
        z.strictObject({ procedure: z.enum(['certificate', 'setUp']), kind: kind.extract(['sign', 'auth']) }),
        /** A counter with staff names the identity check, a kiosk the reservation it used; 照合番号B at counters with staff only. */
        z.strictObject({
          procedure: z.literal('pinReset'),
          pin: resettable,
          reservation: id.optional(),
          check: id.optional(),
        }),
        z.strictObject({ procedure: z.enum(['loadApplication', 'deleteApplication']), application: id }),
      ]),
    }),
    reply: cardScript,
  },
  nextScript: {
    method: 'POST',
    path: '/v1/scripts/:session/next',
    summary:
      'Takes the report of the script that is out; gives the next one, or the end. The same report gets the same answer.',
    roles: [...COUNTERS, 'kiosk'],
    params: z.strictObject({ session: id }),
    body: scriptReport,
    reply: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('script'), script: cardScript }),
      z.strictObject({ kind: z.literal('finished'), result: z.record(z.string(), z.unknown()) }),
      z.strictObject({
        kind: z.literal('refused'),
        code: z.enum(Object.keys(BACKEND_ERRORS) as [BackendErrorCode]),
        detail: z.string().optional(),
      }),
    ]),
  },
  registerApplication: {
    method: 'POST',
    path: '/v1/applications',
    summary:
      'Registers the CAP file of an application for one of the two areas of the card, signed by its provider (docs/decisions/0152).',
    roles: administrators,
    body: z.strictObject({
      ...{ id, area: z.enum(['free', 'ordinance']), instance: aid, cap: bytes(LARGEST_CAP) },
      ...{ provider: id, signature: bytes(1024) },
    }),
    reply: z.strictObject({ id }),
  },
  enrolProvider: {
    method: 'POST',
    path: '/v1/providers',
    summary: 'Enrols who brings applications, with the key that signs them, or gives a provider another key.',
    roles: administrators,
    body: z.strictObject({ id, publicKey: bytes(1024) }),
    reply: z.strictObject({ id }),
  },
  disableProvider: {
    method: 'POST',
    path: '/v1/providers/:id/disable',
    summary: 'Shuts a provider out: nothing of theirs is loaded any more.',
    roles: administrators,
    params: z.strictObject({ id }),
    reply: z.strictObject({ id }),
  },
} as const satisfies Record<string, Endpoint>
