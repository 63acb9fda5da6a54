/** Staff at the HTTP door: signed in with a specimen staff card, who may do what with the token, and what goes on without one. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pooledKeys } from '../../applets-sim/factory/key-source.ts'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { DEMO_STAFF, prepareDemo } from '../../apps/backend/demo.ts'
import type { LogLine } from '../../apps/backend/log.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { SIGNED_IN_MS } from '../../src/backend/operators/sign-in.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import type { Endpoint } from '../../src/wire/backend-endpoint.ts'
import { BACKEND_ERRORS } from '../../src/wire/backend-errors.ts'
import { STAFFED } from '../../src/wire/backend-roles.ts'
import { cardKey, HIERARCHY, MASTER, TestClock } from './fixture.ts'
import { Relay, runToEnd } from './script-relay.ts'
import { signedInAt } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-operators-'))
const clock = new TestClock()
const lines: LogLine[] = []
let running: Running
let n = 0

before(async () => {
  const authorities = HIERARCHY.both.authorities.filter(({ algorithm }) => algorithm === 'rsa2048-sha256')
  running = await runBackend({
    ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: { authorities }, clock },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', prepare: prepareDemo },
    log: (line) => lines.push(line),
  })
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: answers of several endpoints
async function ask(terminal: string, path: string, body?: unknown, session?: string, method?: string): Promise<any> {
  const response = await fetch(running.address + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      'Madoguchi-Terminal': terminal,
      ...(session === undefined ? {} : { 'Madoguchi-Operator': session }),
      ...(body === undefined ? {} : { 'Idempotency-Key': `operator-key-${++n}`, 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return response.json()
}
// biome-ignore lint/suspicious/noExplicitAny: as above
function conforms(name: EndpointName, json: any): any {
  const parsed = (BACKEND_API[name] as Endpoint).reply.safeParse(json)
  assert.ok(parsed.success, `${name}: ${JSON.stringify(json)}`)
  return json
}

/** With a specimen staff card, as a terminal does it. */
async function enter(terminal: string, who = 0): Promise<string> {
  const { cardSerial } = DEMO_STAFF[who] ?? assert.fail('no such staff')
  const key = pooledKeys('auth', cardSerial)
  const certificate = await staffCertificate(cardSerial)
  const { challenge } = conforms('signInChallenge', await ask(terminal, '/v1/operator-challenges', { certificate }))
  const signature = Buffer.from(key.sign(Buffer.from(challenge, 'base64'))).toString('base64')
  return conforms('signIn', await ask(terminal, '/v1/operator-sessions', { challenge, signature })).session
}

async function staffCertificate(serial: string): Promise<string> {
  const { cells } = await makeCardImage('resident', { serial })
  return Buffer.from(cells['jpki']?.['000A'] ?? '', 'hex').toString('base64')
}

const example = (path: string) =>
  path.replace(':serial', path.includes('certificates') ? '5' : 'card-jiro').replace(':issuer', 'auth-1')

describe('staff at the door', () => {
  test('P12: a specimen staff card signs in at every kind of counter with staff, and nowhere else', async () => {
    for (const terminal of ['demo-town', 'demo-postOffice', 'demo-consulate'])
      assert.match(await enter(terminal), /^.{43}$/)
    const keyHash = '0'.repeat(64)
    assert.equal((await ask('demo-town', '/v1/operator-challenges', { keyHash })).code, 'unknownOperator')
    for (const terminal of ['demo-kiosk', 'demo-deliverySite', 'demo-callCentre'])
      assert.equal((await ask(terminal, '/v1/operator-challenges', { keyHash })).code, 'notAllowed')
  })

  test('everything marked so needs somebody signed in – at a town, a post office and a consulate alike', async () => {
    const marked = Object.entries<Endpoint>(BACKEND_API).filter(([, { operator }]) => operator === true)
    assert.deepEqual(marked.map(([name]) => name).sort(), [
      ...['applyForCard', 'card', 'endCertificate', 'issueCertificate', 'moveCard', 'openScript', 'pickPerson'],
      ...['recordIdentityCheck', 'searchPeople'],
    ])
    const bodies: Record<string, unknown> = {
      applyForCard: { serial: 'c-1', holder: 'jiro', expires: '20350331', faceAuth: false },
      endCertificate: { to: 'held' },
      issueCertificate: { kind: 'auth', card: 'card-jiro', publicKey: 'AAAA' },
      moveCard: { to: 'dispatched' },
      openScript: { card: 'card-jiro', ask: { procedure: 'setUp', kind: 'auth' } },
      pickPerson: { holder: 'jiro', compared: { name: 'x', birth: '20170401', sex: '1', address: 'x' } },
      recordIdentityCheck: { documents: ['passport'], face: 'matched', purpose: 'delivery' },
      searchPeople: { kana: 'x', birth: '20170401', sex: '1' },
    }
    for (const role of STAFFED)
      for (const [name, { path, roles }] of marked) {
        assert.ok(roles.includes(role), name)
        assert.equal(
          (await ask(`demo-${role}`, example(path), bodies[name])).code,
          'operatorSignedOut',
          `${role} ${name}`,
        )
      }
    assert.equal(BACKEND_ERRORS.operatorSignedOut.status, 401)
    const unattended = await ask('demo-deliverySite', '/v1/cards/card-jiro')
    assert.equal(conforms('card', unattended).person, undefined, 'nobody there whom it could be shown to')
  })

  test('a token of another terminal, one that ended, one that never was, one of the wrong form', async () => {
    const session = await enter('demo-town')
    const card = (token: string, terminal = 'demo-town') => ask(terminal, '/v1/cards/card-jiro', undefined, token)
    const { person } = conforms('card', await card(session))
    assert.equal(person.id, 'jiro')
    assert.equal((await card(session, 'demo-consulate')).code, 'operatorSignedOut')
    assert.equal((await card('A'.repeat(43))).code, 'operatorSignedOut')
    assert.equal((await card('demo-staff-1')).code, 'badInput')
    conforms('signOut', await ask('demo-town', '/v1/operator-sessions/end', { session }))
    assert.equal((await card(session)).code, 'operatorSignedOut')
    const day = await enter('demo-town')
    clock.at += SIGNED_IN_MS
    assert.equal((await card(day)).code, 'operatorSignedOut')
  })

  test('an administrator enrols and shuts out; the log names ids, never people', async () => {
    const key = cardKey()
    const body = {
      id: 'op-9',
      name: '窓口　九郎',
      town: '132217',
      publicKey: Buffer.from(key.publicKey).toString('base64'),
    }
    const { keyHash } = conforms('enrolOperator', await ask('demo-administrator', '/v1/operators', body))
    assert.equal((await ask('demo-town', '/v1/operators', body)).code, 'notAllowed')
    conforms('signInChallenge', await ask('demo-town', '/v1/operator-challenges', { keyHash }))
    conforms('disableOperator', await ask('demo-administrator', '/v1/operators/op-9/disable', {}))
    assert.equal((await ask('demo-town', '/v1/operator-challenges', { keyHash })).code, 'unknownOperator')
    assert.doesNotMatch(JSON.stringify(lines), /窓口|九郎/)
  })

  test('F58: the second look is a second sign-in at the same terminal, not an id that somebody types', async () => {
    const first = await enter('demo-town')
    const compared = { name: '番号　花子', birth: '19890331', sex: '2', address: '東京都清瀬市中里５丁目８４２番地' }
    const pick = (second?: string) =>
      ask(
        'demo-town',
        '/v1/people/pick',
        { holder: 'hanako', compared, ...(second && { secondOperator: second }) },
        first,
      )
    assert.equal((await pick()).code, 'secondLookNeeded')
    assert.equal((await pick('demo-staff-2')).code, 'badInput')
    assert.equal((await pick(first)).code, 'secondLookNeeded', 'the same person twice')
    assert.equal((await pick(await enter('demo-consulate', 1))).code, 'operatorSignedOut', 'somebody somewhere else')
    const second = await enter('demo-town', 1)
    assert.equal(conforms('pickPerson', await pick(second)).id, 'hanako')
    const picked = (await ask('demo-administrator', '/v1/audit/hanako')).filter(
      ({ procedure }: { procedure: string }) => procedure === 'person.picked',
    )
    assert.deepEqual([picked.at(-1).operator, picked.at(-1).result], ['demo-staff-1', 'picked, seen by demo-staff-2'])
  })

  test('what was begun is brought to its end after a sign-out: script, announced write, reconciliation', async () => {
    const { session } = await signedInAt(running.backend, 'demo-town')
    assert.equal(
      (await ask('demo-town', '/v1/cards/card-hanako/state', { to: 'dispatched' }, session)).state,
      'dispatched',
    )
    const card = SimulatedCard.fromImage(await makeCardImage('factory'))
    card.powerOn('contact')
    const { publicKey } = await ask('demo-town', '/v1/script-key')
    const wanted = { card: 'card-hanako', ask: { procedure: 'setUp', kind: 'auth' } }
    const first = conforms('openScript', await ask('demo-town', '/v1/scripts', wanted, session))
    const note = { write: 'w-1', procedure: 'preDelivery', what: 'certificate-auth', stage: 'intended' }
    conforms('noteWrite', await ask('demo-town', '/v1/cards/card-hanako/writes', note, session))
    const glance = conforms('card', await ask('demo-town', '/v1/cards/card-hanako', undefined, session))
    assert.deepEqual(
      glance.scripts.map((one: { session: string; procedure: string }) => [one.session, one.procedure]),
      [[first.session, 'setUp']],
    )
    assert.deepEqual(
      glance.writes.map(({ write }: { write: string }) => write),
      ['w-1'],
    )
    await ask('demo-town', '/v1/operator-sessions/end', { session })

    const pins = { auth: '', sign: '', text: '', juki: '' }
    const relay = new Relay(card, { pins }, Buffer.from(publicKey, 'base64'), first)
    const ended = await runToEnd(relay, first, async (report) =>
      conforms('nextScript', await ask('demo-town', `/v1/scripts/${first.session}/next`, report, session)),
    )
    assert.equal(ended.kind, 'finished')
    assert.deepEqual(conforms('card', await ask('demo-kiosk', '/v1/cards/card-hanako')).scripts, [])
    const writes = '/v1/cards/card-hanako/writes'
    assert.equal(conforms('openWrites', await ask('demo-kiosk', writes)).writes.length, 1)
    conforms('noteWrite', await ask('demo-town', writes, { ...note, stage: 'done' }, session))
    assert.deepEqual(conforms('openWrites', await ask('demo-kiosk', writes)).writes, [])
    const [{ issuer, serial }] = glance.certificates.concat(
      (await ask('demo-kiosk', '/v1/cards/card-hanako')).certificates,
    )
    const found = conforms('findCard', await ask('demo-town', '/v1/cards/find', { issuer, serial }, session))
    assert.deepEqual(found, { serial: 'card-hanako', state: 'dispatched', holder: 'hanako' })
    const chip = await running.backend.parts.store.get<{ identification: string }>(
      'SELECT identification FROM card_chip',
    )
    const byChip = conforms('findCard', await ask('demo-resetApp', '/v1/cards/find', { chip: chip?.identification }))
    assert.deepEqual(byChip, { serial: 'card-hanako', state: 'dispatched' }, 'whose it is, only at counters')
    assert.equal((await ask('demo-town', '/v1/cards/find', { chip: 'x' }, session)).code, 'badInput')
  })

  test('the description tells where the token goes', async () => {
    const { paths } = await ask('demo-town', '/openapi.json')
    const names = (path: string, method: string) =>
      paths[path][method].parameters.map(({ name }: { name: string }) => name)
    assert.ok(names('/v1/people/search', 'post').includes('Madoguchi-Operator'))
    assert.ok(!names('/v1/cards/find', 'post').includes('Madoguchi-Operator'))
    const { schema } = paths['/v1/cards/{serial}/identity-checks'].post.requestBody.content['application/json']
    assert.deepEqual(schema.required, ['documents', 'face', 'purpose'])
  })
})
