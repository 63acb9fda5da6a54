/**
 * Does a server keep docs/face-engine.md? Without anything it asks the reference server beside it. A vendor runs it against their own:
 *
 *     FACE_ENGINE=https://faces.example FACE_ENGINE_PEM=line.pem npm test -- test/faces/engine-contract.test.ts
 *
 * `FACE_ENGINE_PEM`: key, certificate and authority, for an engine behind TLS. `FACE_ENGINE_PHOTO` and `FACE_ENGINE_LIVE` name pictures of
 * one person (JPEG 2000, JPEG), `FACE_ENGINE_OTHER` somebody else's (JPEG); without them drawings are compared, which an engine may call
 * unclear. This file is the vendor's: it knows the contract and no client.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { after, before, test } from 'node:test'
import { identity } from '../../apps/terminal/electron/https-port.ts'
import { type EngineServer, engineServer } from './engine-server.ts'
import { chipPhoto, livePicture } from './specimens.ts'

const { FACE_ENGINE, FACE_ENGINE_PEM, FACE_ENGINE_PHOTO, FACE_ENGINE_LIVE, FACE_ENGINE_OTHER } = process.env
const tls = FACE_ENGINE_PEM === undefined ? {} : identity(readFileSync(FACE_ENGINE_PEM, 'utf8'))

let reference: EngineServer | undefined
let base = FACE_ENGINE ?? ''
let photo: Uint8Array
let live: Uint8Array
before(async () => {
  if (FACE_ENGINE === undefined) reference = await engineServer()
  base = `${(reference?.address ?? base).replace(/\/$/, '')}/v1/comparisons`
  photo = FACE_ENGINE_PHOTO === undefined ? await chipPhoto() : readFileSync(FACE_ENGINE_PHOTO)
  live = FACE_ENGINE_LIVE === undefined ? livePicture() : readFileSync(FACE_ENGINE_LIVE)
})
after(() => reference?.[Symbol.asyncDispose]())

interface Answered {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly ms: number
}

/** One request; what it sends is in the caller's hands, so that it can be wrong. */
function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<Answered> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? tlsRequest : plainRequest
    const asked = ask(
      url,
      { method, headers: { ...headers, 'Content-Length': String(body.length) }, ...tls },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const type = answer.headers['content-type'] ?? ''
          const text = Buffer.concat(parts).toString('utf8')
          resolve({ status: answer.statusCode ?? 0, type, body: text, ms: performance.now() - began })
        })
        answer.on('error', reject)
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

async function compare(
  pictures: { photo?: Uint8Array; live?: Uint8Array },
  comparison = randomBytes(16).toString('hex'),
) {
  const form = new FormData()
  const add = (name: string, bytes: Uint8Array | undefined, type: string, file: string) =>
    bytes && form.append(name, new Blob([new Uint8Array(bytes)], { type }), file)
  add('photo', pictures.photo, 'image/jp2', 'photo.jp2')
  add('live', pictures.live, 'image/jpeg', 'live.jpg')
  const framed = new Response(form)
  const headers = { 'Content-Type': framed.headers.get('content-type') ?? '', 'Madoguchi-Comparison': comparison }
  const answer = await send(base, 'POST', { ...headers, Accept: 'application/json' }, await framed.bytes())
  return { ...answer, comparison }
}

function answerOf({ status, type, body, ms, comparison }: Awaited<ReturnType<typeof compare>>) {
  assert.equal(status, 200, body)
  assert.match(type, /^application\/json\b/i)
  assert.ok(Buffer.byteLength(body) <= 4_096, 'at most 4,096 octets')
  assert.ok(ms < 10_000, `within ten seconds, not ${Math.round(ms)} ms`)
  const answer = JSON.parse(body)
  assert.deepEqual(Object.keys(answer).sort(), ['comparison', 'decision', 'reference'], 'these three and nothing else')
  assert.equal(answer.comparison, comparison, 'the comparison that was asked')
  assert.ok(['same', 'different', 'unclear'].includes(answer.decision), answer.decision)
  assert.match(answer.reference, /^[A-Za-z0-9._-]{1,64}$/)
  return answer
}

test('two pictures: a decision of the contract, in time', async () => {
  const { decision } = answerOf(await compare({ photo, live }))
  if (FACE_ENGINE_LIVE !== undefined) assert.equal(decision, 'same')
})

test('somebody else’s picture is never the same person', async () => {
  if (FACE_ENGINE_OTHER === undefined) {
    // What can be said without one: a picture that shows nobody is not the same person either.
    const nobody = await compare({ photo, live: Buffer.from('nobody') })
    if (nobody.status === 200) assert.notEqual(answerOf(nobody).decision, 'same')
    return
  }
  assert.equal(answerOf(await compare({ photo, live: readFileSync(FACE_ENGINE_OTHER) })).decision, 'different')
})

test('many at once: each is answered for itself, with a reference of its own', async () => {
  const answers = (await Promise.all(Array.from({ length: 8 }, () => compare({ photo, live })))).map(answerOf)
  assert.equal(new Set(answers.map(({ reference }) => reference)).size, answers.length)
})

test('bytes that are no picture, and none at all: unclear, or refused – never a match', async () => {
  for (const pictures of [
    { photo: Buffer.from('no picture'), live },
    { photo, live: Buffer.alloc(1) },
    { photo: live, live: photo },
  ]) {
    const answered = await compare(pictures)
    if (answered.status === 200) assert.notEqual(answerOf(answered).decision, 'same')
    else assert.ok(answered.status >= 400 && answered.status < 500, `${answered.status}`)
  }
})

test('what is no question is refused with 4xx: a picture missing, no form, no comparison, another path or method', async () => {
  const refused = (answered: Answered, what: string) =>
    assert.ok(answered.status >= 400 && answered.status < 500, `${what}: ${answered.status}`)
  refused(await compare({ photo }), 'no live picture')
  refused(await compare({ live }), 'no photo')
  refused(await compare({ photo, live }, 'not hexadecimal'), 'no comparison')
  const text = { 'Content-Type': 'application/json', 'Madoguchi-Comparison': '0'.repeat(32) }
  refused(await send(base, 'POST', text, Buffer.from('{}')), 'no form')
  refused(await send(base, 'GET', {}, Buffer.alloc(0)), 'GET')
  refused(await send(`${base}/elsewhere`, 'POST', text, Buffer.from('{}')), 'another path')
})
