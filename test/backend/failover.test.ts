import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { cardKey, HIERARCHY, MASTER } from './fixture.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { signedInAt } from './sign-in.ts'

let server: PostgresServer
let folder: string
before(async () => {
  server = await startPostgres()
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-failover-'))
})
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

describe('P20: two endpoints of one service', () => {
  test('a terminal goes to the other endpoint and back in the middle of everything; no step is lost or done twice', async () => {
    const url = server.database()
    const endpoint = (name: string, port = 0): Promise<Running> =>
      runBackend({
        ...{
          place: { url },
          master: MASTER,
          crlFolder: join(folder, name),
          ceremony: HIERARCHY.quick,
          role: 'all',
          host: '127.0.0.1',
        },
        ...{ port, version: 'test', log: () => {}, prepare: prepareDemo },
      })
    let [first, second] = [await endpoint('first'), await endpoint('second')]
    const ports = [first, second].map(({ address }) => Number(new URL(address).port))
    const addresses = [first.address, second.address]
    // Signed in at one endpoint is signed in at the other.
    const { session } = await signedInAt(first.backend, 'demo-town')
    let preferred = 0
    let n = 0

    /** Asks one endpoint, the other when it is gone; a retry keeps its key. */
    async function call(path: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> {
      const key = `failover-${++n}`
      for (let tries = 0; tries < 4; tries++) {
        try {
          const response = await fetch(`${addresses[preferred]}${path}`, {
            method: body === undefined ? 'GET' : 'POST',
            headers: {
              'Madoguchi-Terminal': 'demo-town',
              'Madoguchi-Operator': session,
              'Idempotency-Key': key,
              ...(body && { 'Content-Type': 'application/json' }),
              Connection: 'close',
            },
            ...(body && { body: JSON.stringify(body) }),
          })
          return { status: response.status, json: (await response.json()) as Record<string, unknown> }
        } catch {
          preferred = 1 - preferred
        }
      }
      throw new Error('no endpoint answers')
    }
    const ok = async (path: string, body?: object) => {
      const { status, json } = await call(path, body)
      assert.equal(status, 200, JSON.stringify(json))
      return json
    }

    const state = '/v1/cards/card-hanako/state'
    await ok(state, { to: 'dispatched' })
    await first.stop()
    await ok(state, { to: 'setUp' })
    const key = cardKey()
    const issued = await ok('/v1/certificates', { kind: 'auth', card: 'card-hanako', publicKey: b64(key.publicKey) })
    first = await endpoint('first', ports[0])
    await second.stop()
    const evidence = {
      signature: b64(key.sign(Buffer.from(String(issued['challenge']), 'base64'))),
      readBack: issued['certificate'],
    }
    const certificate = `/v1/certificates/${issued['issuer']}/${issued['serial']}`
    await ok(`${certificate}/confirm`, evidence)
    second = await endpoint('second', ports[1])
    await first.stop()
    const looked = { documents: ['passport'], face: 'matched', purpose: 'delivery' }
    const { check } = await ok('/v1/cards/card-hanako/identity-checks', looked)
    await ok(state, {
      ...{ to: 'delivered', check },
      selfTest: { applicationsSelect: true, pinsVerify: true, certificatesGood: true },
    })
    assert.equal((await ok(certificate))['state'], 'active')
    const { json: card } = await call('/v1/cards/card-hanako')
    assert.deepEqual([card['state'], (card['certificates'] as unknown[]).length], ['delivered', 1])
    await second.stop()
  })

  test('P16: the database away – orders fail closed by its name, and readiness tells it', async () => {
    const own = await startPostgres()
    const one = await runBackend({
      ...{
        place: { url: own.database() },
        master: MASTER,
        crlFolder: join(folder, 'p16'),
        ceremony: HIERARCHY.quick,
        role: 'all',
        host: '127.0.0.1',
      },
      ...{ port: 0, version: 'test', log: () => {}, prepare: prepareDemo },
    })
    await own.stop()
    const get = async (path: string) => {
      const response = await fetch(one.address + path, { headers: { 'Madoguchi-Terminal': 'demo-town' } })
      return [response.status, await response.json()] as const
    }
    const [status, reply] = await get('/v1/cards/card-hanako')
    assert.deepEqual([status, (reply as { code: string }).code], [503, 'storeUnavailable'])
    const [notReady, parts] = await get('/ready')
    assert.deepEqual([notReady, (parts as { parts: { database: string } }).parts.database], [503, 'down'])
    assert.equal((await get('/health'))[0], 200)
    await one.stop()
  })
})
