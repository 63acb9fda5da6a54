/** Which card is on the reader (P6), on both engines. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end } from '../../src/backend/ca/revoke.ts'
import { findCard } from '../../src/backend/cards/find-card.ts'
import { glance } from '../../src/backend/cards/glance.ts'
import { people } from '../../src/backend/cards/people.ts'
import { mustBeChip } from '../../src/backend/scripts/card-chip.ts'
import { fromHex } from '../../src/base/hex.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, MASTER, orderFor, TERMINAL } from './fixture.ts'
import { cardsOf, HANAKO } from './registered-cards.ts'

const CHIP = '00112233445566778899'
const UNKNOWN = { code: 'unknownCard' }

onBothEngines('a card on the reader', (place) => {
  test('found by a certificate that was ever on it, whatever became of that', async () => {
    const parts = await cardsOf(place(), 'card-1')
    const key = cardKey()
    const { issuer, serial } = await activate(parts, orderFor('auth', key), key)
    const found = await findCard(parts, { issuer, serial }, TERMINAL)
    assert.deepEqual([found.serial, found.state, found.holder], ['card-1', 'dispatched', 'hanako'])
    const ending = { to: 'revoked', reason: 'keyCompromise' } as const
    await end(parts, { issuer, serial, ending, by: TERMINAL, key: 'e', body: 'e' })
    assert.equal((await findCard(parts, { issuer, serial }, TERMINAL)).serial, 'card-1')
    await assert.rejects(findCard(parts, { issuer, serial: serial + 1 }, TERMINAL), UNKNOWN)
    await assert.rejects(findCard(parts, { issuer: 'other', serial }, TERMINAL), UNKNOWN)
    const lines = await parts.store.all<{ holder: string; result: string }>(
      "SELECT holder, result FROM audit WHERE procedure_name = 'card.found'",
    )
    assert.deepEqual(
      lines.map(({ holder, result }) => [holder, result]),
      [
        ['hanako', 'by certificate'],
        ['hanako', 'by certificate'],
      ],
    )
    await parts.store.close()
  })

  test('a phone’s certificate names no card', async () => {
    const parts = await cardsOf(place(), 'card-1', 'phone-1')
    const [own, key] = [cardKey(), cardKey()]
    await activate(parts, orderFor('auth', own), own)
    const { issuer, serial } = await activate(parts, orderFor('phoneAuth', key), key)
    await assert.rejects(findCard(parts, { issuer, serial }, TERMINAL), UNKNOWN)
    await parts.store.close()
  })

  test('found by its chip once a channel learnt it; by its record only until then', async () => {
    const parts = await cardsOf(place(), '990000000000001', 'card-2')
    const recorded = '990000000000001'
    await assert.rejects(findCard(parts, { chip: CHIP }, TERMINAL), UNKNOWN)
    assert.equal((await findCard(parts, { recorded }, TERMINAL)).serial, recorded)
    await mustBeChip(parts.store, recorded, fromHex(CHIP))
    assert.equal((await findCard(parts, { chip: CHIP }, TERMINAL)).serial, recorded)
    await assert.rejects(findCard(parts, { recorded }, TERMINAL), UNKNOWN, 'another chip that says so is not believed')
    await parts.store.close()
  })

  test('at a glance: certificates with their end; whose it is for staff only, and that it was shown', async () => {
    const parts = await cardsOf(place(), 'card-1')
    const registry = people(MASTER)
    const key = cardKey()
    const { issuer, serial } = await activate(parts, orderFor('auth', key), key)
    const alone = await glance(parts, registry, 'card-1', { terminal: 'kiosk-1' }, false)
    assert.deepEqual([alone.person, alone.scripts, alone.writes], [undefined, [], []])
    assert.deepEqual(
      alone.certificates.map((one) => [one.issuer, one.serial, one.state, one.not_after > parts.clock.at]),
      [[issuer, serial, 'active', true]],
    )
    const shownLines = async () => {
      const sql = "SELECT holder, operator FROM audit WHERE procedure_name = 'card.shown'"
      return (await parts.store.all<{ holder: string; operator: string }>(sql)).map((line) => ({ ...line }))
    }
    assert.deepEqual(await shownLines(), [])
    const { person } = await glance(parts, registry, 'card-1', TERMINAL, true)
    assert.equal(person?.name, HANAKO.name)
    assert.deepEqual(await shownLines(), [{ holder: 'hanako', operator: 'operator-1' }])
    await assert.rejects(glance(parts, registry, 'none', TERMINAL, true), UNKNOWN)
    await parts.store.close()
  })
})
