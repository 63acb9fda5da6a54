/** Status services (backend.md, limits): OCSP live, kept and over HTTP; lists of a million; how soon a revocation shows; start-up. */

import { spawn } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answerOcsp, isOcsp } from '../../apps/backend/ocsp-door.ts'
import { end } from '../../src/backend/ca/revoke.ts'
import { ocspResponder } from '../../src/backend/status/ocsp.ts'
import { buildOcspRequest, certId } from '../../src/pki/ocsp-request.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { activate, cardKey, openFixture, orderFor, TERMINAL } from '../backend/fixture.ts'
import type { BenchLine } from './bench-line.ts'
import { perSecond } from './per-second.ts'

const sha1 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha1').update(bytes).digest())

export async function* bench(): AsyncGenerator<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'))
  const parts = await openFixture({ folder }, { hierarchy: 'both' })
  const issuer = parts.issuers.find(({ id }) => id === 'auth-1')
  if (issuer === undefined) throw new Error('bench: no authority')
  const responder = ocspResponder(parts, parts.issuers)
  const card = cardKey('rsa')
  const { serial } = await activate(parts, orderFor('auth', card), card)
  const id = (of: number) => certId(OID.sha1, sha1(issuer.name), issuer.keyId, of)
  const kept = buildOcspRequest([id(serial)])
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

  const bare = await perSecond(() => sign('sha256', new Uint8Array(300), privateKey))
  let nonce = 0
  const live = await perSecond(() =>
    responder.answer(buildOcspRequest([id(serial)], Uint8Array.from(Buffer.from(String(nonce++))))),
  )
  yield {
    name: 'OCSP live, RSA-2048, one after the other',
    value: live,
    unit: 'answers/s',
    ratio: live / bare,
    against: 'bare RSA-2048 signatures',
    aim: { atLeast: 0.9 },
  }
  yield {
    name: 'OCSP with a kept signature, the state read anew',
    value: await perSecond(() => responder.answer(kept)),
    unit: 'answers/s',
  }

  const { bytes } = await responder.answer(kept)
  const path = `/ocsp/auth-1/${Buffer.from(kept).toString('base64')}`
  const ours = await overHttp(path, (request, response) => {
    if (isOcsp(request.url)) void answerOcsp(responder, request, response, () => {})
  })
  const fixed = await overHttp(path, (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/ocsp-response', 'Content-Length': bytes.length }).end(bytes)
  })
  yield {
    name: 'OCSP kept, over HTTP, client and server on one core',
    value: ours,
    unit: 'answers/s',
    ratio: ours / fixed,
    against: 'node:http with fixed bytes',
    aim: { atLeast: 0.4 },
  }

  const delays: number[] = []
  for (let i = 0; i < 200; i++) {
    const key = cardKey()
    const issued = await activate(parts, orderFor('auth', key, { holder: `h${i}` }), key)
    const authority = parts.issuers.find((one) => one.id === issued.issuer)
    if (authority === undefined) throw new Error('bench: no authority')
    const ask = buildOcspRequest([certId(OID.sha1, sha1(authority.name), authority.keyId, issued.serial)])
    await responder.answer(ask)
    await end(parts, {
      issuer: issued.issuer,
      serial: issued.serial,
      ending: { to: 'held' },
      by: TERMINAL,
      key: `b${i}`,
      body: `${i}`,
    })
    const committed = performance.now()
    for (;;) {
      const parsed = parseOcspResponse((await responder.answer(ask)).bytes)
      if (parsed.ok && parsed.value.kind === 'answer' && parsed.value.answers[0]?.status.kind === 'revoked') break
    }
    delays.push(performance.now() - committed)
  }
  delays.sort((a, b) => a - b)
  yield {
    name: 'a revocation shows in OCSP, p99 after its commit',
    value: delays[Math.floor(delays.length * 0.99)] ?? 0,
    unit: 'ms',
    aim: { atMost: 50 },
  }
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
  yield await startUp()
}

/** Requests a second over kept-alive connections, 32 at a time. */
async function overHttp(path: string, listener: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(listener as NonNullable<typeof listener>).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, agent }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end()
    })
  const rate = 32 * (await perSecond(() => Promise.all(Array.from({ length: 32 }, ask))))
  agent.destroy()
  server.close()
  return rate
}

/** From starting the program on an existing folder to its first answer. */
async function startUp(): Promise<BenchLine> {
  const data = mkdtempSync(join(tmpdir(), 'madoguchi-start-'))
  const program = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    const child = spawn(process.execPath, [program, 'backend', '--data', data, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [line] = await once(child.stdout, 'data')
    await fetch(`${/http:\/\/[\d.:]+/.exec(String(line))?.[0]}/health`)
    times.push(performance.now() - start)
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(data, { recursive: true, force: true })
  // The first one made the keys.
  const best = Math.min(...times.slice(1))
  return { name: 'start-up to the first answer', value: best, unit: 'ms', aim: { atMost: 150 } }
}
