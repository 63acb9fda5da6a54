/** The line to a face engine: what an answer of the contract means, and that nothing else means anything. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type EngineTrouble, engineFace } from '../../apps/faces/engine.ts'
import { comparisonForm, MOST_ANSWER } from '../../apps/faces/engine-contract.ts'
import { type Asked, conforming, engineServer, json, type ServerOptions } from './engine-server.ts'
import { chipPhoto, livePicture } from './specimens.ts'

let photo: Uint8Array
const live = livePicture()
before(async () => {
  photo = await chipPhoto()
})
const never = () => new AbortController().signal

/** A client, and what it told about its troubles. */
function client(address: string, more: { pem?: string; answerMs?: number } = {}) {
  const troubles: EngineTrouble[] = []
  const face = engineFace({ address, told: (trouble) => troubles.push(trouble), ...more })
  return { troubles, compare: (signal = never()) => face.compare(photo, live, signal) }
}

test('both pictures arrive as they were given; each decision is what it says, with its reference', async () => {
  for (const [decision, expected] of [
    ['same', { method: 'engine', matched: true, decidedBy: 'ref.1' }],
    ['different', { method: 'engine', matched: false, decidedBy: 'ref.1' }],
    ['unclear', { method: 'engine', matched: false, unclear: true, decidedBy: 'ref.1' }],
  ] as const) {
    let asked: Asked | undefined
    await using server = await engineServer({
      answer: (response, given) => {
        asked = given
        json(response, { comparison: given.comparison, decision, reference: 'ref.1' })
      },
    })
    const { compare, troubles } = client(`${server.address}/under/a/path`)
    assert.deepEqual(await compare(), expected)
    assert.deepEqual(
      [Buffer.from(asked?.photo ?? []), Buffer.from(asked?.live ?? [])],
      [Buffer.from(photo), Buffer.from(live)],
    )
    assert.deepEqual(server.requests, [{ method: 'POST', url: '/under/a/path/v1/comparisons' }])
    assert.deepEqual(troubles, [])
  }
})

const good = ({ comparison }: Asked) => ({ comparison, decision: 'same', reference: 'ref' })
const WRONG: Readonly<Record<string, NonNullable<ServerOptions['answer']>>> = {
  'an error that looks like an answer': (response, asked) => json(response, good(asked), 500),
  'a created answer': (response, asked) => json(response, good(asked), 201),
  'an answer about somebody else': (response, asked) => json(response, { ...good(asked), comparison: '0'.repeat(32) }),
  'another decision': (response, asked) => json(response, { ...good(asked), decision: true }),
  'no reference': (response, { comparison }) => json(response, { comparison, decision: 'same' }),
  'a reference that could hold a name': (response, asked) =>
    json(response, { ...good(asked), reference: '番号　花子' }),
  'something more': (response, asked) => json(response, { ...good(asked), score: 0.99 }),
  'a list': (response, asked) => json(response, [good(asked)]),
  'no JSON': (response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('same'),
  'JSON that does not say so': (response, asked) =>
    void response.writeHead(200, { 'Content-Type': 'text/html' }).end(JSON.stringify(good(asked))),
  'too much': (response, asked) =>
    void response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify(good(asked)) + ' '.repeat(MOST_ANSWER)),
}
for (const [name, answer] of Object.entries(WRONG))
  test(`${name}: not compared, nobody refused, and said to whoever looks after it`, async () => {
    await using server = await engineServer({ answer })
    const { compare, troubles } = client(server.address)
    assert.equal(await compare(), undefined)
    assert.deepEqual(troubles, ['notConforming'])
    assert.equal(server.requests.length, 1, 'pictures are not sent again')
  })

test('a redirection is not followed: the pictures go nowhere else', async () => {
  await using elsewhere = await engineServer()
  for (const status of [301, 302, 307, 308]) {
    await using server = await engineServer({
      answer: (response) => void response.writeHead(status, { Location: `${elsewhere.address}/v1/comparisons` }).end(),
    })
    const { compare, troubles } = client(server.address)
    assert.equal(await compare(), undefined)
    assert.deepEqual(troubles, ['notConforming'])
  }
  assert.deepEqual(elsewhere.requests, [])
})

test('an answer without end is cut off, however slowly or fast it comes', async () => {
  const endless: NonNullable<ServerOptions['answer']> = async (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    while (!response.destroyed) {
      response.write(' '.repeat(512))
      await setTimeout(1)
    }
  }
  await using server = await engineServer({ answer: endless })
  const { compare, troubles } = client(server.address)
  assert.equal(await compare(), undefined)
  assert.deepEqual(troubles, ['notConforming'])
})

test('too late – before the answer, and in the middle of it – is late', async () => {
  for (const answer of [
    () => {},
    (response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).write('{'),
  ] satisfies ServerOptions['answer'][]) {
    await using server = await engineServer({ answer })
    const { compare, troubles } = client(server.address, { answerMs: 150 })
    assert.equal(await compare(), undefined)
    assert.deepEqual(troubles, ['late'])
  }
})

test('nobody there, a line that breaks, a server that speaks something else', async () => {
  const port = async (greeting: string) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(greeting))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, address: `http://127.0.0.1:${(server.address() as { port: number }).port}` }
  }
  const [broken, foreign] = [await port(''), await port('220 mail.example ESMTP\r\n')]
  for (const address of ['http://127.0.0.1:9', broken.address, foreign.address]) {
    const { compare, troubles } = client(address)
    assert.equal(await compare(), undefined, address)
    assert.deepEqual(troubles, ['unreachable'], address)
  }
  for (const { server } of [broken, foreign]) server.close()
})

test('the phone gave up: the question ends at once, with its reason, and is nobody’s trouble', async () => {
  const closed = Promise.withResolvers<void>()
  await using server = await engineServer({ answer: (response) => void response.on('close', () => closed.resolve()) })
  const { compare, troubles } = client(server.address)
  const gone = new AbortController()
  const asked = compare(gone.signal)
  while (server.requests.length === 0) await setTimeout(5)
  gone.abort(new Error('the card is gone'))
  await assert.rejects(asked, /the card is gone/)
  await closed.promise
  assert.deepEqual(troubles, [])
})

test('the form: two parts, their types, and a boundary that is in no picture', () => {
  const { type, body } = comparisonForm('00112233445566778899aabbccddeeff', photo, live)
  const boundary = /boundary=(\S+)$/.exec(type)?.[1] ?? ''
  const text = Buffer.from(body).toString('latin1')
  assert.equal(text.split(`--${boundary}`).length, 4)
  assert.ok(text.endsWith(`\r\n--${boundary}--\r\n`))
})

test('TLS 1.3 with a certificate at either end; a stranger’s engine gets no picture', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-engine-'))
  const identity = (name: string) => {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    const who = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', ...curve, ...who, ...files], { stdio: 'ignore' })
    const [key = '', cert = ''] = ['key', 'crt'].map((end) => readFileSync(join(folder, `${name}.${end}`), 'utf8'))
    return { key, cert }
  }
  const [engine, app, stranger] = [identity('engine'), identity('app'), identity('stranger')]
  const pem = (authority: { cert: string }) => [app.key, app.cert, authority.cert].join('\n')
  await using server = await engineServer({ answer: conforming, tls: { ...engine, ca: app.cert } })
  const known = client(server.address, { pem: pem(engine) })
  assert.equal((await known.compare())?.matched, true)
  const notOurs = client(server.address, { pem: pem(stranger) })
  assert.equal(await notOurs.compare(), undefined)
  assert.deepEqual([notOurs.troubles, server.requests.length], [['unreachable'], 1])
  assert.throws(() => engineFace({ address: server.address, pem: 'no key' }), TypeError)
  rmSync(folder, { recursive: true })
})
