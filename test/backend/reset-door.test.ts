/** F21 and F22 through the HTTP door, from the app to the kiosk: both PINs of a simulated card reset, each reply as the contract says. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { CERTIFICATE_FILES, JPKI, selectApplication, selectFile } from '../../src/backend/scripts/card-files.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { type Command, command, decodeResponse, encodeCommand } from '../../src/card/command.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import type { CardScript } from '../../src/wire/card-script.ts'
import { asking, doorClient } from './door-client.ts'
import { HIERARCHY, MASTER, NOON } from './fixture.ts'
import { opens, Relay, runToEnd } from './script-relay.ts'
import { signedInAt } from './sign-in.ts'

type Kind = 'auth' | 'sign'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-reset-door-'))
const started = Date.now()
const sessions = new Map<string, string>()
const certificates = new Map<Kind, { readonly issuer: string; readonly serial: number }>()
const pins = { auth: '1234', sign: 'ABC123', text: '1234', juki: '1234' }
const REFERENCE = { auth: 0x18, sign: 0x1b } as const
const OTHER = { auth: 'sign', sign: 'auth' } as const
let running: Running
let card: SimulatedCard
let scriptKey: Uint8Array
const { send, ok, post } = doorClient(() => running.address, sessions)

const conforms = async (name: EndpointName, answer: Promise<unknown>) =>
  BACKEND_API[name].reply.parse(await answer) as never

async function performed(terminal: string, first: CardScript, chosen = {}) {
  const relay = new Relay(card, { pins, chosen }, scriptKey, first)
  return runToEnd(relay, first, (report) => post(terminal, `/v1/scripts/${first.session}/next`, report))
}

before(async () => {
  const authorities = HIERARCHY.both.authorities.filter(({ algorithm }) => algorithm === 'rsa2048-sha256')
  running = await runBackend({
    ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: { authorities } },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', prepare: prepareDemo, log: () => {} },
    simulation: true,
    // Kiosks have hours (F22b): it is noon here whenever the test runs.
    clock: { now: () => NOON + Date.now() - started },
  })
  sessions.set('demo-town', (await signedInAt(running.backend, 'demo-town')).session)
  card = SimulatedCard.fromImage(await makeCardImage('resident'))
  card.powerOn('contact')
  scriptKey = Buffer.from((await ok(asking('demo-town', 'GET', '/v1/script-key'))).publicKey, 'base64')
  const state = '/v1/cards/card-hanako/state'
  for (const to of ['dispatched', 'setUp']) await post('demo-town', state, { to })
  for (const kind of ['auth', 'sign'] as const) {
    const ask = { procedure: 'certificate', kind }
    const reply = await performed('demo-town', await post('demo-town', '/v1/scripts', { card: 'card-hanako', ask }))
    assert.ok(reply.kind === 'finished')
    certificates.set(kind, reply.result as unknown as { issuer: string; serial: number })
  }
  const seen = { documents: ['passport'], face: 'matched', purpose: 'delivery' }
  const { check } = await post('demo-town', '/v1/cards/card-hanako/identity-checks', seen)
  const selfTest = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }
  await post('demo-town', state, { to: 'delivered', check, selfTest })
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

const SHA256_INFO = fromHex('3031300D060960864801650304020105000420')

/** As the app or kiosk does it: the PIN, then the key's signature over what the backend asked. */
function signedOnCard(kind: Kind, challenge: string): string {
  const run = (one: Command) => {
    const answer = decodeResponse(card.transmit(encodeCommand(one)))
    assert.equal(answer?.sw, 0x9000)
    return answer?.data ?? new Uint8Array(0)
  }
  const info = concat(SHA256_INFO, createHash('sha256').update(Buffer.from(challenge, 'base64')).digest())
  run(selectApplication(JPKI))
  run(command(0x00, 0x20, 0x00, 0x80 | REFERENCE[kind], { data: Buffer.from(pins[kind]) }))
  run(selectFile(CERTIFICATE_FILES[kind].key))
  return Buffer.from(run(command(0x80, 0x2a, 0x00, 0x80, { data: info, ne: 0x100 }))).toString('base64')
}

const face = { method: 'simulatedEngine', matched: true }

describe('PIN resets over HTTP', () => {
  for (const [pin, fresh] of [
    ['auth', '7391'],
    ['sign', 'NEW2026A'],
  ] as const)
    test(`the ${pin} PIN: reserved in the app with the other one, reset at the kiosk, once`, async () => {
      const proving = OTHER[pin]
      const about = { pin, ...(certificates.get(proving) as { issuer: string; serial: number }) }
      const { issuer, serial } = about
      const asked: { reservation: string; challenge: string } = await conforms(
        'askReset',
        post('demo-resetApp', '/v1/resets', { pin, issuer, serial }),
      )
      const path = `/v1/resets/${asked.reservation}`
      const wrong = { signature: Buffer.alloc(256, 1).toString('base64'), face }
      assert.equal((await send(asking('demo-resetApp', 'POST', `${path}/open`, wrong))).json.code, 'badEvidence')
      const early = { pin, issuer, serial }
      assert.equal((await send(asking('demo-kiosk', 'POST', '/v1/resets/find', early))).json.code, 'noReservation')
      const proof = { signature: signedOnCard(proving, asked.challenge), face }
      await conforms('openReset', post('demo-resetApp', `${path}/open`, proof))
      const status = await conforms('resetStatus', ok(asking('demo-resetApp', 'GET', path)))
      assert.equal((status as { state: string }).state, 'open')

      const found: { reservation: string; challenge: string } = await conforms(
        'findReset',
        post('demo-kiosk', '/v1/resets/find', { pin, issuer, serial }),
      )
      assert.equal(found.reservation, asked.reservation)
      const use = asking('demo-kiosk', 'POST', `${path}/use`, { signature: signedOnCard(proving, found.challenge) })
      await conforms('useReset', ok(use))
      const ask = { procedure: 'pinReset', pin, reservation: asked.reservation }
      const first = await conforms('openScript', post('demo-kiosk', '/v1/scripts', { card: 'card-hanako', ask }))
      // Its holder has forgotten the old one, and tried.
      for (let i = 0; i < 6; i++) opens(card, hex(JPKI), REFERENCE[pin], pin === 'auth' ? '0000' : 'WRONG9')
      const old = pins[pin]
      const reply = await performed('demo-kiosk', first, { [pin]: fresh })
      assert.equal(reply.kind, 'finished', JSON.stringify(reply))
      assert.equal(opens(card, hex(JPKI), REFERENCE[pin], fresh), true)
      assert.equal(opens(card, hex(JPKI), REFERENCE[pin], old), false)
      assert.equal(opens(card, hex(JPKI), REFERENCE[pin], fresh), true)

      await ok(use)
      const again = asking('demo-kiosk', 'POST', '/v1/scripts', { card: 'card-hanako', ask })
      assert.equal((await send(again)).json.code, 'noReservation', 'a reservation is good for one use')
      assert.equal((await ok(asking('demo-resetApp', 'GET', path))).state, 'used')
    })

  test('refused by code: a simulated face elsewhere, the wrong role, what a kiosk cannot help with', async () => {
    const sign = certificates.get('sign')
    const about = { pin: 'sign', issuer: sign?.issuer, serial: sign?.serial }
    const refusal = await send(asking('demo-resetApp', 'POST', '/v1/resets', about))
    assert.deepEqual([refusal.json.code, refusal.json.detail], ['resetAtCounter', 'otherCertificateNeeded'])
    assert.equal((await send(asking('demo-kiosk', 'POST', '/v1/resets', about))).json.code, 'notAllowed')
    const named = asking('demo-resetApp', 'POST', '/v1/resets/none/open', { signature: 'AAAA', face })
    assert.equal((await send(named)).json.code, 'noReservation')
    const bad = asking('demo-resetApp', 'POST', '/v1/resets', { ...about, pin: '1234' })
    assert.match((await send(bad)).json.detail, /body\.pin/)
  })
})
