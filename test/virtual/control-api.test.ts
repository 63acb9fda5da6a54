/** The control API: HTTP on a Unix socket, and an OpenAPI description that is checked against what the server does. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CardSupply } from '../../drivers/virtual/control/card-supply.ts'
import { ControlServer } from '../../drivers/virtual/control/control-server.ts'
import { ControlDesk } from '../../drivers/virtual/control/desk.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { FakeChip } from './fake-chip.ts'
import { within } from './with-service.ts'

/** What any answer may hold; each test looks at its own members. */
interface Body {
  readonly error: string
  readonly via: string
  readonly snapshot: string
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
}
interface Operation {
  readonly operationId: string
  readonly requestBody?: object
  readonly responses: Record<string, object>
}
interface Entry {
  readonly card: string
  readonly keypadPrompt: string
  readonly header: string
}
interface Answer {
  readonly status: number
  readonly body: Body & readonly Entry[]
}

function http(socketPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const out = request({ socketPath, method, path, headers: { 'content-type': 'application/json' } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const parsed = text === '' ? undefined : JSON.parse(text)
        resolve({ status: response.statusCode ?? 0, body: parsed })
      })
    })
    out.on('error', reject)
    out.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })
}

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'madoguchi-control-'))
  const saved: string[] = []
  const supply: CardSupply = {
    async load(source) {
      if (source !== 'fake') throw new Error(`there is no card "${source}"`)
      const chip = new FakeChip()
      return {
        card: {
          chip,
          label: source,
          snapshot: () => chip.stored,
          restore: (state) => {
            chip.stored = state as number
          },
          planPowerCut: (plan) => {
            chip.cut = plan
          },
        },
        save: async () => {
          saved.push(source)
        },
      }
    },
  }
  const bay = new ReaderBay()
  const desk = new ControlDesk(bay, supply)
  const server = await ControlServer.listen(desk, join(folder, 'control'))
  const call = (method: string, path: string, body?: unknown) => http(server.socketPath, method, path, body)
  const expect = async (status: number, method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body)
    assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  return {
    bay,
    desk,
    server,
    saved,
    call,
    expect,
    async [Symbol.asyncDispose]() {
      await server.close()
      bay.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

test('only its owner may open the socket', async () => {
  await using it = await setUp()
  assert.equal((await stat(it.server.socketPath)).mode & 0o777, 0o600)
})

test('plug, insert, remove, tap, unplug; a card that leaves a reader is saved', async () => {
  await using it = await setUp()
  const name = encodeURIComponent('第一 窓口/1')
  await it.expect(201, 'POST', '/readers', { name: '第一 窓口/1' })
  const laid = await it.expect(200, 'POST', `/readers/${name}/insert`, { card: 'fake' })
  assert.deepEqual(laid, {
    name: '第一 窓口/1',
    card: 'present',
    label: 'fake',
    via: 'contact',
    atr: '3BE000FF8131FE4514',
    powered: false,
    connections: 0,
    events: 1,
  })
  assert.deepEqual(await it.expect(200, 'GET', '/readers'), [laid])
  await it.expect(204, 'POST', `/readers/${name}/remove`)
  const tapped = await it.expect(200, 'POST', `/readers/${name}/tap`, { card: 'fake', holdMs: 20 })
  assert.equal(tapped.via, 'contactless')
  await within(new Promise(() => {}), 60)
  assert.equal((await it.expect(200, 'GET', '/readers'))[0]?.card, 'absent')
  await it.expect(200, 'POST', `/readers/${name}/insert`, { card: 'fake' })
  await it.expect(204, 'DELETE', `/readers/${name}`)
  assert.deepEqual(await it.expect(200, 'GET', '/readers'), [])
  assert.deepEqual(it.saved, ['fake', 'fake', 'fake'])
})

test('refusals are one sentence with a fitting status', async () => {
  await using it = await setUp()
  await it.expect(201, 'POST', '/readers', { name: 'A' })
  const refusals: readonly [status: number, method: string, path: string, body: unknown, sentence: RegExp][] = [
    [409, 'POST', '/readers', { name: 'A' }, /already a reader "A"/],
    [409, 'POST', '/readers', { name: 'あ'.repeat(50) }, /1 to 127 bytes/],
    [400, 'POST', '/readers', { name: 'B', colour: 'red' }, /colour/],
    [400, 'POST', '/readers', 'not json', /not JSON/],
    [413, 'POST', '/readers', 'x'.repeat(1_100_000), /at most/],
    [404, 'POST', '/readers/B/insert', { card: 'fake' }, /no reader "B"/],
    [400, 'POST', '/readers/A/insert', { card: 'nonsense' }, /no card "nonsense"/],
    [409, 'POST', '/readers/A/remove', undefined, /no card in the reader "A"/],
    [409, 'POST', '/readers/A/cut-power', undefined, /no powered card/],
    [409, 'POST', '/readers/A/snapshots', undefined, /no card/],
    [409, 'POST', '/readers/A/keypad', { digits: '1234' }, /no keypad/],
    [400, 'POST', '/readers/A/faults', { kind: 'earthquake' }, /kind/],
    [400, 'POST', '/readers/A/faults', { kind: 'slow', ms: -1 }, /ms/],
    [400, 'GET', '/trace?from=x', undefined, /from/],
    [404, 'PUT', '/readers', undefined, /has no PUT/],
    [404, 'GET', '/nothing', undefined, /nothing at/],
    [400, 'DELETE', '/readers/%E0', undefined, /encoded/],
  ]
  for (const [status, method, path, body, sentence] of refusals) {
    const { error } = await it.expect(status, method, path, body)
    assert.match(error, sentence)
  }
})

test('faults, power, snapshots, keypad and trace do what they say', async () => {
  await using it = await setUp()
  await it.expect(201, 'POST', '/readers', { name: 'A', keypad: true })
  await it.expect(200, 'POST', '/readers/A/insert', { card: 'fake' })
  const connection = await new MemoryReaderService(it.bay).connect('A', 'shared')
  await connection.transmit(fromHex('00 D6 00 07'))
  const { snapshot } = await it.expect(201, 'POST', '/readers/A/snapshots')
  await connection.transmit(fromHex('00 D6 00 08'))
  await connection.transmit(fromHex('00 20 00 09'))
  await it.expect(204, 'POST', '/readers/A/cut-power')
  await assert.rejects(connection.transmit(fromHex('00 21 00 00')), /cardReset/)
  await connection.reconnect('leave')
  assert.equal(hex(await connection.transmit(fromHex('00 21 00 00'))), '009000')
  assert.equal(hex(await connection.transmit(fromHex('00 22 00 00'))), '089000')
  await it.expect(204, 'POST', '/readers/A/restore', { snapshot })
  await assert.rejects(connection.transmit(fromHex('00 22 00 00')), /cardReset/)
  await connection.reconnect('leave')
  assert.equal(hex(await connection.transmit(fromHex('00 22 00 00'))), '079000')
  await it.expect(404, 'POST', '/readers/A/restore', { snapshot: 'other' })

  await it.expect(204, 'POST', '/readers/A/faults', { kind: 'truncate', length: 1, command: 2 })
  assert.deepEqual(await it.expect(200, 'GET', '/readers/A/faults'), [{ kind: 'truncate', length: 1, command: 2 }])
  await it.expect(204, 'DELETE', '/readers/A/faults')
  assert.deepEqual(await it.expect(200, 'GET', '/readers/A/faults'), [])

  await it.expect(409, 'POST', '/readers/A/keypad', { digits: '1234' })
  const request = { header: fromHex('00 20 00 05'), minLength: 4, maxLength: 4, timeoutSeconds: 30 }
  const typing = connection.verifyOnPinPad(request)
  assert.equal((await it.expect(200, 'GET', '/readers'))[0]?.keypadPrompt, 'verify')
  await it.expect(204, 'POST', '/readers/A/keypad', { digits: '1234' })
  assert.equal(hex(await typing), '9000')
  const cancelled = connection.verifyOnPinPad(request)
  await it.expect(204, 'POST', '/readers/A/keypad', { cancel: true })
  assert.equal(hex(await cancelled), '6401')

  const trace = await it.expect(200, 'GET', '/trace?reader=A&from=5')
  assert.deepEqual(
    trace.map(({ header }) => header),
    ['00220000', '00200005'],
  )
  assert.doesNotMatch(JSON.stringify(trace), /31323334/)
})

test('the event stream: one JSON object a line', async () => {
  await using it = await setUp()
  const lines: string[] = []
  const stream = request({ socketPath: it.server.socketPath, path: '/events' })
  stream.end()
  const started = new Promise<void>((resolve) =>
    stream.on('response', (response) => {
      assert.equal(response.headers['content-type'], 'application/x-ndjson')
      response.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')))
      resolve()
    }),
  )
  stream.on('error', () => {})
  await started
  await it.expect(201, 'POST', '/readers', { name: 'A' })
  await it.expect(200, 'POST', '/readers/A/insert', { card: 'fake' })
  await it.expect(204, 'POST', '/readers/A/remove')
  await within(new Promise(() => {}), 20)
  stream.destroy()
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)).map(({ kind, reader }) => `${kind} ${reader}`),
    ['plugged A', 'inserted A', 'removed A'],
  )
})

test('every operation of the description is there, and it describes every operation there is', async () => {
  await using it = await setUp()
  const { openapi, paths } = await it.expect(200, 'GET', '/openapi.json')
  assert.match(openapi, /^3\.1\./)
  await it.expect(201, 'POST', '/readers', { name: 'A' })
  const described = new Set<string>()
  const ids = new Set<string>()
  for (const [path, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      described.add(`${method} ${path}`)
      ids.add(operation.operationId)
      if (path === '/events') continue
      const { status, body } = await it.call(
        method.toUpperCase(),
        path.replace('{reader}', 'A'),
        operation.requestBody && {},
      )
      const unknown = status === 404 && /nothing at|has no/.test(body?.error)
      assert.ok(!unknown, `${method} ${path} is described and missing`)
      assert.ok(status < 500, `${method} ${path}: ${status}`)
      if (status < 300 && operation.responses[status] === undefined)
        assert.fail(`${method} ${path}: ${status} not described`)
      if (method === 'delete') await it.call('POST', '/readers', { name: 'A' })
    }
  assert.equal(ids.size, described.size, 'operation ids are unique')
  const parts = [
    'readers',
    'A',
    'insert',
    'tap',
    'remove',
    'cut-power',
    'faults',
    'snapshots',
    'restore',
    'keypad',
    'trace',
    'events',
    'openapi.json',
  ]
  const candidates = parts.flatMap((part) => [`/${part}`, `/readers/${part}`, `/readers/A/${part}`])
  for (const path of candidates)
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      if (path === '/events') continue
      const { status, body } = await it.call(method, path, method.startsWith('P') ? {} : undefined)
      const exists = !(status === 404 && /nothing at|has no/.test(body?.error))
      const template = path.replace(/^\/readers\/([^/]+)/, '/readers/{reader}')
      assert.equal(
        exists,
        described.has(`${method.toLowerCase()} ${template}`),
        `${method} ${path}: ${status} ${body?.error}`,
      )
    }
})
