/** P16: the database away and back, its disk full and free again. Every procedure fails closed by name and goes through afterwards, under the same key. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { keyIdOf } from '../../src/backend/ca/issuers.ts'
import { openStore } from '../../src/backend/store/open.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { parseCertificate } from '../../src/pki/certificate.ts'
import { buildOcspRequest, certId } from '../../src/pki/ocsp-request.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { type Asked, asking, doorClient } from './door-client.ts'
import { type CardKey, cardKey, HIERARCHY, MASTER } from './fixture.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { signedInAt } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-down-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const TOWN = 'demo-town'

describe('PostgreSQL stops and starts again under a running backend', () => {
  let server: PostgresServer
  let running: Running
  const sessions = new Map<string, string>()
  const { send, ok, post } = doorClient(() => running.address, sessions)
  before(async () => {
    server = await startPostgres()
    running = await runBackend({
      ...{
        place: { url: server.database() },
        master: MASTER,
        crlFolder: join(folder, 'crl'),
        ceremony: HIERARCHY.quick,
      },
      ...{
        role: 'all',
        host: '127.0.0.1',
        port: 0,
        version: 'test',
        log: () => {},
        prepare: prepareDemo,
        simulation: true,
      },
    })
    sessions.set(TOWN, (await signedInAt(running.backend, TOWN)).session)
  })
  after(async () => {
    await running.stop()
    await server.stop()
  })

  const order = (kind: string, card: string, key: CardKey) =>
    post(TOWN, '/v1/certificates', { kind, card, publicKey: b64(key.publicKey) })
  const proof = (issued: { challenge: string; certificate: string }, key: CardKey) => ({
    signature: b64(key.sign(Buffer.from(issued.challenge, 'base64'))),
    readBack: issued.certificate,
  })
  const pathOf = ({ issuer, serial }: { issuer: string; serial: number }) => `/v1/certificates/${issuer}/${serial}`

  test('each procedure is refused as storeUnavailable, status says try later, and all go on by themselves', async () => {
    const hanako = '/v1/cards/card-hanako'
    for (const serial of ['card-hanako', 'card-hanako-2'])
      for (const to of ['dispatched', 'setUp']) await post(TOWN, `/v1/cards/${serial}/state`, { to })
    const keys = { auth: cardKey(), sign: cardKey(), later: cardKey(), waiting: cardKey() }
    const auth = await order('auth', 'card-hanako', keys.auth)
    await post(TOWN, `${pathOf(auth)}/confirm`, proof(auth, keys.auth))
    const sign = await order('sign', 'card-hanako', keys.sign)
    await post(TOWN, `${pathOf(sign)}/confirm`, proof(sign, keys.sign))
    const seen = { documents: ['passport'], face: 'matched', purpose: 'delivery' }
    const { check } = await post(TOWN, `${hanako}/identity-checks`, seen)
    const selfTest = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }
    await post(TOWN, `${hanako}/state`, { to: 'delivered', check, selfTest })
    const waiting = await order('auth', 'card-hanako-2', keys.waiting)
    await fetch(`${running.address}/crl/auth-2/all.crl`)

    const person = { sex: '1', birth: '19900101', address: '東京都清瀬市', abroad: false }
    const moved = { kind: 'moved', municipality: '011011', address: '北海道札幌市' }
    const publicKey = b64(keys.later.publicKey)
    const procedures: readonly Asked[] = [
      asking(TOWN, 'POST', '/v1/certificates', { kind: 'sign', card: 'card-hanako-2', publicKey }),
      asking(TOWN, 'POST', `${pathOf(waiting)}/report`, { written: true }),
      asking(TOWN, 'POST', `${pathOf(waiting)}/confirm`, proof(waiting, keys.waiting)),
      asking('demo-registry', 'POST', '/v1/people', {
        id: 'taro',
        municipality: '132217',
        ...person,
        name: '番号　太郎',
        kana: 'バンゴウ　タロウ',
      }),
      asking('demo-registry', 'POST', '/v1/registry-events', { id: 'move-1', holder: 'jiro', event: moved }),
      asking(TOWN, 'POST', '/v1/cards', { serial: 'card-3', holder: 'jiro', expires: '20300331', faceAuth: false }),
      asking(TOWN, 'POST', '/v1/cards/card-jiro/state', { to: 'dispatched' }),
      asking(TOWN, 'POST', '/v1/people/search', { kana: 'バンゴウ　ジロウ', birth: '20170401', sex: '1' }),
      asking(TOWN, 'POST', `${hanako}/identity-checks`, { ...seen, purpose: 'pinReset' }),
      asking('demo-resetApp', 'POST', '/v1/resets', { pin: 'auth', issuer: sign.issuer, serial: sign.serial }),
      asking(TOWN, 'POST', '/v1/scripts', { card: 'card-hanako-2', ask: { procedure: 'certificate', kind: 'auth' } }),
      asking('demo-verifier', 'POST', '/v1/validity', { issuer: auth.issuer, serial: auth.serial, by: 'live' }),
      asking('demo-administrator', 'POST', '/v1/crl', { issuer: 'auth-2', shard: 'all' }),
      asking('demo-administrator', 'PUT', '/v1/towns/131016', { checkSheet: true }),
      asking('demo-administrator', 'POST', '/v1/terminals', {
        id: 'new-1',
        role: 'kiosk',
        town: '132217',
        fingerprint: 'AB'.repeat(32),
      }),
      asking('demo-administrator', 'GET', '/v1/audit/hanako'),
      asking('demo-kiosk', 'GET', hanako),
      asking('demo-kiosk', 'GET', '/v1/towns'),
      asking('demo-callCentre', 'POST', `${pathOf(auth)}/end`, { to: 'held' }),
    ]
    const authority = parseCertificate(Uint8Array.from(Buffer.from(auth.authority, 'base64')))
    assert.ok(authority.ok)
    const sha1 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha1').update(bytes).digest())
    const { subject, publicKey: caKey } = authority.value
    const id = certId(OID.sha1, sha1(subject.encoding), keyIdOf(Uint8Array.from(caKey.spki)), auth.serial)
    const ocsp = async () => {
      const response = await fetch(`${running.address}/ocsp/auth-2/${b64(buildOcspRequest([id]))}`)
      const parsed = parseOcspResponse(new Uint8Array(await response.arrayBuffer()))
      assert.ok(parsed.ok)
      return parsed.value.kind === 'answer' ? (parsed.value.answers[0]?.status.kind ?? 'none') : parsed.value.status
    }
    const ready = async () => {
      const response = await fetch(`${running.address}/ready`)
      return [response.status, ((await response.json()) as { parts: { database: string } }).parts.database]
    }

    assert.deepEqual([await ocsp(), await ready()], ['good', [200, 'up']])
    await server.halt()
    for (const asked of procedures) {
      const { status, json } = await send(asked)
      assert.deepEqual(
        [status, json.code, json.retriable],
        [503, 'storeUnavailable', true],
        `${asked.method} ${asked.path}`,
      )
    }
    assert.deepEqual([await ocsp(), await ready()], ['tryLater', [503, 'down']])
    const list = await fetch(`${running.address}/crl/auth-2/all.crl`)
    assert.equal(list.status, 200, 'the published list is static: it needs no database')

    await server.resume()
    for (const asked of procedures) await ok(asked)
    assert.deepEqual([await ocsp(), await ready()], ['revoked', [200, 'up']])
    assert.equal((await ok(asking('demo-kiosk', 'GET', pathOf(waiting)))).state, 'active')
  })
})

describe('the disk under the embedded database', () => {
  let child: ChildProcess
  let address = ''
  const database = join(folder, 'db')
  const { send, ok } = doorClient(() => address)
  before(async () => {
    const path = join(import.meta.dirname, 'load-server.ts')
    // A file that may not grow is what a full disk looks like; the signal that comes with it is not wanted.
    const job = JSON.stringify({ folder: database, terminals: 2 })
    child = spawn('bash', ['-c', `trap '' XFSZ; exec "$0" "$1" "$2"`, process.execPath, path, job], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    address = String(line).split(' ')[0] ?? ''
  })
  after(async () => {
    child.stdin?.end()
    if (child.exitCode === null) await once(child, 'exit')
  })
  const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`])

  test('full: writes are refused as storeUnavailable, reads and status go on; free again: the same requests go through', async () => {
    const person = { kana: 'バンゴウ　タロウ', sex: '1', birth: '19900101', address: '東京都清瀬市', abroad: false }
    const adding = Array.from({ length: 40 }, (_, i) =>
      asking('registry-0', 'POST', '/v1/people', {
        id: `taro-${i}`,
        municipality: '132217',
        ...person,
        name: `番号　太郎${i}`,
      }),
    )
    limit(String(Math.max(...['madoguchi.db', 'madoguchi.db-wal'].map((name) => statSync(join(database, name)).size))))
    const codes = new Set<string>()
    const done: Asked[] = []
    for (const asked of adding) {
      const { status, json } = await send(asked)
      if (status === 200) done.push(asked)
      else codes.add(`${status} ${json.code}`)
    }
    assert.deepEqual([...codes], ['503 storeUnavailable'])
    const ready = await fetch(`${address}/ready`)
    const { parts } = (await ready.json()) as { parts: { database: string } }
    assert.deepEqual([ready.status, parts.database], [503, 'readOnly'])
    assert.equal((await send(asking('town-0', 'GET', '/v1/towns'))).status, 200)
    assert.equal((await fetch(`${address}/authorities/auth-2.crt`)).status, 200)

    limit('unlimited')
    for (const asked of adding) assert.deepEqual(await ok(asked), { id: (asked.body as { id: string }).id })
    assert.equal((await fetch(`${address}/ready`)).status, 200)
  })

  test('a folder that cannot be is one sentence for the operator', () => {
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => openStore({ folder: join(folder, 'file', 'db') }), StoreRefused)
  })
})
