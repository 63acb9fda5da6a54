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
import { SCRIPT_PLACES, STAFFED } from '../../src/wire/backend-roles.ts'
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

test('requirements 1: each script begins, and a card is moved on, only where that procedure is', async () => {
  for (const role of ['town', 'postOffice', 'consulate', 'deliverySite', 'kiosk', 'callCentre'] as const) {
    const terminal = `demo-${role}`
    const staff =
      role === 'town' ? session : STAFFED.includes(role) ? (await signedInAt(running.backend, terminal)).session : ''
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
    const script = async (ask: unknown) => (await code('/v1/scripts', { card: 'card-hanako', ask })) !== 'notAllowed'
    const began = {
      certificate: await script({ procedure: 'certificate', kind: 'auth' }),
      setUp: await script({ procedure: 'setUp', kind: 'auth' }),
      firstPins: await script({ procedure: 'pinReset', pin: 'auth' }),
    }
    const wanted = (name: keyof typeof SCRIPT_PLACES) => (SCRIPT_PLACES[name] as readonly string[]).includes(role)
    assert.deepEqual(began, {
      certificate: wanted('certificate'),
      setUp: wanted('setUp'),
      firstPins: wanted('firstPins') || wanted('pinReset'),
    })
    const suspended = await code('/v1/cards/none/state', { to: 'suspended' })
    assert.equal(suspended, role === 'town' || role === 'callCentre' ? 'unknownCard' : 'notAllowed', role)
    const delivered = {
      to: 'delivered',
      selfTest: { applicationsSelect: true, pinsVerify: true, certificatesGood: true },
    }
    const handsOver = ['town', 'consulate', 'deliverySite'].includes(role)
    assert.equal(await code('/v1/cards/none/state', delivered), handsOver ? 'unknownCard' : 'notAllowed', role)
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
