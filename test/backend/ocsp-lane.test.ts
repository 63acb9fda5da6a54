/** The short way for OCSP (decision 0142) against node:http alone: the same bytes in, the same bytes out. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { type Front, openFront } from '../../apps/backend/front.ts'
import { limits } from '../../apps/backend/limits.ts'
import { metrics } from '../../apps/backend/metrics.ts'
import { answerOcsp, isOcsp } from '../../apps/backend/ocsp-door.ts'
import { plainOcspGet } from '../../apps/backend/ocsp-lane.ts'
import { end } from '../../src/backend/ca/revoke.ts'
import { type OcspResponder, ocspResponder } from '../../src/backend/status/ocsp.ts'
import { buildOcspRequest, certId } from '../../src/pki/ocsp-request.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { activate, cardKey, type Fixture, openFixture, orderFor, TERMINAL } from './fixture.ts'

const sha1 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha1').update(bytes).digest())

let folder: string
let parts: Fixture
let responder: OcspResponder
let lane: Front
/** The same responder behind node:http alone. */
let bare: Server
/** How often the responder was asked. */
let asked = 0
let path: string
let serial: number

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-lane-'))
  parts = await openFixture({ folder })
  const real = ocspResponder(parts, parts.issuers)
  responder = {
    ...real,
    answer(request) {
      asked++
      return real.answer(request)
    },
  }
  const card = cardKey()
  serial = (await activate(parts, orderFor('auth', card), card)).serial
  path = pathFor(serial)
  lane = await front()
  bare = createServer((request, response) => {
    if (isOcsp(request.url)) void answerOcsp(responder, request, response, () => {})
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(bare, 'listening')
})
after(async () => {
  await lane.close(100)
  bare.close()
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function front(): Promise<Front> {
  const opened = await openFront({
    ...{ limits: limits(parts.clock), metrics: metrics(), log: () => {}, version: '0' },
    status: { responder, store: parts.store, clock: parts.clock },
  })
  opened.handOver((_request, response) => response.writeHead(404).end())
  await opened.listen('127.0.0.1', 0)
  return opened
}

function pathFor(of: number): string {
  const issuer = parts.issuers.find(({ id }) => id === 'auth-2')
  assert.ok(issuer !== undefined)
  const request = buildOcspRequest([certId(OID.sha1, sha1(issuer.name), issuer.keyId, of)])
  return `/ocsp/auth-2/${Buffer.from(request).toString('base64')}`
}
const head = (of = path, more = '') => `GET ${of} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`
const dial = (to: Server): Socket => connect((to.address() as AddressInfo).port, '127.0.0.1').setNoDelay()

/** Everything a server says to these chunks until it hangs up; what differs by the clock left out. */
async function said(to: Server, chunks: readonly Uint8Array[]): Promise<string> {
  const socket = dial(to)
  const heard: Buffer[] = []
  socket.on('data', (chunk) => heard.push(chunk)).on('error', () => {})
  const closed = once(socket, 'close')
  for (const [i, chunk] of chunks.entries()) {
    if (i > 0) await wait(4)
    socket.write(chunk)
  }
  socket.end()
  await closed
  return Buffer.concat(heard)
    .toString('latin1')
    .replace(/Date: [^\r]*\r\n/g, '')
}
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('OCSP by the short way', () => {
  test('a plain request is answered from bytes made ready, to the byte as node:http answers it', async () => {
    const first = await said(lane.server, [latin1(head())])
    assert.match(first, /^HTTP\/1\.1 200 OK/, 'who asks and closes his side gets the answer that has yet to be signed')
    asked = 0
    const short = await said(lane.server, [latin1(head())])
    assert.equal(asked, 0, 'nobody was asked again')
    const long = await said(lane.server, [latin1(head(path, 'X-Other: 1\r\n'))])
    assert.equal(asked, 1)
    const closing = /Connection: (close|keep-alive)\r\n(Keep-Alive: timeout=5\r\n)?/
    assert.equal(short.replace(closing, ''), long.replace(closing, ''))
    assert.match(short, /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/ocsp-response\r\n/)
  })

  test('a revocation is in the next answer, on a connection that stays open', async () => {
    const card = cardKey()
    const issued = await activate(parts, orderFor('auth', card, { holder: 'jiro' }), card)
    const socket = dial(lane.server)
    const state = async () => {
      socket.write(head(pathFor(issued.serial)))
      const [answer] = (await once(socket, 'data')) as [Buffer]
      const parsed = parseOcspResponse(Uint8Array.from(answer.subarray(answer.indexOf('\r\n\r\n') + 4)))
      assert.ok(parsed.ok && parsed.value.kind === 'answer')
      return parsed.value.answers[0]?.status.kind
    }
    assert.equal(await state(), 'good')
    assert.equal(await state(), 'good')
    const { issuer } = issued
    await end(parts, { issuer, serial: issued.serial, ending: { to: 'held' }, by: TERMINAL, key: 'hold-1', body: '' })
    assert.equal(await state(), 'revoked')
    socket.destroy()
  })

  test('a new second is a new answer: it may be kept for less long', async () => {
    const seconds = async () => Number(/max-age=(\d+)/.exec(await said(lane.server, [latin1(head())]))?.[1])
    const first = await seconds()
    parts.clock.at += 7_000
    assert.equal(await seconds(), first - 7)
  })

  test('whatever is not plainly one request goes to node:http, with all that follows', async () => {
    const plain = latin1(head())
    const cases: Readonly<Record<string, readonly Uint8Array[]>> = {
      'in two chunks': [plain.subarray(0, 40), plain.subarray(40)],
      'two at once': [Buffer.concat([plain, plain])],
      'one after the other': [plain, plain, plain],
      'then something else': [plain, latin1('GET /none HTTP/1.1\r\nHost: x\r\n\r\n'), plain],
      'with a body': [latin1(`${head(path, 'Content-Length: 3\r\n')}abc`)],
      'with a chunked body and another in it': [
        latin1(`${head(path, 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n${head()}`),
      ],
      'that hangs up': [latin1(head(path, 'Connection: close\r\n'))],
      'that keeps alive': [latin1(head(path, 'Connection: keep-alive\r\n'))],
      'of HTTP/1.0': [latin1(head().replace('1.1', '1.0'))],
      'without a host': [latin1(`GET ${path} HTTP/1.1\r\n\r\n`)],
      'with two hosts': [latin1(head(path, 'Host: other\r\n'))],
      'with a folded header': [latin1(head(path, 'Accept: a\r\n b\r\n'))],
      'with a space before the colon': [latin1(head(path, 'Accept : a\r\n'))],
      'with bare line feeds': [latin1(head().replaceAll('\r\n', '\n'))],
      'with a control character': [latin1(head(path, 'Accept: \x01\r\n'))],
      'with bytes of no ASCII': [latin1(head(path, 'Accept: \xe9\r\n'))],
      'by HEAD': [latin1(head().replace('GET', 'HEAD'))],
      'that is no base64': [latin1(head('/ocsp/auth-2/***'))],
      'that is no OCSP': [latin1(head('/ocsp/auth-2/AAAA'))],
      'of percent signs': [latin1(head(path.replace('=', '%3D')))],
      'with a query': [latin1(head(`${path}?a`))],
      'with a whole address': [latin1(head(`http://127.0.0.1${path}`))],
      'of nothing': [],
      'of junk': [latin1('\x16\x03\x01\x02\x00')],
    }
    for (const [name, chunks] of Object.entries(cases))
      assert.equal(await said(lane.server, chunks), await said(bare, chunks), `a request ${name}`)
  })

  test('changed anywhere, cut anywhere: what node:http says is said', async () => {
    await said(lane.server, [latin1(head())])
    const plain = latin1(head(path, 'Accept: */*\r\nUser-Agent: test\r\n'))
    const octet = fc.oneof(fc.constantFrom(0x0d, 0x0a, 0x20, 0x3a, 0x00, 0x47), fc.nat(255))
    const change = fc.record({
      at: fc.nat(plain.length - 1),
      remove: fc.nat(2),
      insert: fc.uint8Array({ maxLength: 3 }),
      octet,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 2 }), fc.option(fc.nat(plain.length)), async (changes, cut) => {
        let bytes: Buffer = plain
        for (const { at, remove, insert, octet } of changes)
          bytes = Buffer.concat([bytes.subarray(0, at), insert, Buffer.of(octet), bytes.subarray(at + remove)])
        const chunks =
          cut === null ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)].filter((c) => c.length > 0)
        assert.equal(await said(lane.server, chunks), await said(bare, chunks))
      }),
      { numRuns: 150 },
    )
  })

  test('who asks and does not read is not given more than the system takes', async () => {
    const connected = once(lane.server, 'connection')
    const socket = dial(lane.server).pause()
    socket.on('error', () => {})
    const [theirs] = (await connected) as [Socket]
    const request = latin1(head())
    for (let i = 0; i < 400; i++) {
      for (let n = 0; n < 20; n++) socket.write(request)
      await wait(1)
    }
    assert.ok(theirs.writableLength > 0, 'the system took everything: this test shows nothing')
    assert.ok(theirs.writableLength < 100_000, `${theirs.writableLength} bytes wait for somebody who does not read`)
    socket.destroy()
  })

  test('closing ends the connections that are open', async () => {
    const other = await front()
    const socket = dial(other.server)
    socket.write(head())
    await once(socket, 'data')
    const closed = once(socket, 'close')
    socket.resume()
    await other.close(5_000)
    await closed
  })

  test('a head is plain or it is not', () => {
    assert.equal(plainOcspGet(head('/ocsp/a/b')), '/ocsp/a/b')
    for (const not of [
      '',
      head('/other'),
      head('/ocsp/a b'),
      head('/ocsp/a', 'Expect: 100-continue\r\n'),
      `${head()}x`,
    ])
      assert.equal(plainOcspGet(not), undefined, not)
  })
})
