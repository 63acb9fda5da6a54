import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { prepareDemo } from '../../apps/backend/demo.ts'
import type { LogLine } from '../../apps/backend/log.ts'
import { type Running, type RunOptions, runBackend } from '../../apps/backend/run.ts'
import { enrol } from '../../src/backend/terminals/terminals.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { toPem } from '../../src/pki/pem.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import type { Endpoint } from '../../src/wire/backend-endpoint.ts'
import { cardKey, HIERARCHY, MASTER } from './fixture.ts'
import { signedInAt } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-door-'))
const lines: LogLine[] = []
let running: Running
/** Of who works at demo-town. */
let session = ''
let n = 0

const options = (name: string, more: Partial<RunOptions> = {}): RunOptions => ({
  place: { folder: join(folder, name) },
  master: MASTER,
  crlFolder: join(folder, name, 'crl'),
  ceremony: HIERARCHY.quick,
  role: 'all',
  host: '127.0.0.1',
  port: 0,
  version: 'test',
  log: (line) => lines.push(line),
  prepare: prepareDemo,
  ...more,
})

before(async () => {
  running = await runBackend(options('main'))
  session = (await signedInAt(running.backend, 'demo-town')).session
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  readonly json: any
}

async function call(
  terminal: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(running.address + path, {
    method,
    headers: {
      'Madoguchi-Terminal': terminal,
      ...(terminal === 'demo-town' ? { 'Madoguchi-Operator': session } : {}),
      ...(method === 'POST' ? { 'Idempotency-Key': `test-key-${++n}` } : {}),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, json: await response.json() }
}

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const openssl = (...args: readonly string[]) =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Every reply is what the contract says, to the field. */
function conforms(name: EndpointName, { status, json }: Answer): Answer {
  assert.equal(status, 200, JSON.stringify(json))
  ;(BACKEND_API[name] as Endpoint).reply.parse(json)
  return { status, json }
}

describe('the door', () => {
  test('a card from application to hand-over with both certificates, all replies as the contract says', async () => {
    const card = '/v1/cards/card-hanako'
    conforms('moveCard', await call('demo-town', 'POST', `${card}/state`, { to: 'dispatched' }))
    conforms('moveCard', await call('demo-town', 'POST', `${card}/state`, { to: 'setUp' }))
    for (const kind of ['auth', 'sign']) {
      const key = cardKey()
      const order = { kind, card: 'card-hanako', publicKey: b64(key.publicKey) }
      const { json: issued } = conforms('issueCertificate', await call('demo-town', 'POST', '/v1/certificates', order))
      const evidence = {
        signature: b64(key.sign(Buffer.from(issued.challenge, 'base64'))),
        readBack: issued.certificate,
      }
      const path = `/v1/certificates/${issued.issuer}/${issued.serial}`
      conforms('reportCertificate', await call('demo-town', 'POST', `${path}/report`, { written: true }))
      conforms('confirmCertificate', await call('demo-town', 'POST', `${path}/confirm`, evidence))
      const { json } = conforms('certificate', await call('demo-kiosk', 'GET', path))
      assert.equal(json.state, 'active')
      const seen = [{ kind, certificate: issued.certificate }]
      const { json: met } = conforms('reconcileCard', await call('demo-kiosk', 'POST', `${card}/reconcile`, { seen }))
      assert.equal(met.certificates[0].verdict, 'agreed')
    }
    const selfTest = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }
    const unseen = await call('demo-town', 'POST', `${card}/state`, { to: 'delivered', selfTest })
    assert.equal(unseen.json.code, 'identityNotChecked')
    const looked = { documents: ['passport'], face: 'matched', purpose: 'delivery' }
    const recorded = await call('demo-town', 'POST', `${card}/identity-checks`, looked)
    const { check } = conforms('recordIdentityCheck', recorded).json
    conforms('moveCard', await call('demo-town', 'POST', `${card}/state`, { to: 'delivered', selfTest, check }))
    const { json } = conforms('card', await call('demo-town', 'GET', card))
    assert.equal(json.state, 'delivered')
    assert.deepEqual(
      json.certificates.map(({ state }: { state: string }) => state),
      ['active', 'active'],
    )
  })

  test('openssl ocsp and openssl verify work over HTTP with the addresses in the certificates', async () => {
    const { json } = await call('demo-town', 'GET', '/v1/cards/card-hanako')
    const { issuer, serial } = json.certificates.find(({ kind }: { kind: string }) => kind === 'auth')
    const leaf = join(folder, 'leaf.pem')
    const root = join(folder, 'root.pem')
    const { json: cert } = await call('demo-town', 'GET', `/v1/certificates/${issuer}/${serial}`)
    writeFileSync(leaf, toPem('CERTIFICATE', Buffer.from(cert.certificate, 'base64')))
    const authority = await fetch(`${running.address}/authorities/${issuer}.crt`)
    writeFileSync(root, toPem('CERTIFICATE', new Uint8Array(await authority.arrayBuffer())))
    const url = ['-url', `${running.address}/ocsp/${issuer}`]
    assert.match(await ask('ocsp', '-issuer', root, '-cert', leaf, ...url, '-CAfile', root), /leaf.pem: good/)
    const list = join(folder, 'list.pem')
    const crl = await fetch(`${running.address}/crl/${issuer}/132217.crl`)
    assert.equal(crl.headers.get('content-type'), 'application/pkix-crl')
    writeFileSync(list, toPem('X509 CRL', new Uint8Array(await crl.arrayBuffer())))
    assert.match(openssl('verify', '-crl_check', '-extended_crl', '-CAfile', root, '-CRLfile', list, leaf), /OK/)
    const again = await fetch(`${running.address}/crl/${issuer}/132217.crl`, {
      headers: { 'If-None-Match': crl.headers.get('etag') ?? '' },
    })
    assert.equal(again.status, 304)

    // GET, with slashes and plus signs of base64 as they are, and with percent signs.
    openssl('ocsp', '-issuer', root, '-cert', leaf, '-no_nonce', '-reqout', join(folder, 'req.der'))
    const encoded = readFileSync(join(folder, 'req.der')).toString('base64')
    for (const form of [encoded, encodeURIComponent(encoded)]) {
      const got = await fetch(`${running.address}/ocsp/${issuer}/${form}`)
      assert.match(got.headers.get('cache-control') ?? '', /max-age=\d+/)
      const parsed = parseOcspResponse(new Uint8Array(await got.arrayBuffer()))
      assert.ok(parsed.ok && parsed.value.kind === 'answer')
    }
  })

  test('OCSP in raw addresses: double slashes stay what they are; garbage, size and method are refused', async () => {
    const status = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(running.address + path, init)
      const parsed = parseOcspResponse(new Uint8Array(await response.arrayBuffer()))
      return parsed.ok && parsed.value.kind === 'error' ? parsed.value.status : response.status
    }
    assert.equal(await status('/ocsp/auth-2/%%%'), 'malformedRequest')
    assert.equal(await status('/ocsp/auth-2//////'), 'malformedRequest')
    assert.equal(await status('/ocsp/auth-2/'), 'malformedRequest')
    assert.equal(await status('/ocsp/auth-2', { method: 'POST', body: new Uint8Array(5000) }), 'malformedRequest')
    assert.equal((await fetch(`${running.address}/ocsp/auth-2`, { method: 'DELETE' })).status, 405)
    const raw = await rawRequest(`GET /ocsp/auth-2/MA//MA== HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    assert.match(raw, /^HTTP\/1.1 200/)
  })

  test('rule 7 at the door: no key, a short key, the same key twice, the same key for another body', async () => {
    const serial = 'card-key-test'
    const body = { serial, holder: 'jiro', expires: '20300401', faceAuth: false }
    const apply = (key: string, changes: object = {}) =>
      call('demo-town', 'POST', '/v1/cards', { ...body, ...changes }, { 'Idempotency-Key': key })
    assert.equal((await apply('short')).json.code, 'badInput')
    assert.equal((await apply('a-good-key-1')).status, 200)
    assert.deepEqual((await apply('a-good-key-1')).json, { serial, state: 'applied' })
    assert.equal((await apply('a-good-key-1', { expires: '20300402' })).json.code, 'keyReused')
    assert.equal((await apply('a-good-key-2')).json.code, 'cardExists')
  })

  test('bad input names the field; unknown fields, paths, terminals, roles, sizes and syntax are refused by code', async () => {
    const refusal = async (...args: Parameters<typeof call>) => {
      const { status, json } = await call(...args)
      return [status, json.code, json.detail]
    }
    const order = { kind: 'auth', card: 'card-hanako', publicKey: 'AAAA' }
    assert.deepEqual(await refusal('demo-town', 'POST', '/v1/certificates', { ...order, pin: '1234' }), [
      400,
      'badInput',
      'body: unknown field pin',
    ])
    const [, , detail] = await refusal('demo-town', 'POST', '/v1/certificates', { ...order, kind: 'seal' })
    assert.match(detail as string, /^body\.kind: /)
    assert.equal((await refusal('demo-town', 'GET', '/v1/certificates/auth-2/x'))[1], 'badInput')
    assert.equal((await refusal('demo-town', 'GET', '/v1/certificates/auth-2/5'))[1], 'unknownCertificate')
    assert.equal((await refusal('demo-town', 'GET', '/v1/cards/none'))[1], 'unknownCard')
    assert.equal((await refusal('nobody', 'GET', '/v1/cards/none'))[1], 'unknownTerminal')
    assert.equal((await refusal('demo-kiosk', 'POST', '/v1/cards', {}))[1], 'notAllowed')
    assert.equal((await refusal('demo-town', 'POST', '/v1/certificates', '{"kind"'))[1], 'badInput')
    assert.equal((await refusal('demo-town', 'POST', '/v1/certificates', `"${'x'.repeat(70_000)}"`))[1], 'tooLarge')
    assert.equal((await refusal('demo-town', 'GET', '/v1/none'))[1], 'unknownPath')
    assert.equal((await refusal('demo-town', 'GET', '/v1/cards/card-hanako?pin=1'))[1], 'badInput')
    assert.equal(
      (await refusal('demo-town', 'GET', '/v1/towns', undefined, { 'Madoguchi-Operator': 'two words' }))[1],
      'badInput',
    )
  })

  test('validity: single, and a stream in which a bad line stops nobody; live and by list tell their age', async () => {
    const { json } = await call('demo-town', 'GET', '/v1/cards/card-hanako')
    const { issuer, serial } = json.certificates[0]
    const { json: live } = conforms(
      'checkCertificate',
      await call('demo-verifier', 'POST', '/v1/validity', { issuer, serial, by: 'live' }),
    )
    assert.deepEqual([live.status, live.expired, live.source], ['good', false, 'live'])
    const { json: listed } = conforms(
      'checkCertificate',
      await call('demo-verifier', 'POST', '/v1/validity', { issuer, serial, by: 'list' }),
    )
    assert.ok(listed.status === 'good' && listed.nextUpdate > listed.thisUpdate)
    for (const by of ['live', 'list']) {
      const body = `${JSON.stringify({ issuer, serial })}\nnonsense\n${JSON.stringify({ issuer: 'x', serial: 1 })}\n${JSON.stringify({ issuer, serial: 9 })}`
      const response = await fetch(`${running.address}/v1/validity/batch?by=${by}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body,
      })
      const answers = (await response.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      assert.deepEqual(
        answers.map(({ line, status, error }) => [line, status ?? error]),
        [
          [1, 'good'],
          [2, 'badInput'],
          [3, 'unknownIssuer'],
          [4, by === 'live' ? 'unknown' : 'good'],
        ],
      )
    }
  })

  test('health, readiness and metrics; no personal data in log or metrics', async () => {
    const get = async (path: string) => (await fetch(running.address + path)).json()
    assert.deepEqual(await get('/health'), { alive: true, version: 'test' })
    assert.deepEqual(await get('/ready'), { ready: true, parts: { database: 'up', keys: 'up', issuing: 'up' } })
    await call('demo-town', 'POST', '/v1/people/search', { kana: 'ばんごう はなこ', birth: '19890331', sex: '2' })
    const text = await (await fetch(`${running.address}/metrics`)).text()
    assert.match(text, /madoguchi_requests_total\{endpoint="\/v1\/cards\/:serial",status="200"\} \d/)
    assert.match(text, /madoguchi_request_seconds_bucket\{endpoint="\/ocsp",le="\+Inf"\} \d/)
    assert.doesNotMatch(text + JSON.stringify(lines), /花子|ばんごう|19890331|card-hanako|清瀬/)
    assert.ok(lines.some(({ terminal, endpoint }) => terminal === 'demo-town' && endpoint === '/v1/certificates'))
  })

  test('F58 at the door: reading and birthday alone are refused, alike people need a second look', async () => {
    const { json } = conforms(
      'searchPeople',
      await call('demo-town', 'POST', '/v1/people/search', { kana: 'バンゴウ　ハナコ', birth: '19890331', sex: '2' }),
    )
    assert.deepEqual([json.kind, json.candidates.length], ['secondLook', 2])
    assert.equal(
      (await call('demo-town', 'POST', '/v1/people/search', { kana: 'x', birth: '19890331' })).json.code,
      'searchTooWeak',
    )
  })

  test('the rest of the contract answers as it says', async () => {
    const get = (name: EndpointName, path: string) =>
      call('demo-administrator', 'GET', path).then((answer) => conforms(name, answer))
    const post = (name: EndpointName, path: string, body: object, by = 'demo-administrator') =>
      call(by, 'POST', path, body).then((answer) => conforms(name, answer))
    await get('authorities', '/v1/authorities')
    assert.equal((await get('towns', '/v1/towns')).json.length, 1741 + 175)
    conforms('setTown', await call('demo-administrator', 'PUT', '/v1/towns/011002', { down: true }))
    const snapshot = await fetch(`${running.address}/status/auth-2`)
    assert.equal(snapshot.status, 200)
    const since = await fetch(
      `${running.address}/status/auth-2/since/${snapshot.headers.get('etag')?.replaceAll('"', '')}`,
    )
    assert.equal(since.status, 200)
    assert.equal(await statusOf(`${running.address}/status/auth-2/since/x`), 404)
    await post('publishCrl', '/v1/crl', { issuer: 'auth-2', shard: 'all' })
    await post('blockKey', '/v1/blocked-keys', { publicKey: b64(cardKey().publicKey) })
    await post('enrolTerminal', '/v1/terminals', {
      id: 't9',
      role: 'kiosk',
      town: '132217',
      fingerprint: 'A'.repeat(64),
    })
    await post('disableTerminal', '/v1/terminals/t9/disable', {})
    assert.equal((await call('t9', 'GET', '/v1/towns')).json.code, 'unknownTerminal')
    const attributes = {
      name: '仮名　太郎',
      kana: 'カメイ　タロウ',
      sex: '1',
      birth: '19800101',
      address: '東京都',
      abroad: false,
    }
    await post('addPerson', '/v1/people', { id: 'taro', municipality: '132217', ...attributes }, 'demo-registry')
    const compared = {
      name: attributes.name,
      birth: attributes.birth,
      sex: attributes.sex,
      address: attributes.address,
    }
    await post('pickPerson', '/v1/people/pick', { holder: 'taro', compared }, 'demo-town')
    await post(
      'registryEvent',
      '/v1/registry-events',
      { id: 'ev-1', holder: 'taro', event: { kind: 'died' } },
      'demo-registry',
    )
    await post(
      'applyForCard',
      '/v1/cards',
      { serial: 'card-x', holder: 'hanako', expires: '20350331', faceAuth: false },
      'demo-town',
    )
    const { json } = await call('demo-town', 'GET', '/v1/cards/card-hanako')
    const { issuer, serial } = json.certificates[0]
    await post('endCertificate', `/v1/certificates/${issuer}/${serial}/end`, { to: 'held' }, 'demo-callCentre')
  })

  test('reservations: an unknown one by code; the comparison of faces in its own words only', async () => {
    const app = (path: string, body?: object) => call('demo-resetApp', body === undefined ? 'GET' : 'POST', path, body)
    assert.equal((await app('/v1/resets/none')).json.code, 'noReservation')
    const open = (body: object) => app('/v1/resets/none/open', { signature: 'AAAA', ...body })
    assert.equal((await open({ face: { method: 'engine', matched: true } })).json.code, 'noReservation')
    const simulated = { method: 'simulatedEngine', matched: true }
    assert.equal((await open({ face: simulated })).json.code, 'simulatedFaceRefused')
    assert.match((await open({ faceMatched: true })).json.detail, /body\.face/)
    assert.match((await open({ face: { method: 'guess', matched: true } })).json.detail, /body\.face\.method/)
  })

  test('roles: public serves status alone, core the business alone', async () => {
    for (const [role, open, closed] of [
      ['public', '/crl/auth-2/all.crl', '/v1/towns'],
      ['core', '/v1/towns', '/crl/auth-2/all.crl'],
    ] as const) {
      const one = await runBackend(options(role, { role }))
      const status = (path: string) => statusOf(one.address + path, 'demo-town')
      assert.deepEqual([await status(open), await status(closed)], [200, 404])
      await one.stop()
    }
  })

  test('P3: a terminal that asks too fast is told to wait, others are served', async () => {
    const one = await runBackend(options('rate'))
    const ask = (terminal: string) => statusOf(`${one.address}/v1/authorities`, terminal)
    const statuses: number[] = []
    for (let i = 0; i < 10; i++)
      statuses.push(...(await Promise.all(Array.from({ length: 40 }, () => ask('demo-kiosk')))))
    assert.ok(statuses.includes(429))
    assert.ok(statuses.filter((status) => status === 200).length >= 200)
    assert.equal(await ask('demo-town'), 200)
    await one.stop()
  })

  test('a stop finishes the request that runs and refuses new ones', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let entered = () => {}
    const inside = new Promise<void>((resolve) => {
      entered = resolve
    })
    const one = await runBackend(options('stop'))
    const { store } = one.backend.parts
    const transaction = store.transaction.bind(store)
    store.transaction = (work) =>
      transaction((tx) => {
        const run: typeof tx.run = async (sql, ...params) => {
          if (sql.startsWith('DELETE FROM readiness')) {
            entered()
            await held
          }
          return tx.run(sql, ...params)
        }
        return work({ ...tx, run })
      })
    const ready = fetch(`${one.address}/ready`)
    await inside
    const stopped = one.stop()
    release()
    assert.equal((await ready).status, 200)
    await stopped
    await assert.rejects(fetch(`${one.address}/health`))
  })

  test('P15, P16: dead keys – readiness names them, orders are refused by that name, status of lists goes on', async () => {
    const one = await runBackend(
      options('dead', {
        prepare: async (backend) => {
          await prepareDemo(backend)
          await backend.lists.publish(backend.issuers[0] as (typeof backend.issuers)[0], 'all')
          backend.parts.keys.sign = async () => {
            const { SigningUnavailable } = await import('../../src/backend/keys/key-store.ts')
            throw new SigningUnavailable('gone')
          }
        },
      }),
    )
    const headers = {
      'Madoguchi-Terminal': 'demo-deliverySite',
      'Idempotency-Key': 'dead-keys-1',
      'Content-Type': 'application/json',
    }
    const ready = await fetch(`${one.address}/ready`)
    assert.equal(ready.status, 503)
    assert.equal(((await ready.json()) as { parts: { keys: string } }).parts.keys, 'down')
    await fetch(`${one.address}/v1/cards/card-hanako/state`, {
      method: 'POST',
      headers: { ...headers, 'Idempotency-Key': 'dead-keys-0' },
      body: '{"to":"dispatched"}',
    })
    const body = JSON.stringify({ kind: 'auth', card: 'card-hanako', publicKey: b64(cardKey().publicKey) })
    const order = await fetch(`${one.address}/v1/certificates`, { method: 'POST', headers, body })
    assert.deepEqual([order.status, ((await order.json()) as { code: string }).code], [503, 'signingUnavailable'])
    assert.equal(await statusOf(`${one.address}/crl/${one.backend.issuers[0]?.id}/all.crl`), 200)
    await one.stop()
  })

  test('mutual TLS: a terminal is who its certificate is; no certificate or a strange one is refused', async () => {
    const make = (name: string) => {
      const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
      openssl(
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      )
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    }
    const [server, terminal, stranger] = [make('server'), make('terminal'), make('stranger')]
    const der = Buffer.from(terminal.cert.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    const fingerprint = createHash('sha256').update(der).digest('hex').toUpperCase()
    const one = await runBackend(
      options('tls', {
        tls: server,
        prepare: (backend) =>
          enrol(backend.parts, { id: 'counter-7', role: 'town', town: '132217', fingerprint }, { terminal: 'test' }),
      }),
    )
    const ask = (client: { key: string; cert: string } | object, headers = {}) =>
      new Promise<number>((resolve, reject) => {
        const request = httpsRequest(
          `${one.address}/v1/authorities`,
          { ca: server.cert, ...client, headers, agent: false },
          (response) => {
            response.resume()
            resolve(response.statusCode ?? 0)
          },
        )
        request.on('error', reject).end()
      })
    assert.equal(await ask(terminal), 200)
    assert.equal(await ask(stranger, { 'Madoguchi-Terminal': 'counter-7' }), 401)
    assert.equal(await ask({}, { 'Madoguchi-Terminal': 'counter-7' }), 401)
    await one.stop()
  })
})

/** The answer is read to its end: a connection that waits to be read would hold up a graceful stop. */
async function statusOf(url: string, terminal = ''): Promise<number> {
  const response = await fetch(url, { headers: { 'Madoguchi-Terminal': terminal } })
  await response.arrayBuffer()
  return response.status
}

function rawRequest(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(running.address).port), '127.0.0.1', () => socket.write(text))
    let got = ''
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1')
    })
    socket.on('end', () => resolve(got)).on('error', reject)
  })
}

/** OpenSSL as a client of this very process: it must not be waited for synchronously. */
async function ask(...args: readonly string[]): Promise<string> {
  const { execFile } = await import('node:child_process')
  return new Promise((resolve, reject) =>
    execFile('openssl', args, (error, out) => (error === null ? resolve(out) : reject(error))),
  )
}
