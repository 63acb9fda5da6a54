/** People of the emulated resident registry, and what is known of them. */
import { z } from 'zod'
import {
  administrators,
  calendarDate,
  type Endpoint,
  id,
  sessionToken,
  sex,
  text,
  townCode,
} from './backend-endpoint.ts'
import { COUNTERS } from './backend-roles.ts'

export const person = z.strictObject({
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

export const PEOPLE_ENDPOINTS = {
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
    operator: true,
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
    operator: true,
    body: z.strictObject({
      holder: id,
      compared: z.strictObject({ name: text(100), birth: calendarDate, sex, address: text(200) }),
      /** Session token of a second member of staff who signed in at this terminal and compared too. */
      secondOperator: sessionToken.optional(),
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
} as const satisfies Record<string, Endpoint>
