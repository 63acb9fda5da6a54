/** The operations of the control API, each with what OpenAPI needs to describe it. */
import type { z } from 'zod'
import type { ControlDesk } from './desk.ts'
import * as schema from './schemas.ts'

export interface Call {
  readonly reader: string
  readonly query: URLSearchParams
  readonly body: unknown
}

export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly body?: z.ZodType
  readonly query?: readonly string[]
  readonly status: 200 | 201 | 204
  readonly answer?: z.ZodType
  readonly run: (desk: ControlDesk, call: Call) => unknown
}

/** Ties a body's schema to the type its operation gets. */
function withBody<T extends z.ZodType>(
  body: T,
  run: (desk: ControlDesk, call: Call & { readonly body: z.infer<T> }) => unknown,
): Pick<Route, 'body' | 'run'> {
  return { body, run: (desk, call) => run(desk, { ...call, body: call.body as z.infer<T> }) }
}

const reader = '/readers/{reader}'
const done = { status: 204 } as const

export const ROUTES: readonly Route[] = [
  {
    method: 'get',
    path: '/readers',
    operationId: 'listReaders',
    summary: 'All readers and what lies in them',
    status: 200,
    answer: schema.readerSchema.array(),
    run: (desk) => desk.list(),
  },
  {
    method: 'post',
    path: '/readers',
    operationId: 'plug',
    summary: 'Plug in a reader',
    status: 201,
    answer: schema.readerSchema,
    ...withBody(schema.plugSchema, (desk, { body }) => desk.plug(body.name, body.motor === true, body.keypad === true)),
  },
  {
    method: 'delete',
    path: reader,
    operationId: 'unplug',
    summary: 'Unplug a reader',
    ...done,
    run: (desk, call) => desk.unplug(call.reader),
  },
  {
    method: 'post',
    path: `${reader}/insert`,
    operationId: 'insert',
    summary: 'Insert a card',
    status: 200,
    answer: schema.readerSchema,
    ...withBody(schema.insertSchema, (desk, call) =>
      desk.insert(call.reader, call.body.card, call.body.via ?? 'contact'),
    ),
  },
  {
    method: 'post',
    path: `${reader}/tap`,
    operationId: 'tap',
    summary: 'Lay a card on the antenna',
    status: 200,
    answer: schema.readerSchema,
    ...withBody(schema.tapSchema, (desk, call) => desk.tap(call.reader, call.body.card, call.body.holdMs)),
  },
  {
    method: 'post',
    path: `${reader}/remove`,
    operationId: 'remove',
    summary: 'Take the card out; a changed image file is saved',
    ...done,
    run: (desk, call) => desk.remove(call.reader),
  },
  {
    method: 'post',
    path: `${reader}/cut-power`,
    operationId: 'cutPower',
    summary: 'Cut the power of the card now; it is powered again at once and has lost its volatile state',
    ...done,
    run: (desk, call) => desk.cutPower(call.reader),
  },
  {
    method: 'get',
    path: `${reader}/faults`,
    operationId: 'listFaults',
    summary: 'Faults that still wait',
    status: 200,
    answer: schema.faultSchema.array(),
    run: (desk, call) => desk.faults(call.reader),
  },
  {
    method: 'post',
    path: `${reader}/faults`,
    operationId: 'addFault',
    summary: 'Plan a fault',
    ...done,
    ...withBody(schema.faultSchema, (desk, call) => desk.addFault(call.reader, schema.faultOf(call.body))),
  },
  {
    method: 'delete',
    path: `${reader}/faults`,
    operationId: 'clearFaults',
    summary: 'Forget all planned faults',
    ...done,
    run: (desk, call) => desk.clearFaults(call.reader),
  },
  {
    method: 'post',
    path: `${reader}/snapshots`,
    operationId: 'snapshot',
    summary: 'Remember the whole state of the card',
    status: 201,
    answer: schema.snapshotSchema,
    run: (desk, call) => desk.snapshot(call.reader),
  },
  {
    method: 'post',
    path: `${reader}/restore`,
    operationId: 'restore',
    summary: 'Put the card back into a remembered state',
    ...done,
    ...withBody(schema.restoreSchema, (desk, call) => desk.restore(call.reader, call.body.snapshot)),
  },
  {
    method: 'post',
    path: `${reader}/keypad`,
    operationId: 'keypad',
    summary: 'Type on the PIN pad',
    ...done,
    ...withBody(schema.keypadSchema, (desk, call) =>
      desk.type(call.reader, 'digits' in call.body ? call.body.digits : undefined),
    ),
  },
  {
    method: 'get',
    path: '/trace',
    operationId: 'trace',
    summary: 'Commands so far, masked: headers, lengths and status words',
    status: 200,
    query: ['reader', 'from'],
    answer: schema.traceSchema.array(),
    run: (desk, { query }) => desk.trace(query.get('reader') ?? undefined, Number(query.get('from') ?? 0)),
  },
]

export const EVENTS_PATH = '/events'
export const OPENAPI_PATH = '/openapi.json'
