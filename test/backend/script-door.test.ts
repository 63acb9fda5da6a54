/** Card scripts through the HTTP door: a whole renewal at a counter, who may ask for what, and bad input by name. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { prepareDemo } from '../../apps/backend/demo.ts'
import type { LogLine } from '../../apps/backend/log.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import { STAFFED, type TerminalRole } from '../../src/wire/backend-roles.ts'
import { HIERARCHY, MASTER } from './fixture.ts'
import { Relay, runToEnd } from './script-relay.ts'
import { signedInAt } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-script-door-'))
const lines: LogLine[] = []
let running: Running
/** Of who works at demo-town. */
let session = ''
let n = 0

before(async () => {
  const authorities = HIERARCHY.both.authorities.filter(({ algorithm }) => algorithm === 'rsa2048-sha256')
  running = await runBackend({
    ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: { authorities } },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', prepare: prepareDemo },
    log: (line) => lines.push(line),
  })
  session = (await signedInAt(running.backend, 'demo-town')).session
  await ask('demo-town', '/v1/cards/card-hanako/state', { to: 'dispatched' })
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: answers of several endpoints
async function ask(terminal: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(running.address + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'Madoguchi-Terminal': terminal,
      ...(terminal === 'demo-town' ? { 'Madoguchi-Operator': session } : {}),
      ...(body === undefined ? {} : { 'Idempotency-Key': `script-key-${++n}`, 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return response.json()
}

const conforms = (name: EndpointName, json: unknown) => BACKEND_API[name].reply.parse(json)

test('a renewal at the counter over HTTP: every reply as the contract says, the certificate in use at the end', async () => {
  const card = SimulatedCard.fromImage(await makeCardImage('resident'))
  card.powerOn('contact')
  const { publicKey } = await ask('demo-town', '/v1/script-key')
  conforms('scriptKey', { publicKey })
  const wanted = { card: 'card-hanako', ask: { procedure: 'certificate', kind: 'auth' } }
  const first = await ask('demo-town', '/v1/scripts', wanted)
  conforms('openScript', first)
  const pins = { auth: '1234', sign: 'ABC123', text: '1234', juki: '1234' }
  const relay = new Relay(card, { pins }, Buffer.from(publicKey, 'base64'), first)
  const end = await runToEnd(relay, first, async (report) => {
    const reply = await ask('demo-town', `/v1/scripts/${first.session}/next`, report)
    conforms('nextScript', reply)
    return reply
  })
  assert.ok(end.kind === 'finished')
  const { issuer, serial } = end.result as { issuer: string; serial: number }
  const status = await ask('demo-verifier', '/v1/validity', { issuer, serial, by: 'live' })
  assert.equal(status.status, 'good')
  assert.doesNotMatch(JSON.stringify(lines), /花子|card-hanako/)
})

test('who may: a kiosk resets with a reservation only, the call centre not at all; others’ sessions are unknown', async () => {
  const reset = { card: 'card-hanako', ask: { procedure: 'pinReset', pin: 'auth' } }
  assert.equal((await ask('demo-kiosk', '/v1/scripts', reset)).code, 'noReservation')
  assert.equal((await ask('demo-callCentre', '/v1/scripts', reset)).code, 'notAllowed')
  assert.equal((await ask('demo-town', '/v1/scripts', reset)).code, 'identityNotChecked')
  const looked = { documents: ['drivingLicence'], face: 'matched', purpose: 'pinReset' }
  const { check } = await ask('demo-town', '/v1/cards/card-hanako/identity-checks', looked)
  const { session } = await ask('demo-town', '/v1/scripts', { ...reset, ask: { ...reset.ask, check } })
  const report = { seq: 1, answers: [] }
  assert.equal((await ask('demo-kiosk', `/v1/scripts/${session}/next`, report)).code, 'unknownSession')
  assert.equal((await ask('demo-town', `/v1/scripts/${session}/next`, report)).code, 'badReport')
  assert.equal((await ask('demo-town', `/v1/scripts/${session}/next`, { ...report, seq: 9 })).code, 'staleReport')
})

/** The table of requirements 1, a column a place: what may be begun there. */
const PLACES = {
  town: ['certificate', 'setUp', 'pinReset', 'loadApplication', 'deleteApplication'],
  postOffice: ['certificate'],
  // First PINs: this card is not handed over yet.
  consulate: ['certificate', 'setUp', 'pinReset'],
  deliverySite: ['setUp', 'pinReset'],
  kiosk: ['pinReset', 'loadApplication', 'deleteApplication'],
  callCentre: [],
} as const satisfies Partial<Record<TerminalRole, readonly string[]>>
const MOVES = {
  town: ['dispatched', 'setUp', 'delivered', 'suspended', 'abolished'],
  postOffice: [],
  consulate: ['dispatched', 'setUp', 'delivered', 'abolished'],
  deliverySite: ['dispatched', 'setUp', 'delivered'],
  kiosk: [],
  callCentre: ['suspended'],
} as const

test('requirements 1: each script begins, and a card is moved on, only where that procedure is', async () => {
  const asks = [
    { procedure: 'certificate', kind: 'auth' },
    { procedure: 'setUp', kind: 'auth' },
    { procedure: 'pinReset', pin: 'auth' },
    { procedure: 'loadApplication', application: 'app-0' },
    { procedure: 'deleteApplication', application: 'app-0' },
  ]
  const selfTest = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }
  await running.backend.parts.store.transaction((tx) =>
    tx.run(
      "INSERT INTO app (id, area, package, module, instance, load_file, at) VALUES ('app-0', 'free', 'F0', 'F0', 'F0', ?, 1)",
      new Uint8Array(1),
    ),
  )
  for (const role of Object.keys(PLACES) as (keyof typeof PLACES)[]) {
    const terminal = `demo-${role}`
    const signIn = async () => (role === 'town' ? session : (await signedInAt(running.backend, terminal)).session)
    const staff = STAFFED.includes(role) ? await signIn() : ''
    const code = async (path: string, body: unknown) => {
      const response = await fetch(running.address + path, {
        method: 'POST',
        headers: {
          ...{ 'Madoguchi-Terminal': terminal, 'Content-Type': 'application/json' },
          ...{ 'Idempotency-Key': `place-${++n}`, ...(staff === '' ? {} : { 'Madoguchi-Operator': staff }) },
        },
        body: JSON.stringify(body),
      })
      return ((await response.json()) as { code?: string }).code
    }
    const begun: string[] = []
    for (const ask of asks)
      if ((await code('/v1/scripts', { card: 'card-hanako', ask })) !== 'notAllowed') begun.push(ask.procedure)
    assert.deepEqual(begun, PLACES[role], role)
    const moved: string[] = []
    for (const to of MOVES.town)
      if ((await code('/v1/cards/none/state', to === 'delivered' ? { to, selfTest } : { to })) !== 'notAllowed')
        moved.push(to)
    assert.deepEqual(moved, MOVES[role], role)
  }
})

test('bad input is refused by name', async () => {
  const path = '/v1/scripts'
  const certificate = { procedure: 'certificate', kind: 'auth' }
  for (const [body, detail] of [
    [{ card: 'card-hanako', ask: { ...certificate, pin: '1234' } }, /unknown field pin/],
    [{ card: 'card-hanako', ask: { ...certificate, kind: 'phoneAuth' } }, /body\.ask\.kind/],
    [{ card: 'x y', ask: certificate }, /body\.card/],
    [{ card: 'card-hanako', ask: { procedure: 'format' } }, /body\.ask/],
  ] as const)
    assert.match((await ask('demo-town', path, body)).detail, detail)
  assert.equal((await ask('demo-town', path, { card: 'none', ask: certificate })).code, 'unknownCard')
  const app = {
    id: 'app-1',
    area: 'free',
    instance: 'F04D4447020101',
    cap: 'AAAA',
    provider: 'maker-1',
    signature: 'AAAA',
  }
  assert.match((await ask('demo-administrator', '/v1/applications', app)).detail, /body\.cap/)
  assert.equal((await ask('demo-town', '/v1/applications', app)).code, 'notAllowed')
  const load = { card: 'card-hanako', ask: { procedure: 'loadApplication', application: 'app-1' } }
  assert.equal((await ask('demo-town', path, load)).code, 'unknownApplication')
})
