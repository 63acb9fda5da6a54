/** At the counter: a blocked 照合番号B gets its tries back, and the 住民基本台帳用 PIN one value in both its places (facts 3.1, 3.4). */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { planCard } from '../../applets-sim/factory/profiles.ts'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { CHECKED_MS, recordIdentityCheck } from '../../src/backend/cards/identity-checks.ts'
import { fromHex } from '../../src/base/hex.ts'
import { command, decodeResponse, encodeCommand } from '../../src/card/command.ts'
import type { TerminalRole } from '../../src/wire/backend-roles.ts'
import { TERMINAL } from './fixture.ts'
import { type OnReader, opener, type ScriptBackend, scriptBackend } from './script-fixture.ts'
import { runToEnd } from './script-relay.ts'

const VISUAL = 'D3921000310001010402'
const TEXT = 'D3921000310001010408'
const COMMON = 'D3921000310001010100'
const JUKI = 'D3921000310001010401'
const CODE_B_PLACES = [
  [VISUAL, 0x12],
  [TEXT, 0x15],
] as const
const CODE_B = planCard('resident').pins.codeB.value ?? ''

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-release-'))
let backend: ScriptBackend
before(async () => {
  backend = await scriptBackend({ folder: join(folder, 'db') })
})
after(async () => {
  await backend.parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Status word of VERIFY; without a value, of the question how many tries are left. */
function verify(card: SimulatedCard, aid: string, fid: number, value?: string): number | undefined {
  card.transmit(encodeCommand(command(0x00, 0xa4, 0x04, 0x0c, { data: fromHex(aid) })))
  const data = value === undefined ? {} : { data: Buffer.from(value) }
  return decodeResponse(card.transmit(encodeCommand(command(0x00, 0x20, 0x00, 0x80 | fid, data))))?.sw
}

async function checked({ serial }: OnReader, purpose: 'pinReset' | 'delivery' = 'pinReset'): Promise<string> {
  const looked = { documents: ['passport' as const], face: 'matched' as const, purpose }
  const named = { actor: 'test', key: crypto.randomUUID(), body: '' }
  return (await recordIdentityCheck(backend.parts, serial, looked, TERMINAL, named)).check
}

describe('照合番号B', () => {
  test('blocked in both applications, it is released in both, keeps its value, and nobody types anything', async () => {
    const at = await backend.cardOnReader()
    const { card } = at
    for (const [aid, fid] of CODE_B_PLACES) {
      for (let i = 0; i < 10; i++) verify(card, aid, fid, '00000000000000')
      assert.equal(verify(card, aid, fid, CODE_B), 0x6984, 'blocked: the right number helps no more')
    }
    const ask = { procedure: 'pinReset', pin: 'codeB', check: await checked(at) } as const
    const { relay, reply } = await backend.perform(at, ask, {}, opener(TERMINAL, 'town'))
    assert.deepEqual(reply, { kind: 'finished', result: { pin: 'codeB' } })
    assert.ok(!relay.trace.some((line) => line.startsWith('VERIFY') || line.startsWith('CHANGE')))
    for (const [aid, fid] of CODE_B_PLACES) {
      assert.equal(verify(card, aid, fid), 0x63ca, 'all ten tries')
      assert.equal(verify(card, aid, fid, CODE_B), 0x9000, 'the same number')
    }
  })

  test('cut off between the two applications, it is released in both when taken up again', async () => {
    const at = await backend.cardOnReader()
    for (const [aid, fid] of CODE_B_PLACES) for (let i = 0; i < 10; i++) verify(at.card, aid, fid, '00000000000000')
    const ask = { procedure: 'pinReset', pin: 'codeB', check: await checked(at) } as const
    const { relay, first, next } = await backend.begin(at, ask, {}, opener(TERMINAL, 'town'))
    relay.breaks = [{ script: 4, step: 3, at: 'before' }]
    assert.equal((await runToEnd(relay, first, next)).kind, 'finished')
    assert.ok(relay.trace.includes('lost'))
    for (const [aid, fid] of CODE_B_PLACES) assert.equal(verify(at.card, aid, fid), 0x63ca)
  })

  test('rule 7: the same request gets its script again, also when the identity check has run out meanwhile', async () => {
    const { parts, service } = backend
    const at = await backend.cardOnReader()
    const ask = { procedure: 'pinReset', pin: 'codeB', check: await checked(at) } as const
    const by = opener(TERMINAL, 'town')
    const first = await service.open(at.serial, ask, by)
    parts.clock.at += CHECKED_MS
    assert.deepEqual(await service.open(at.serial, ask, by), first)
    await assert.rejects(service.open(at.serial, ask, opener(TERMINAL, 'town')), { code: 'identityNotChecked' })
    parts.clock.at -= CHECKED_MS
  })

  test('staff after an identity check only: not the delivery site, not a kiosk, not without one', async () => {
    const at = await backend.cardOnReader()
    const ask = { procedure: 'pinReset', pin: 'codeB' } as const
    const refused = (where: TerminalRole, code: string) =>
      assert.rejects(backend.service.open(at.serial, ask, opener(TERMINAL, where)), { code })
    await refused('town', 'identityNotChecked')
    await refused('postOffice', 'notAllowed')
    await refused('deliverySite', 'notAllowed')
    await refused('kiosk', 'notAllowed')
  })
})

describe('住民基本台帳用暗証番号: one PIN in two places', () => {
  const ask = { procedure: 'pinReset', pin: 'juki' } as const
  const inBoth = (card: SimulatedCard, value: string) => [
    verify(card, JUKI, 0x1c, value),
    verify(card, COMMON, 0x1c, value),
  ]

  test('a reset sets both', async () => {
    const at = await backend.cardOnReader()
    const { reply } = await backend.perform(at, ask, { juki: '7391' })
    assert.equal(reply.kind, 'finished')
    assert.deepEqual(inBoth(at.card, '7391'), [0x9000, 0x9000])
  })

  test('P10: the card pulled at every step, before and after the command, between the two places too', async () => {
    // EXTERNAL AUTHENTICATE, INSTALL and RESET twice, then SELECT, VERIFY and the holder's step twice.
    for (let step = 0; step < 11; step++)
      for (const when of ['before', 'after'] as const) {
        const at = await backend.cardOnReader()
        const { relay, first, next } = await backend.begin(at, ask, { juki: '7391' })
        relay.breaks = [{ script: 4, step, at: when }]
        assert.equal((await runToEnd(relay, first, next)).kind, 'finished', `${step} ${when}`)
        assert.deepEqual(inBoth(at.card, '7391'), [0x9000, 0x9000], `${step} ${when}`)
      }
  })

  test('torn and never taken up again: each place has a value nobody knows, and all its tries', async () => {
    const at = await backend.cardOnReader()
    const { relay, first, next } = await backend.begin(at, ask, { juki: '7391' })
    relay.breaks = [{ script: 4, step: 7, at: 'before' }]
    let script = first
    for (let turn = 0; turn < 3; turn++) {
      const reply = await next(await relay.run(script))
      assert.ok(reply.kind === 'script')
      script = reply.script
    }
    assert.equal((await relay.run(script)).stopped, 'noAnswer')
    assert.deepEqual(inBoth(at.card, '1234'), [0x63c2, 0x63c2], 'not the old one')
    assert.equal((await backend.perform(at, ask, { juki: '2580' })).reply.kind, 'finished')
    assert.deepEqual(inBoth(at.card, '2580'), [0x9000, 0x9000])
  })
})
