/**
 * BackendApi: every endpoint of the backend's business door as data – path, roles, schemas. The door serves it, the OpenAPI page is
 * made of it, terminals take their types from it. Bytes are base64; times are epoch milliseconds; unknown fields are refused.
 */
import { z } from 'zod'
import { COUNTERS, TERMINAL_ROLES, type TerminalRole } from './backend-roles.ts'

const bytes = (most: number) => z.base64().max(Math.ceil(most / 3) * 4)
const id = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
const townCode = z.string().regex(/^\d{6}$/)
const calendarDate = z.string().regex(/^\d{8}$/)
const text = (most: number) => z.string().min(1).max(most)
const serial = z.int().min(1).max(0x7fffffff)
const sex = z.enum(['1', '2', '9'])
const kind = z.enum(['sign', 'auth', 'phoneSign', 'phoneAuth'])
const certificateState = z.enum(['reserved', 'signed', 'active', 'held', 'revoked', 'void'])
const cardState = z.enum(['applied', 'dispatched', 'setUp', 'delivered', 'suspended', 'abolished'])
const certificateName = z.strictObject({ issuer: id, serial })
const certificatePath = z.strictObject({ issuer: id, serial: z.coerce.number().pipe(serial) })
const person = z.strictObject({
  id,
  municipality: townCode,
  name: text(100),
  kana: text(200),
  sex,
  birth: calendarDate,
  address: text(200),
  abroad: z.boolean(),
  status: z.enum(['registered', 'left']),
})
const status = z.strictObject({
  issuer: z.string(),
  serial: z.number(),
  status: z.enum(['good', 'revoked', 'unknown']),
  reason: z.string().optional(),
  at: z.number().optional(),
  expired: z.boolean().optional(),
  newest: certificateName.optional(),
  source: z.enum(['live', 'list']),
  thisUpdate: z.number(),
  nextUpdate: z.number().optional(),
})

const resetAsk = z.strictObject({ pin: z.enum(['sign', 'auth']), issuer: id, serial })

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Parameters as `:name`. */
  readonly path: string
  readonly summary: string
  readonly roles: readonly TerminalRole[]
  /** Traffic with a capacity of its own (P11, P13); interactive where nothing is said. */
  readonly lane?: 'reservation'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly reply: z.ZodType
}

const administrators: readonly TerminalRole[] = ['administrator']
const everybody: readonly TerminalRole[] = TERMINAL_ROLES

export const BACKEND_API = {
  authorities: {
    method: 'GET',
    path: '/v1/authorities',
    summary: 'The certification authorities and their certificates.',
    roles: everybody,
    reply: z.array(
      z.strictObject({
        id,
        authority: z.enum(['sign', 'auth']),
        generation: z.number(),
        algorithm: z.string(),
        issuing: z.boolean(),
        certificate: z.string(),
      }),
    ),
  },
  issueCertificate: {
    method: 'POST',
    path: '/v1/certificates',
    summary: 'Orders a certificate for a key made on a card or phone. Not good until confirmed.',
    roles: [...COUNTERS, 'kiosk'],
    body: z.strictObject({ kind, card: id, phone: id.optional(), publicKey: bytes(1024) }),
    reply: z.strictObject({
      issuer: id,
      serial,
      certificate: z.string(),
      authority: z.string(),
      challenge: z.string(),
    }),
  },
  confirmCertificate: {
    method: 'POST',
    path: '/v1/certificates/:issuer/:serial/confirm',
    summary: 'Proves that the card holds the certificate: it becomes active, the one before it is revoked.',
    roles: [...COUNTERS, 'kiosk'],
    params: certificatePath,
    body: z.strictObject({ signature: bytes(1024), readBack: bytes(8192) }),
    reply: z.strictObject({ issuer: id, serial, state: z.literal('active'), replaced: z.array(certificateName) }),
  },
  reportCertificate: {
    method: 'POST',
    path: '/v1/certificates/:issuer/:serial/report',
    summary: 'A terminal says whether it wrote the certificate, and learns what became of it.',
    roles: [...COUNTERS, 'kiosk'],
    params: certificatePath,
    body: z.strictObject({ written: z.boolean() }),
    reply: z.strictObject({ issuer: id, serial, state: certificateState }),
  },
  endCertificate: {
    method: 'POST',
    path: '/v1/certificates/:issuer/:serial/end',
    summary: 'Suspends or revokes a certificate; lifts the suspension of a phone.',
    roles: [...COUNTERS, 'callCentre'],
    params: certificatePath,
    body: z.discriminatedUnion('to', [
      z.strictObject({ to: z.literal('held') }),
      z.strictObject({ to: z.literal('active') }),
      z.strictObject({
        to: z.literal('revoked'),
        reason: z.enum(['unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'cessationOfOperation']),
      }),
    ]),
    reply: z.strictObject({ issuer: id, serial, state: certificateState }),
  },
  certificate: {
    method: 'GET',
    path: '/v1/certificates/:issuer/:serial',
    summary: 'What the backend holds of a certificate.',
    roles: [...COUNTERS, 'kiosk', 'callCentre'],
    params: certificatePath,
    reply: z.strictObject({
      issuer: id,
      serial,
      kind,
      card: id,
      state: certificateState,
      notAfter: z.number(),
      certificate: z.string().optional(),
    }),
  },
  blockKey: {
    method: 'POST',
    path: '/v1/blocked-keys',
    summary: 'Blocks a compromised public key for ever and revokes what stands on it.',
    roles: administrators,
    body: z.strictObject({ publicKey: bytes(1024) }),
    reply: z.strictObject({ revoked: z.number() }),
  },

  addPerson: {
    method: 'POST',
    path: '/v1/people',
    summary: 'Adds an invented person to the emulated resident registry.',
    roles: ['registry'],
    body: z.strictObject({
      id,
      municipality: townCode,
      name: text(100),
      kana: text(200),
      sex,
      birth: calendarDate,
      address: text(200),
      abroad: z.boolean(),
    }),
    reply: z.strictObject({ id }),
  },
  searchPeople: {
    method: 'POST',
    path: '/v1/people/search',
    summary: 'Finds candidates by reading, date of birth and at least one attribute more; never picks.',
    roles: COUNTERS,
    body: z.strictObject({
      kana: text(200),
      birth: calendarDate,
      sex: sex.optional(),
      address: text(200).optional(),
      name: text(100).optional(),
    }),
    reply: z.strictObject({ kind: z.enum(['nobody', 'one', 'secondLook']), candidates: z.array(person) }),
  },
  pickPerson: {
    method: 'POST',
    path: '/v1/people/pick',
    summary: 'Picks a person after all four attributes were compared, where needed by two operators.',
    roles: COUNTERS,
    body: z.strictObject({
      holder: id,
      compared: z.strictObject({ name: text(100), birth: calendarDate, sex, address: text(200) }),
      secondOperator: id.optional(),
    }),
    reply: person,
  },
  registryEvent: {
    method: 'POST',
    path: '/v1/registry-events',
    summary: 'A move, a new name, a death: ends the certificates that no longer tell the truth. Counts once per id.',
    roles: ['registry'],
    body: z.strictObject({
      id,
      holder: id,
      event: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('moved'), municipality: townCode, address: text(200) }),
        z.strictObject({ kind: z.literal('movedAbroad'), remark: text(200) }),
        z.strictObject({ kind: z.literal('renamed'), name: text(100), kana: text(200) }),
        z.strictObject({ kind: z.literal('died') }),
      ]),
    }),
    reply: z.strictObject({ ended: z.number() }),
  },

  applyForCard: {
    method: 'POST',
    path: '/v1/cards',
    summary: 'Registers a card that was applied for.',
    roles: COUNTERS,
    body: z.strictObject({ serial: id, holder: id, expires: calendarDate, faceAuth: z.boolean() }),
    reply: z.strictObject({ serial: id, state: cardState }),
  },
  moveCard: {
    method: 'POST',
    path: '/v1/cards/:serial/state',
    summary: 'Moves a card on: dispatched, set up, delivered after its self-test, suspended, abolished.',
    roles: [...COUNTERS, 'callCentre'],
    params: z.strictObject({ serial: id }),
    body: z.discriminatedUnion('to', [
      z.strictObject({ to: z.enum(['dispatched', 'setUp', 'suspended', 'abolished']) }),
      z.strictObject({
        to: z.literal('delivered'),
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
    summary: 'The state of a card and the certificates on it.',
    roles: [...COUNTERS, 'kiosk', 'callCentre'],
    params: z.strictObject({ serial: id }),
    reply: z.strictObject({
      serial: id,
      state: cardState,
      municipality: townCode,
      expires: calendarDate,
      faceAuth: z.boolean(),
      certificates: z.array(z.strictObject({ issuer: id, serial, kind, state: certificateState })),
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

  auditOf: {
    method: 'GET',
    path: '/v1/audit/:holder',
    summary: 'Whose data, when: every line of the audit log about one person.',
    roles: administrators,
    params: z.strictObject({ holder: id }),
    reply: z.array(
      z.strictObject({
        position: z.number(),
        id: z.string(),
        at: z.number(),
        terminal: z.string(),
        operator: z.string(),
        procedure: z.string(),
        holder: z.string(),
        object: z.string(),
        result: z.string(),
      }),
    ),
  },

  checkCertificate: {
    method: 'POST',
    path: '/v1/validity',
    summary: 'Is this certificate good now? By the live state, or by the published list with its age.',
    roles: everybody,
    body: z.strictObject({ issuer: id, serial, by: z.enum(['live', 'list']) }),
    reply: status,
  },
  publishCrl: {
    method: 'POST',
    path: '/v1/crl',
    summary: 'Publishes a revocation list now; the shard is a municipality code or `all`.',
    roles: administrators,
    body: z.strictObject({ issuer: id, shard: townCode.or(z.literal('all')) }),
    reply: z.strictObject({
      issuer: id,
      shard: z.string(),
      number: z.number(),
      thisUpdate: z.number(),
      nextUpdate: z.number(),
      entries: z.number(),
    }),
  },
} as const satisfies Record<string, Endpoint>

export type BackendApi = typeof BACKEND_API
export type EndpointName = keyof BackendApi

type InputPart<E, Part extends string> = E extends { readonly [P in Part]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined
export interface EndpointInput<N extends EndpointName> {
  readonly params: InputPart<BackendApi[N], 'params'>
  readonly query: InputPart<BackendApi[N], 'query'>
  readonly body: InputPart<BackendApi[N], 'body'>
}
export type EndpointReply<N extends EndpointName> = z.input<BackendApi[N]['reply']>
