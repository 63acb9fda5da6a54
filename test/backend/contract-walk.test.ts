/** Bad input at every endpoint of the contract: refused by a stable code and a sentence, the field by name, and nothing stored. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { prepareDemo } from '../../apps/backend/demo.ts'
import type { LimitOptions } from '../../apps/backend/limits.ts'
import { errorReply } from '../../apps/backend/openapi.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import type { Endpoint } from '../../src/wire/backend-endpoint.ts'
import { BACKEND_ERRORS } from '../../src/wire/backend-errors.ts'
import { STAFFED, TERMINAL_ROLES } from '../../src/wire/backend-roles.ts'
import { SAMPLES } from './contract-samples.ts'
import { HIERARCHY, MASTER, NO_HURRY } from './fixture.ts'
import { signedInAt } from './sign-in.ts'

interface Walked {
  readonly name: EndpointName
  readonly endpoint: Endpoint
  readonly params: Readonly<Record<string, string>>
  readonly body: object | undefined
  /** Who may: signed in, where that is needed. */
  readonly terminal: string
}

const walk: readonly Walked[] = Object.entries<Endpoint>(BACKEND_API).map(([name, endpoint]) => ({
  ...{ name: name as EndpointName, endpoint },
  params: SAMPLES[name as EndpointName].params ?? {},
  body: SAMPLES[name as EndpointName].body,
  terminal: `demo-${endpoint.roles.includes('town') ? 'town' : endpoint.roles[0]}`,
}))

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-walk-'))
const opened = (name: string, limits: LimitOptions): Promise<Running> =>
  runBackend({
    ...{ place: { folder: join(folder, name) }, master: MASTER, crlFolder: join(folder, name, 'crl') },
    ...{ ceremony: HIERARCHY.quick, role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {} },
    ...{ prepare: prepareDemo, limits, kiosksRest: false },
  })

let running: Running
let session = ''
before(async () => {
  running = await opened('main', NO_HURRY)
  session = (await signedInAt(running.backend, 'demo-town')).session
  // The first round makes the key of the audit log.
  const { store } = running.backend.parts
  while ((await store.get('SELECT id FROM audit_key')) === undefined) await setTimeout(20)
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: string
  /** Text is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
}

let n = 0
async function send({ endpoint: { method, path }, ...right }: Walked, sent: Sent = {}, to = running) {
  const params = { ...right.params, ...sent.params }
  const address = path.replace(/:(\w+)/g, (_, name) => params[name] ?? '')
  const body = 'body' in sent ? sent.body : right.body
  const headers = {
    'Madoguchi-Terminal': right.terminal,
    ...(right.terminal === 'demo-town' && to === running ? { 'Madoguchi-Operator': session } : {}),
    ...(method === 'POST' ? { 'Idempotency-Key': `walk-key-${++n}` } : {}),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...sent.headers,
  }
  const response = await fetch(`${to.address}${address}${sent.query ?? ''}`, {
    method,
    headers: Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: JSON.parse(text) as unknown, retryAfter: response.headers.get('retry-after') }
}

/** `code`, or `code: detail`; the reply is of the one form, its status and words those of the catalogue. */
async function refusal(...args: Parameters<typeof send>): Promise<string> {
  const { status, json, retryAfter } = await send(...args)
  const where = `${args[0].name} ${JSON.stringify(args[1] ?? {}).slice(0, 200)}`
  assert.notEqual(status, 200, `taken: ${where}`)
  const { code, message, detail, retriable } = errorReply.parse(json)
  const known = BACKEND_ERRORS[code]
  assert.deepEqual([status, message, retriable], [known.status, known.sentence, known.retriable], where)
  assert.equal(retryAfter, status === 429 || status === 503 ? '1' : null, where)
  assert.notEqual(code, 'internal', where)
  return detail === undefined ? code : `${code}: ${detail}`
}

/** What background rounds write by themselves; of the audit log they fill in the positions. */
const BY_ROUNDS = new Set(['readiness', 'outbox', 'crl_shard', 'audit', 'audit_key', 'checkpoint'])

/** Everything that is stored: each table by a hash, the audit log by its length. */
async function stored(): Promise<ReadonlyMap<string, string>> {
  const { store } = running.backend.parts
  const tables = await store.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
  const found = new Map<string, string>()
  for (const { name } of tables) {
    const rows = await store.all(`SELECT * FROM ${name}`)
    if (name === 'audit') found.set(name, `${rows.length} lines`)
    if (BY_ROUNDS.has(name) || name.startsWith('sqlite_')) continue
    found.set(name, createHash('sha256').update(JSON.stringify(rows)).digest('hex'))
  }
  return found
}

type Path = readonly (string | number)[]
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Every value in a body, with where it is. */
function* valuesIn(value: unknown, path: Path = []): Generator<{ readonly path: Path; readonly value: unknown }> {
  yield { path, value }
  if (isObject(value))
    for (const [key, inner] of Object.entries(value))
      yield* valuesIn(inner, [...path, Array.isArray(value) ? Number(key) : key])
}

/** The body with something else at `path`; undefined leaves it out. */
function changed(body: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value
  const copy = (Array.isArray(body) ? [...body] : { ...(body as object) }) as Record<string | number, unknown>
  copy[first] = changed(copy[first], rest, value)
  return copy
}

/** Longer than any field may be, shorter than any body. */
const LONG = 'A'.repeat(61_000)

const wrong = (value: unknown): readonly unknown[] => [
  ...(value === null ? [] : [null]),
  ...(typeof value === 'string' ? [5, {}, '', LONG, '\u0000'] : []),
  ...(typeof value === 'string' && /^\d{8}$/.test(value) ? ['20260230', '20261301', '19890000'] : []),
  ...(typeof value === 'number' ? ['5', -1, 1.5, 1e300] : []),
  ...(typeof value === 'boolean' ? ['true', 1] : []),
  ...(Array.isArray(value) ? ['x', {}, Array.from({ length: 300 }, () => value[0] ?? 'AAAA')] : []),
  ...(isObject(value) && !Array.isArray(value) ? ['x', [], 5] : []),
]

test('every endpoint has a right sample, and each sample is right', () => {
  assert.deepEqual(Object.keys(SAMPLES).sort(), Object.keys(BACKEND_API).sort())
  for (const { name, endpoint, params, body } of walk) {
    assert.equal(endpoint.params?.safeParse(params).success ?? Object.keys(params).length === 0, true, name)
    assert.equal(endpoint.body?.safeParse(body).success ?? body === undefined, true, name)
  }
})

describe('bad input at every endpoint', () => {
  let before: ReadonlyMap<string, string>
  test('what is stored now', async () => {
    before = await stored()
    for (const table of ['cert', 'card', 'person', 'terminal', 'audit']) assert.ok(before.has(table), table)
  })

  test('a terminal nobody knows, one that says nothing, and one of each role that may not', async () => {
    for (const one of walk) {
      assert.equal(await refusal(one, { headers: { 'Madoguchi-Terminal': 'nobody' } }), 'unknownTerminal')
      assert.match(await refusal(one, { headers: { 'Madoguchi-Terminal': undefined } }), /^unknownTerminal: header/)
      for (const role of TERMINAL_ROLES)
        if (!one.endpoint.roles.includes(role))
          assert.equal(
            await refusal(one, { headers: { 'Madoguchi-Terminal': `demo-${role}` } }),
            `notAllowed: ${one.name}`,
          )
    }
  })

  test('nobody signed in, and a session that has gone stale, where somebody must be', async () => {
    for (const one of walk.filter(({ endpoint: { operator } }) => operator === true))
      for (const role of STAFFED.filter((role) => one.endpoint.roles.includes(role)))
        for (const token of [undefined, 'A'.repeat(43)]) {
          const headers = { 'Madoguchi-Terminal': `demo-${role}`, 'Madoguchi-Operator': token }
          assert.equal(await refusal(one, { headers }), 'operatorSignedOut', one.name)
        }
  })

  test('an unknown field in any object of the body, and after the question mark', async () => {
    for (const one of walk) {
      assert.equal(await refusal(one, { query: '?surplus=1' }), 'badInput: query: unknown field surplus')
      if (one.body === undefined) {
        if (one.endpoint.method === 'GET') continue
        assert.equal(await refusal(one, { body: { surplus: 1 } }), 'badInput: body: unknown field surplus')
        continue
      }
      for (const { path, value } of valuesIn(one.body))
        if (isObject(value) && !Array.isArray(value)) {
          const body = changed(one.body, [...path, 'surplus'], 1)
          assert.equal(
            await refusal(one, { body }),
            `badInput: ${['body', ...path].join('.')}: unknown field surplus`,
            one.name,
          )
        }
    }
  })

  test('any value of the wrong type, empty, too long or out of range is named', async () => {
    for (const one of walk)
      for (const { path, value } of one.body === undefined ? [] : valuesIn(one.body))
        for (const instead of wrong(value)) {
          // Of no town: a terminal or a member of staff may be.
          if (path.at(-1) === 'town' && instead === '') continue
          const said = await refusal(one, { body: changed(one.body, path, instead) })
          const named = ['badInput: body', ...path].join('.')
          assert.ok(said.startsWith(named), `${one.name}: ${named} should be named, not: ${said}`)
        }
  })

  test('any field left out is named, unless it may be', async () => {
    for (const one of walk)
      for (const { path } of one.body === undefined ? [] : valuesIn(one.body)) {
        const body = changed(one.body, path, undefined)
        if (path.length === 0 || typeof path.at(-1) === 'number' || one.endpoint.body?.safeParse(body).success) continue
        const said = await refusal(one, { body })
        // Of several forms another one may be the nearest now; it still names a field.
        const named = one.name === 'findCard' || one.name === 'signInChallenge' ? 'badInput: body.' : undefined
        assert.ok(said.startsWith(named ?? `badInput: ${['body', ...path].join('.')}`), `${one.name}: ${said}`)
      }
  })

  test('ids in the address: too long, strange, none', async () => {
    for (const one of walk)
      for (const name of Object.keys(one.params)) {
        for (const value of ['a'.repeat(400), 'a%20b', '%E7%95%AA', '%00', '-%2F-'])
          assert.match(await refusal(one, { params: { [name]: value } }), new RegExp(`^badInput: params\\.${name}: `))
        assert.equal(await refusal(one, { params: { [name]: 'a'.repeat(600) } }), 'badInput: path: too long')
        for (const value of ['%', '%zz', '%ff'])
          assert.match(await refusal(one, { params: { [name]: value } }), /^badInput: path: not percent-encoded/)
      }
  })

  test('bodies that are too large, no JSON, of another kind or none; keys that are none (rule 7)', async () => {
    for (const one of walk.filter(({ endpoint: { method } }) => method !== 'GET')) {
      assert.equal(await refusal(one, { body: `{"x":"${'x'.repeat(70_000)}"}` }), 'tooLarge')
      for (const body of ['{"kind"', 'null x', '{"__proto__":{}}'])
        assert.equal(await refusal(one, { body }), 'badInput: body: not JSON', `${one.name} ${body}`)
      assert.equal(await refusal(one, { body: '' }), 'badInput: body: empty')
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'x'])
        assert.equal(
          await refusal(one, { body: '{}', headers: { 'Content-Type': type } }),
          'badInput: header Content-Type: application/json',
        )
      if (one.endpoint.method !== 'POST') continue
      for (const key of [undefined, 'short', 'k'.repeat(65), 'two words'])
        assert.match(await refusal(one, { headers: { 'Idempotency-Key': key } }), /^badInput: header Idempotency-Key/)
    }
  })

  test('nothing of all this was stored', async () => {
    assert.deepEqual(await stored(), before)
  })
})

/** What a right request about somebody or something that nobody knows is told; the others answer. */
const TOLD: Partial<Readonly<Record<EndpointName, string>>> = {
  issueCertificate: 'unknownCard',
  confirmCertificate: 'unknownCertificate: auth-2 7',
  reportCertificate: 'unknownCertificate: auth-2 7',
  endCertificate: 'unknownCertificate: auth-2 7',
  certificate: 'unknownCertificate: auth-2 7',
  blockKey: 'badKey',
  checkCertificate: 'unknownIssuer',
  publishCrl: 'unknownIssuer',
  addPerson: 'unknownMunicipality',
  searchPeople: 'searchTooWeak',
  pickPerson: 'unknownHolder',
  registryEvent: 'unknownHolder',
  applyForCard: 'unknownHolder',
  moveCard: 'unknownCard',
  card: 'unknownCard',
  reconcileCard: 'unknownCard',
  setTown: 'unknownMunicipality',
  enrolTerminal: 'unknownMunicipality',
  disableTerminal: 'unknownTerminal',
  findCard: 'unknownCard',
  recordIdentityCheck: 'unknownCard',
  noteWrite: 'unknownCard',
  openWrites: 'unknownCard',
  enrolOperator: 'badKey',
  disableOperator: 'unknownOperator',
  signInChallenge: 'unknownOperator',
  signIn: 'signInRefused',
  askReset: 'unknownCertificate: sign-2 7',
  openReset: 'noReservation',
  resetStatus: 'noReservation',
  findReset: 'unknownCertificate: sign-2 7',
  useReset: 'noReservation',
  openScript: 'unknownCard',
  nextScript: 'unknownSession',
  registerApplication: 'badInput: body.cap: the file is not a zip archive',
  enrolProvider: 'badKey',
  disableProvider: 'unknownProvider',
}

test('cards, people, certificates, sessions, towns nobody knows: each by its code, and nothing half-stored', async () => {
  const told: Record<string, string> = {}
  for (const one of walk) {
    const before = await stored()
    const { status } = await send(one)
    if (status === 200) continue
    told[one.name] = await refusal(one)
    // Who was refused at the sign-in is on record; nothing else is.
    const now = new Map(await stored()).set('audit', before.get('audit') ?? '')
    assert.deepEqual(now, before, one.name)
  }
  assert.deepEqual(told, TOLD)
})

test('P3: every endpoint sheds – a terminal that asks too often, and a backend that is full', async () => {
  const hurried = await opened('rate', { ...NO_HURRY, burst: 0, perSecond: 0 })
  const full = await opened('full', { ...NO_HURRY, atOnce: { interactive: 0, reservation: 0, status: 0, batch: 0 } })
  for (const one of walk) {
    assert.equal(await refusal(one, {}, hurried), 'tooManyRequests')
    assert.equal(await refusal(one, {}, full), `overloaded: ${one.endpoint.lane ?? 'interactive'}`)
  }
  await hurried.stop()
  await full.stop()
})
