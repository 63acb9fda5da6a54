/** Identity checks (F05, F58): one card, one operator, one purpose, half an hour – on both engines. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cardBySerial } from '../../src/backend/cards/card-states.ts'
import { moveCardOn } from '../../src/backend/cards/cards.ts'
import { CHECKED_MS, mustBeChecked, recordIdentityCheck } from '../../src/backend/cards/identity-checks.ts'
import { people } from '../../src/backend/cards/people.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { type IdentityCheck, identityCheck } from '../../src/wire/backend-card-work.ts'
import { onBothEngines } from './engines.ts'
import { MASTER } from './fixture.ts'
import { cardsOf } from './registered-cards.ts'

const BY = { terminal: 'counter-1', operator: 'op-1' }
const LOOKED: IdentityCheck = { documents: ['drivingLicence'], face: 'matched', purpose: 'pinReset' }
const REFUSED = { code: 'identityNotChecked' }
let n = 0
const named = (key = `check ${++n}`, body = '') => ({ actor: 'counter-1', key, body })

async function desk(place: StorePlace) {
  const parts = await cardsOf(place, 'card-1', 'card-2')
  const registry = people(MASTER)
  const look = (changes: Partial<IdentityCheck> = {}, card = 'card-1', by = BY) =>
    recordIdentityCheck(parts, card, { ...LOOKED, ...changes }, by, named())
  const must = async (check: string | undefined, purpose: IdentityCheck['purpose'], card = 'card-1', by = BY) =>
    mustBeChecked(parts.store, await cardBySerial(parts.store, card), purpose, check, by, parts.clock.now())
  const move = (to: 'setUp' | 'suspended') => moveCardOn(parts, registry, 'card-1', { to }, BY, named())
  const deliver = (check: string | undefined, key?: string) => {
    const selfTest = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }
    return moveCardOn(parts, registry, 'card-1', { to: 'delivered', selfTest, identity: { check } }, BY, named(key))
  }
  return { parts, look, must, move, deliver }
}

onBothEngines('identity checks', (place) => {
  test('good for this card, operator and purpose, for half an hour, as often as needed', async () => {
    const { parts, look, must } = await desk(place())
    const { check, expiresAt } = await look()
    assert.equal(expiresAt, parts.clock.at + CHECKED_MS)
    await must(check, 'pinReset')
    await must(check, 'pinReset')
    await assert.rejects(must(check, 'delivery'), REFUSED)
    await assert.rejects(must(check, 'pinReset', 'card-2'), REFUSED)
    await assert.rejects(must(check, 'pinReset', 'card-1', { ...BY, operator: 'op-2' }), REFUSED)
    await assert.rejects(must(undefined, 'pinReset'), REFUSED)
    await assert.rejects(must('made-up', 'pinReset'), REFUSED)
    parts.clock.at += CHECKED_MS - 1
    await must(check, 'pinReset')
    parts.clock.at += 1
    await assert.rejects(must(check, 'pinReset'), REFUSED)
    await parts.store.close()
  })

  test('F03: the check for the delivery covers the first PINs, and the hand-over; no longer afterwards', async () => {
    const { parts, look, must, move, deliver } = await desk(place())
    const { check } = await look({ purpose: 'delivery', documents: ['passport', 'noticeOfIssue'] })
    await assert.rejects(must(check, 'pinReset'), REFUSED, 'not set up yet')
    await move('setUp')
    await must(check, 'pinReset')
    await assert.rejects(deliver(undefined), REFUSED)
    await assert.rejects(deliver((await look()).check), REFUSED, 'a check for a PIN reset')
    assert.equal((await deliver(check, 'hand-over')).state, 'delivered')
    await assert.rejects(must(check, 'pinReset'), REFUSED, 'a card in use needs a check of its own')
    parts.clock.at += CHECKED_MS
    assert.equal((await deliver(check, 'hand-over')).state, 'delivered', 'the same request gets its answer again')
    await move('suspended')
    await assert.rejects(deliver(check), REFUSED, 'lifting a suspension needs a new one')
    await parts.store.close()
  })

  test('what was looked at is on record, by enumerations; nothing of the person', async () => {
    const { parts, look } = await desk(place())
    await look({ face: 'notCompared', proxy: { relation: 'legalRepresentative', documents: ['myNumberCard'] } })
    const row = await parts.store.get('SELECT documents, face, proxy, operator, terminal FROM identity_check')
    assert.deepEqual(
      { ...row },
      {
        ...{ documents: '["drivingLicence"]', face: 'notCompared', operator: 'op-1', terminal: 'counter-1' },
        proxy: '{"relation":"legalRepresentative","documents":["myNumberCard"]}',
      },
    )
    const line = await parts.store.get(
      "SELECT holder, operator, result FROM audit WHERE procedure_name = 'identity.checked'",
    )
    assert.deepEqual(
      { ...line },
      {
        ...{ holder: 'hanako', operator: 'op-1' },
        result: 'pinReset, face notCompared, drivingLicence, proxy legalRepresentative',
      },
    )
    await parts.store.close()
  })

  test('somebody else: refused, on record once however often it is asked, and no check of it', async () => {
    const { parts } = await desk(place())
    const request = named()
    for (const _ of [1, 2])
      await assert.rejects(recordIdentityCheck(parts, 'card-1', { ...LOOKED, face: 'different' }, BY, request), {
        code: 'identityRefused',
      })
    const lines = await parts.store.all(
      "SELECT holder, operator, result FROM audit WHERE procedure_name LIKE 'identity%'",
    )
    assert.deepEqual(
      lines.map((line) => ({ ...line })),
      [{ holder: 'hanako', operator: 'op-1', result: 'pinReset, face different, drivingLicence' }],
    )
    assert.equal(await parts.store.get('SELECT id FROM identity_check'), undefined)
    await parts.store.close()
  })

  test('rule 7, and a card nobody knows', async () => {
    const { parts, look } = await desk(place())
    const request = named()
    const first = await recordIdentityCheck(parts, 'card-1', LOOKED, BY, request)
    assert.deepEqual(await recordIdentityCheck(parts, 'card-1', LOOKED, BY, request), first)
    await assert.rejects(recordIdentityCheck(parts, 'card-1', LOOKED, BY, { ...request, body: 'x' }), {
      name: 'KeyReused',
    })
    await assert.rejects(look({}, 'none'), { code: 'unknownCard' })
    await parts.store.close()
  })
})

test('the contract takes only what is on its lists', () => {
  const takes = (changes: object) => identityCheck.safeParse({ ...LOOKED, ...changes }).success
  assert.ok(takes({}))
  for (const bad of [
    { documents: [] },
    { documents: ['passport', 'passport', 'passport', 'passport', 'passport'] },
    { documents: ['libraryCard'] },
    { face: 'maybe' },
    { purpose: 'fun' },
    { proxy: { relation: 'mandated', documents: [] } },
    { proxy: { relation: 'friend', documents: ['passport'] } },
    { name: '番号　花子' },
  ])
    assert.equal(takes(bad), false, JSON.stringify(bad))
})
