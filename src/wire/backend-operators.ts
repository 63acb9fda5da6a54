/** Staff who sign in with the 利用者証明用 key of their staff card (F58, P12). The session token then travels as `Madoguchi-Operator`. */
import { z } from 'zod'
import { administrators, bytes, type Endpoint, id, sessionToken, text, townCode } from './backend-endpoint.ts'
import { STAFFED, type TerminalRole } from './backend-roles.ts'

/** At counters, and where faces are compared for the phone app. */
const signingIn: readonly TerminalRole[] = [...STAFFED, 'resetApp']

export const OPERATOR_ENDPOINTS = {
  enrolOperator: {
    method: 'POST',
    path: '/v1/operators',
    summary:
      'Enrols a member of staff with the public key of the staff card; again, to give another key, name or town.',
    roles: administrators,
    body: z.strictObject({
      id,
      /** For the screen. */
      name: text(100),
      /** Where they work; empty for staff who serve at terminals of any town. */
      town: townCode.or(z.literal('')),
      /** SubjectPublicKeyInfo of the 利用者証明用 key. */
      publicKey: bytes(1024),
    }),
    reply: z.strictObject({ id, keyHash: z.string() }),
  },
  disableOperator: {
    method: 'POST',
    path: '/v1/operators/:id/disable',
    summary: 'Shuts a member of staff out; whoever is signed in as them is signed out.',
    roles: administrators,
    params: z.strictObject({ id }),
    body: z.strictObject({}),
    reply: z.strictObject({ id }),
  },
  signInChallenge: {
    method: 'POST',
    path: '/v1/operator-challenges',
    summary: 'First step of a sign-in: what the staff card is to sign, good for five minutes, one use, this terminal.',
    roles: signingIn,
    body: z.union([
      /** As read from the staff card. */
      z.strictObject({ certificate: bytes(8192) }),
      /** SHA-256 of the SubjectPublicKeyInfo, upper-case hexadecimal. */
      z.strictObject({ keyHash: z.string().regex(/^[0-9A-F]{64}$/) }),
    ]),
    reply: z.strictObject({ challenge: z.string() }),
  },
  signIn: {
    method: 'POST',
    path: '/v1/operator-sessions',
    summary: 'Second step: the signature over the bytes of the challenge (as over any message: SHA-256, PKCS #1 v1.5).',
    roles: signingIn,
    body: z.strictObject({ challenge: bytes(512), signature: bytes(1024) }),
    reply: z.strictObject({ operator: id, name: text(100), session: sessionToken, expiresAt: z.number() }),
  },
  signOut: {
    method: 'POST',
    path: '/v1/operator-sessions/end',
    summary: 'Ends a session of this terminal; one that has ended stays so.',
    roles: signingIn,
    body: z.strictObject({ session: sessionToken }),
    reply: z.strictObject({}),
  },
} as const satisfies Record<string, Endpoint>
