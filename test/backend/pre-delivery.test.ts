/**
 * 交付前設定 and 交付 on a card as it leaves the factory, against the simulated chip (F03, F04, P5, P7): both certificates, four PINs
 * chosen by the holder, the self-test – for an adult, a child and a face-authentication card.
 */

import assert from 'node:assert/strict'
import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { bytesOf, type Kept } from '../../src/backend/ca/certificate-bytes.ts'
import { applyForCard, type CardOrder, moveCardOn } from '../../src/backend/cards/cards.ts'
import { recordIdentityCheck } from '../../src/backend/cards/identity-checks.ts'
import { people } from '../../src/backend/cards/people.ts'
import type { ScriptAsk } from '../../src/backend/scripts/service.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { type Command, command, decodeResponse, encodeCommand } from '../../src/card/command.ts'
import type { ScriptPin } from '../../src/wire/card-script.ts'
import { MASTER, PERSONAL, TERMINAL } from './fixture.ts'
import { opener, type ScriptBackend, scriptBackend } from './script-fixture.ts'
import { runToEnd } from './script-relay.ts'

const AID = {
  common: 'D3921000310001010100',
  juki: 'D3921000310001010401',
  visual: 'D3921000310001010402',
  text: 'D3921000310001010408',
  jpki: 'D392F000260100000001',
} as const
const CHOSEN = { auth: '7391', sign: 'NEW456', text: '2580', juki: '8642' }
const PLACES: readonly (readonly [ScriptPin, keyof typeof AID, number])[] = [
  ['auth', 'jpki', 0x18],
  ['sign', 'jpki', 0x1b],
  ['text', 'text', 0x11],
  ['juki', 'juki', 0x1c],
  ['juki', 'common', 0x1c],
]
const PASSED = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-set-up-'))
const registry = people(MASTER)
let backend: ScriptBackend
before(async () => {
  backend = await scriptBackend({ folder: join(folder, 'db') })
})
after(async () => {
  await backend.parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

let n = 0
const named = () => ({ actor: 'test', key: `set-up ${++n}`, body: '' })

/** A new resident, and a card from the factory that was dispatched for them. */
async function dispatched(birth: string, faceAuth = false) {
  const { parts } = backend
  const holder = `holder-${++n}`
  const serial = `990000000001${String(n).padStart(3, '0')}`
  await parts.store.transaction((tx) =>
    registry.add(
      ...([tx, holder, '132217'] as const),
      { name: '仮名　太郎', kana: 'カメイ　タロウ', sex: '1', birth, address: '東京都清瀬市', abroad: false },
      parts.clock.now(),
    ),
  )
  await applyForCard(parts, registry, { serial, holder, expires: '20350331', faceAuth }, TERMINAL, named())
  const move = (order: CardOrder) => moveCardOn(parts, registry, serial, order, TERMINAL, named())
  await move({ to: 'dispatched' })
  const card = SimulatedCard.fromImage(await makeCardImage('factory', { serial }))
  card.powerOn('contact')
  const at = { serial, card }
  const check = async (purpose: 'delivery' | 'pinReset') => {
    const looked = { documents: ['passport' as const], face: 'matched' as const, purpose }
    return (await recordIdentityCheck(parts, serial, looked, TERMINAL, named())).check
  }
  const run = async (ask: ScriptAsk) => (await backend.perform(at, ask, CHOSEN, opener(TERMINAL, 'town'))).reply
  return { ...at, at, move, check, run }
}

const send = (card: SimulatedCard, sent: Command) =>
  decodeResponse(card.transmit(encodeCommand(sent))) ?? assert.fail('no response')
const select = (card: SimulatedCard, application: keyof typeof AID) =>
  send(card, command(0x00, 0xa4, 0x04, 0x0c, { data: fromHex(AID[application]) })).sw
const verifyPin = (card: SimulatedCard, fid: number, value?: string) =>
  send(card, command(0x00, 0x20, 0x00, 0x80 | fid, value === undefined ? {} : { data: Buffer.from(value) })).sw

function readFile(card: SimulatedCard, fid: number): Uint8Array {
  send(card, command(0x00, 0xa4, 0x02, 0x0c, { data: Uint8Array.of(0, fid) }))
  const parts: Uint8Array[] = []
  for (let at = 0; ; at += 0xf0) {
    const { data, sw } = send(card, command(0x00, 0xb0, at >> 8, at & 0xff, { ne: 0xf0 }))
    parts.push(data)
    if (sw !== 0x9000 || data.length < 0xf0) return concat(...parts)
  }
}

/** P7: the certificate reads, is the active one of the backend, and its key is the one on the chip. */
async function certificateIsGood(card: SimulatedCard, serial: string, kind: 'sign' | 'auth') {
  const files =
    kind === 'sign' ? { key: 0x1a, pin: 0x1b, certificate: 0x01 } : { key: 0x17, pin: 0x18, certificate: 0x0a }
  assert.equal(select(card, 'jpki'), 0x9000)
  assert.equal(verifyPin(card, files.pin, CHOSEN[kind]), 0x9000)
  const der = readFile(card, files.certificate)
  const row = await backend.parts.store.get<Kept<'der'>>(
    "SELECT id, sealed, der FROM cert WHERE card = ? AND kind = ? AND state = 'active'",
    serial,
    kind,
  )
  assert.deepEqual(Buffer.from(der), Buffer.from((row && bytesOf(PERSONAL, row, 'der')) ?? []))
  send(card, command(0x00, 0xa4, 0x02, 0x0c, { data: Uint8Array.of(0, files.key) }))
  const message = Buffer.from('self-test')
  const signed = send(card, command(0x80, 0x2a, 0x03, 0x80, { data: message, ne: 0x100 }))
  assert.equal(signed.sw, 0x9000)
  const key = createPublicKey(new X509Certificate(der).publicKey.export({ format: 'pem', type: 'spki' }))
  assert.ok(verify('sha256', message, key, signed.data))
}

const certificateStates = async (serial: string) =>
  (
    await backend.parts.store.all<{ kind: string; state: string }>(
      'SELECT kind, state FROM cert WHERE card = ? ORDER BY kind',
      serial,
    )
  ).map(({ kind, state }) => `${kind} ${state}`)

test('an adult: certificates, setup, four PINs at the counter, self-test, delivered', async () => {
  const { card, serial, run, move, check } = await dispatched('19900401')
  select(card, 'jpki')
  assert.equal(verifyPin(card, 0x18, '1234'), 0x6985, 'before the setup nothing of the holder works')
  for (const kind of ['auth', 'sign'] as const) {
    const reply = await run({ procedure: 'setUp', kind })
    assert.equal(reply.kind, 'finished', JSON.stringify(reply))
  }
  assert.deepEqual(await certificateStates(serial), ['auth active', 'sign active'])
  for (const fid of [0x18, 0x1b]) {
    select(card, 'jpki')
    assert.equal(verifyPin(card, fid), 0x63c0, 'the one-time value opens nothing any more')
  }
  await move({ to: 'setUp' })

  const delivery = await check('delivery')
  for (const pin of ['auth', 'sign', 'text', 'juki'] as const) {
    const reply = await run({ procedure: 'pinReset', pin, check: delivery })
    assert.equal(reply.kind, 'finished', `${pin} ${JSON.stringify(reply)}`)
  }
  for (const application of Object.keys(AID) as (keyof typeof AID)[])
    assert.equal(select(card, application), 0x9000, application)
  for (const [pin, application, fid] of PLACES) {
    select(card, application)
    assert.equal(verifyPin(card, fid, CHOSEN[pin]), 0x9000, `${pin} in ${application}`)
  }
  for (const kind of ['auth', 'sign'] as const) await certificateIsGood(card, serial, kind)
  assert.deepEqual([...readFile(card, 0x08)], [0x8f, 0x8f, 0x00], 'both certificates are announced')
  assert.equal(readFile(card, 0x06)[99], 0x0d, 'the token says that its PIN is set (facts 2.6.1)')
  const identity = { check: delivery }
  assert.equal((await move({ to: 'delivered', selfTest: PASSED, identity })).state, 'delivered')
  await assert.rejects(
    backend.service.open(serial, { procedure: 'setUp', kind: 'auth' }, opener(TERMINAL, 'town')),
    { code: 'cardState' },
    'not on a card that somebody holds',
  )
})

test('a child: no signature certificate and no sign password; the rest as for everybody (facts 7.1)', async () => {
  const { card, serial, run, move, check } = await dispatched('20170401')
  assert.equal((await run({ procedure: 'setUp', kind: 'auth' })).kind, 'finished')
  const refused = await run({ procedure: 'setUp', kind: 'sign' })
  assert.deepEqual([refused.kind, refused.kind === 'refused' && refused.code], ['refused', 'notEntitled'])
  await move({ to: 'setUp' })
  const delivery = await check('delivery')
  for (const pin of ['auth', 'text', 'juki'] as const)
    assert.equal((await run({ procedure: 'pinReset', pin, check: delivery })).kind, 'finished')
  await certificateIsGood(card, serial, 'auth')
  select(card, 'jpki')
  assert.equal(verifyPin(card, 0x1b), 0x63c0)
  assert.deepEqual([...readFile(card, 0x08)], [0x00, 0x8f, 0x00])
  assert.equal((await move({ to: 'delivered', selfTest: PASSED, identity: { check: delivery } })).state, 'delivered')
})

test('F11–F13: a face-authentication card has its one certificate and no PIN; PIN procedures refuse it early (F18)', async () => {
  const { card, serial, run, move, check } = await dispatched('19900401', true)
  assert.equal((await run({ procedure: 'setUp', kind: 'auth' })).kind, 'finished')
  assert.deepEqual(await certificateStates(serial), ['auth active'])
  await move({ to: 'setUp' })
  const delivery = await check('delivery')
  for (const pin of ['auth', 'sign', 'text', 'juki'] as const)
    await assert.rejects(run({ procedure: 'pinReset', pin, check: delivery }), { code: 'faceAuthCard' })
  select(card, 'jpki')
  assert.equal(verifyPin(card, 0x18), 0x63c0, 'locked')
  assert.equal(readFile(card, 0x06)[99], 0x05, 'the token says that no PIN was ever set')
  assert.equal((await move({ to: 'delivered', selfTest: PASSED, identity: { check: delivery } })).state, 'delivered')
})

describe('what is not done half', () => {
  test('P10: the card pulled at every step of the setup – taken up again, one certificate, no PIN', async () => {
    const ask = { procedure: 'setUp', kind: 'auth' } as const
    const begun = async () => {
      const { at, serial, card } = await dispatched('19900401')
      return { serial, card, ...(await backend.begin(at, ask, {}, opener(TERMINAL, 'town'))) }
    }
    const clean = await begun()
    const steps = [clean.first.steps.length]
    await runToEnd(clean.relay, clean.first, async (report) => {
      const reply = await clean.next(report)
      if (reply.kind === 'script') steps.push(reply.script.steps.length)
      return reply
    })
    assert.deepEqual(steps.length, 7, 'taken over in three, key, certificate, and the end on a channel of its own')
    // The long one in strides: blocks of one certificate, and reads of it.
    for (const [i, count] of steps.entries())
      for (let step = 0; step < count; step += count > 20 ? 4 : 1) {
        const { serial, card, relay, first, next } = await begun()
        relay.breaks = [{ script: i + 1, step, at: (i + step) % 2 === 0 ? 'after' : 'before' }]
        const where = `script ${i + 1}, step ${step}`
        assert.equal((await runToEnd(relay, first, next)).kind, 'finished', where)
        assert.ok(relay.trace.includes('lost'), where)
        assert.equal((await certificateStates(serial)).filter((state) => state === 'auth active').length, 1, where)
        select(card, 'jpki')
        assert.equal(verifyPin(card, 0x18), 0x63c0, where)
      }
  })

  test('P15: the signing keys away – the key waits on the card, the same report goes on later', async () => {
    const { at, serial, card } = await dispatched('19900401')
    const ask = { procedure: 'setUp', kind: 'auth' } as const
    const { relay, first, next } = await backend.begin(at, ask, {}, opener(TERMINAL, 'town'))
    const { keys } = backend.parts
    const sign = keys.sign.bind(keys)
    let away = false
    const { SigningUnavailable } = await import('../../src/backend/keys/key-store.ts')
    keys.sign = async (...args) => {
      if (away) throw new SigningUnavailable('gone')
      return sign(...args)
    }
    let refusals = 0
    const reply = await runToEnd(relay, first, async (report) => {
      away = report.seq === 4
      for (;;)
        try {
          return await next(report)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'signingUnavailable')
          refusals++
          away = false
        }
    })
    keys.sign = sign
    assert.deepEqual([reply.kind, refusals], ['finished', 1])
    assert.deepEqual(
      await certificateStates(serial),
      ['auth void', 'auth active'],
      'an error burns the serial (rule 1)',
    )
    select(card, 'jpki')
    assert.equal(verifyPin(card, 0x18), 0x63c0)
  })

  test('a setup is for counters; a kiosk may not', async () => {
    const { serial } = await dispatched('19900401')
    await assert.rejects(
      backend.service.open(serial, { procedure: 'setUp', kind: 'auth' }, opener(TERMINAL, 'kiosk')),
      { code: 'notAllowed' },
    )
  })
})
