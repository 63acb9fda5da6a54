/** Status services (backend.md, limits): OCSP live, kept and over HTTP; lists of a million; how soon a revocation shows; start-up. */

import { spawn } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadIssuers } from '../../src/backend/ca/issuers.ts'
import { end } from '../../src/backend/ca/revoke.ts'
import { type OcspResponder, ocspResponder } from '../../src/backend/status/ocsp.ts'
import { openStore } from '../../src/backend/store/open.ts'
import { buildOcspRequest, certId } from '../../src/pki/ocsp-request.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { activate, cardKey, type Fixture, openFixture, orderFor, TERMINAL } from '../backend/fixture.ts'
import type { BenchLine } from './bench-line.ts'
import { type Load, load, nginx, nodeServer, stop } from './http-servers.ts'
import { summary, throughAll } from './in-turns.ts'
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

  yield* liveAnswers(responder, id(serial))
  yield {
    name: 'OCSP with a kept signature, the state read anew',
    value: await perSecond(() => responder.answer(kept)),
    unit: 'answers/s',
  }

  const { bytes } = await responder.answer(kept)
  yield* revocation(parts, responder)
  await parts.store.close()
  yield* overHttp(folder, `/ocsp/auth-1/${Buffer.from(kept).toString('base64')}`, bytes)
  rmSync(folder, { recursive: true, force: true })
  yield await startUp()
}

/** In flight together, and in a round. */
const AT_ONCE = 16
const ROUND = 400

/** Every request has its own nonce; askers make theirs between the rounds, on their own time. Both sides keep as many under way all the time. */
async function* liveAnswers(responder: OcspResponder, id: Uint8Array): AsyncGenerator<BenchLine> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [bare, bytes] = [promisify(sign), new Uint8Array(300)]
  const rates: [number, number][] = []
  const costs: [number, number][] = []
  for (let round = -2; round < 15; round++) {
    const requests = Array.from({ length: ROUND }, () => buildOcspRequest([id], randomBytes(16)))
    const start = processorTime()
    const answers = await throughAll(requests, (request) => responder.answer(request), AT_ONCE)
    const between = processorTime()
    const signatures = await throughAll(requests, () => bare('sha256', bytes, privateKey), AT_ONCE)
    if (round < 0) continue
    rates.push([answers, signatures])
    costs.push([ROUND / (between - start), ROUND / (processorTime() - between)])
  }
  const told = { against: 'bare RSA-2048 signatures, as many at once', aim: { atLeast: 0.9 } }
  const { ours: value, ratio } = summary(rates)
  yield { name: `OCSP live, RSA-2048, ${AT_ONCE} at once, two cores`, value, unit: 'answers/s', ratio, ...told }
  const { ours, ratio: byTime } = summary(costs)
  yield { name: 'the same by processor time', value: ours * 1e6, unit: 'answers/s', ratio: byTime, ...told }
}

/** Of all threads so far, microseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function* revocation(parts: Fixture, responder: OcspResponder): AsyncGenerator<BenchLine> {
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
}

/** Ours and nginx, one process and one core each, under the same load in turns. */
async function* overHttp(folder: string, path: string, bytes: Uint8Array): AsyncGenerator<BenchLine> {
  const [ours, theirs] = [await nodeServer('./ocsp-server.ts', folder), await nginx(join(folder, 'nginx'), bytes)]
  await load(ours, path, 1)
  await load(theirs, path, 1)
  const rounds: [Load, Load][] = []
  for (let round = 0; round < 7; round++) rounds.push([await load(ours, path, 1), await load(theirs, path, 1)])
  await Promise.all([stop(ours), stop(theirs)])
  const told = { against: 'nginx with one worker, the same bytes from a file', aim: { atLeast: 0.9 } }
  const { ours: rate, ratio } = summary(rounds.map(([one, other]) => [one.rate, other.rate]))
  yield { name: 'OCSP kept, over HTTP, one process', value: rate, unit: 'answers/s', ratio, ...told }
  const cost = summary(rounds.map(([one, other]) => [1e6 / one.cost, 1e6 / other.cost]))
  yield {
    ...{
      name: 'the same by processor time of the server: answers a core can give',
      value: cost.ours,
      unit: 'answers/s',
    },
    ...{ ratio: cost.ratio, ...told },
  }
}

/** From starting the program on an existing folder to its first OCSP answer. */
async function startUp(): Promise<BenchLine> {
  const data = mkdtempSync(join(tmpdir(), 'madoguchi-start-'))
  const program = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
  const started = async (path: string) => {
    const start = performance.now()
    const child = spawn(process.execPath, [program, 'backend', '--data', data, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [line] = await once(child.stdout, 'data')
    const answer = await fetch(`${/http:\/\/[\d.:]+/.exec(String(line))?.[0]}${path}`)
    if (!answer.ok) throw new Error(`bench: ${path} answered ${answer.status}`)
    const spent = performance.now() - start
    child.kill('SIGTERM')
    await once(child, 'exit')
    return spent
  }
  // The first start makes the keys, the second keeps compiled code.
  await started('/health')
  await started('/health')
  const store = openStore({ folder: data })
  const issuer = (await loadIssuers(store)).find(({ id }) => id === 'auth-2')
  await store.close()
  if (issuer === undefined) throw new Error('bench: no authority')
  const request = buildOcspRequest([certId(OID.sha1, sha1(issuer.name), issuer.keyId, issuer.firstSerial)])
  const times: number[] = []
  for (let i = 0; i < 7; i++) times.push(await started(`/ocsp/auth-2/${Buffer.from(request).toString('base64')}`))
  rmSync(data, { recursive: true, force: true })
  return {
    ...{ name: 'start-up to the first answer, a signed OCSP one (best of 7)', value: Math.min(...times), unit: 'ms' },
    aim: { atMost: 150 },
  }
}
