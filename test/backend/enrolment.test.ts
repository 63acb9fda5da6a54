/** Terminals with client certificates: the first one enrolled at the machine, the others through the door, each known by its certificate alone. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type ConnectionOptions, connect } from 'node:tls'
import { fingerprintOf } from '../../apps/backend/enrolment.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { runTool } from '../../apps/cli/backend-tools.ts'
import type { CliIo } from '../../apps/cli/command.ts'
import { HIERARCHY, MASTER } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-enrolment-'))
const at = (name: string) => join(folder, name)
let running: Running
let n = 0

interface Identity {
  readonly key: string
  readonly cert: string
}

function identity(name: string): Identity {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)]
  execFileSync('openssl', ['req', '-x509', ...curve, ...files, ...names], { stdio: 'ignore' })
  return { key: readFileSync(at(`${name}.key`), 'utf8'), cert: readFileSync(at(`${name}.crt`), 'utf8') }
}

const [server, administrator, kiosk, renewed, stranger] = [
  'server',
  'administrator',
  'kiosk',
  'renewed',
  'stranger',
].map(identity) as [Identity, Identity, Identity, Identity, Identity]

const printed: string[] = []
const io = { out: (line: string) => printed.push(line) } as unknown as CliIo
const enrolAtMachine = (...args: readonly string[]) => runTool(['enrol', '--data', at('db'), ...args], io)
const ADMINISTRATOR = ['--id', 'admin-1', '--role', 'administrator', '--cert', at('administrator.crt')]

before(async () => {
  assert.equal(await enrolAtMachine(...ADMINISTRATOR), 0)
  running = await runBackend({
    ...{ place: { folder: at('db') }, master: MASTER, crlFolder: at('crl'), ceremony: HIERARCHY.quick, tls: server },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {} },
  })
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly code?: string
}

/** One call with this certificate, or with none; whoever else it says it is does not count. */
function ask(who: Identity | undefined, path: string, body?: object): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    'Madoguchi-Terminal': 'admin-1',
    'Idempotency-Key': `enrolment-${++n}`,
    ...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
  }
  const method = text === undefined ? 'GET' : 'POST'
  return new Promise((resolve, reject) => {
    const options = { method, headers, ca: server.cert, agent: false, ...who }
    const call = request(running.address + path, options, (response) => {
      let json = ''
      response.on('data', (chunk) => {
        json += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ...JSON.parse(json) }))
    })
    call.on('error', reject).end(text)
  })
}

const terminal = (id: string, who: Identity, role = 'kiosk') => ({
  ...{ id, role, town: '132217', fingerprint: fingerprintOf(who.cert) },
})
const UNKNOWN = { status: 401, code: 'unknownTerminal' }
const seen = ({ status, code }: Answer) => (code === undefined ? { status } : { status, code })

test('the administrator of the first hour enrols a kiosk; certificates are renewed, shut out and never shared', async () => {
  assert.deepEqual(seen(await ask(kiosk, '/v1/authorities')), UNKNOWN)
  assert.deepEqual(seen(await ask(administrator, '/v1/terminals', terminal('kiosk-1', kiosk))), { status: 200 })
  assert.equal((await ask(kiosk, '/v1/authorities')).status, 200)
  assert.deepEqual(seen(await ask(kiosk, '/v1/terminals', terminal('kiosk-2', renewed))), {
    status: 403,
    code: 'notAllowed',
  })
  assert.deepEqual(seen(await ask(administrator, '/v1/terminals', terminal('kiosk-2', kiosk))), {
    status: 409,
    code: 'terminalTaken',
  })
  assert.equal((await ask(administrator, '/v1/terminals', terminal('kiosk-1', renewed))).status, 200)
  assert.deepEqual(seen(await ask(kiosk, '/v1/authorities')), UNKNOWN, 'the old certificate')
  assert.equal((await ask(renewed, '/v1/authorities')).status, 200)
  assert.equal((await ask(administrator, '/v1/terminals/kiosk-1/disable', {})).status, 200)
  assert.deepEqual(seen(await ask(renewed, '/v1/authorities')), UNKNOWN, 'from the next request on')
})

test('no certificate, a strange one, an older TLS: nobody gets in by a name', async () => {
  assert.deepEqual(seen(await ask(undefined, '/v1/authorities')), UNKNOWN)
  assert.deepEqual(seen(await ask(stranger, '/v1/authorities')), UNKNOWN)
  const { port } = new URL(running.address)
  const options: ConnectionOptions = { port: Number(port), host: '127.0.0.1', ca: server.cert, maxVersion: 'TLSv1.2' }
  const old = new Promise((resolve, reject) => connect(options, () => resolve('connected')).on('error', reject))
  await assert.rejects(old)
})

test('enrolling at the machine: refused in one sentence while the database is in use, for no certificate, for no role', async () => {
  await assert.rejects(enrolAtMachine(...ADMINISTRATOR), /Another backend is running/)
  writeFileSync(at('empty.crt'), 'nothing')
  await assert.rejects(enrolAtMachine('--id', 'x', '--role', 'kiosk', '--cert', at('empty.crt')), /no certificate/)
  await assert.rejects(enrolAtMachine('--id', 'x', '--role', 'king', '--cert', at('kiosk.crt')), /--role is one of/)
  const elsewhere = ['enrol', '--data', at('other'), '--id', 'x', '--role', 'kiosk', '--cert', at('kiosk.crt')]
  await assert.rejects(runTool([...elsewhere, '--town', '999999'], io), /No municipality/)
  assert.match(printed.join(), /admin-1 is enrolled as administrator with the certificate [0-9A-F]{64}/)
})
