import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '../../src/backend/ca/issuers.ts'
import { newestOf } from '../../src/backend/ca/links.ts'
import { PROOF_DEADLINE_MS } from '../../src/backend/ca/reserve.ts'
import { blockKey, end, endCertificatesOf } from '../../src/backend/ca/revoke.ts'
import { type CertState, certBySerial } from '../../src/backend/ca/states.ts'
import { GRACE_MS, reportWrite, sweep } from '../../src/backend/ca/sweep.ts'
import { SigningUnavailable } from '../../src/backend/keys/key-store.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { KeyReused } from '../../src/backend/store/idempotency.ts'
import { parseCertificate } from '../../src/pki/certificate.ts'
import type { BackendErrorCode } from '../../src/wire/backend-errors.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, confirmFor, type Fixture, issueFor, openFixture, orderFor, TERMINAL } from './fixture.ts'

const refused = (code: BackendErrorCode) => (error: unknown) => error instanceof Refusal && error.code === code
const stateOf = async (parts: Fixture, { issuer, serial }: { issuer: string; serial: number }): Promise<CertState> =>
  (await certBySerial(parts.store, issuer, serial)).state

onBothEngines('certification authority', (place) => {
  test('issue → signed → evidence → active, and renewal swaps old for new in one moment (rules 4, 5, F41)', async () => {
    const parts = await openFixture(place())
    const firstKey = cardKey()
    const first = await issueFor(parts, orderFor('auth', firstKey))
    assert.equal(await stateOf(parts, first), 'signed')
    const confirmed = await confirmFor(parts, first, firstKey)
    assert.deepEqual(confirmed, { issuer: first.issuer, serial: first.serial, state: 'active', replaced: [] })

    const secondKey = cardKey()
    const second = await issueFor(parts, orderFor('auth', secondKey))
    assert.equal(await stateOf(parts, first), 'active', 'the old one is valid until the new one is proven')
    const swapped = await confirmFor(parts, second, secondKey)
    assert.deepEqual(swapped.replaced, [{ issuer: first.issuer, serial: first.serial }])
    const old = await certBySerial(parts.store, first.issuer, first.serial)
    assert.deepEqual([old.state, old.reason], ['revoked', 4], 'superseded')
    assert.equal((await newestOf(parts.store, first.issuer, first.serial)).serial, second.serial)
    await parts.store.close()
  })

  test('rule 4: no evidence, no activation – wrong key, wrong bytes, wrong challenge change nothing', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    const issued = await issueFor(parts, orderFor('auth', key))
    const other = await issueFor(parts, orderFor('auth', cardKey(), { holder: 'taro', card: 'card-2' }))
    await assert.rejects(confirmFor(parts, issued, cardKey()), refused('badEvidence'))
    await assert.rejects(confirmFor(parts, { ...issued, challenge: other.challenge }, key), refused('badEvidence'))
    await assert.rejects(confirmFor(parts, { ...issued, certificate: other.certificate }, key), refused('badEvidence'))
    await assert.rejects(confirmFor(parts, { ...issued, serial: 1 }, key), refused('unknownCertificate'))
    assert.equal(await stateOf(parts, issued), 'signed')
    await parts.store.close()
  })

  test('rule 7: the same key gives the same certificate, another body is a conflict', async () => {
    const parts = await openFixture(place())
    const order = orderFor('auth', cardKey())
    const first = await issueFor(parts, order, 'key-1')
    const again = await issueFor(parts, order, 'key-1')
    assert.equal(again.serial, first.serial)
    assert.deepEqual(again.certificate, first.certificate)
    await assert.rejects(issueFor(parts, orderFor('auth', cardKey()), 'key-1'), KeyReused)
    await parts.store.close()
  })

  test('rule 7: the same order five times at once makes one certificate and burns no serial', async () => {
    const parts = await openFixture(place())
    const order = orderFor('auth', cardKey())
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => issueFor(parts, order, 'at once')))
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.ok(refused('inProgress')(outcome.reason), String(outcome.reason))
    assert.ok(outcomes.some(({ status }) => status === 'fulfilled'))
    assert.equal((await parts.store.all('SELECT id FROM cert')).length, 1)
    await parts.store.close()
  })

  test('confirming twice gives the same answer, also under a new key after a lost one', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    const issued = await issueFor(parts, orderFor('auth', key))
    const first = await confirmFor(parts, issued, key, 'c1')
    assert.deepEqual(await confirmFor(parts, issued, key, 'c1'), first)
    assert.equal((await confirmFor(parts, issued, key, 'c2')).state, 'active')
    await parts.store.close()
  })

  test('rule 1, P15: signing fails – the serial is burnt, the same order succeeds later with another', async () => {
    let dead = true
    const keys: Parameters<typeof openFixture>[1] = {
      keys: (real) => ({
        ...real,
        sign: (key, bytes) => (dead ? Promise.reject(new SigningUnavailable('no answer')) : real.sign(key, bytes)),
      }),
    }
    const parts = await openFixture(place(), keys)
    const order = orderFor('auth', cardKey())
    await assert.rejects(issueFor(parts, order, 'k'), refused('signingUnavailable'))
    const burnt = await parts.store.all<{ state: CertState; serial: number }>('SELECT state, serial FROM cert')
    assert.deepEqual(
      burnt.map(({ state }) => state),
      ['void'],
    )
    dead = false
    const issued = await issueFor(parts, order, 'k')
    assert.notEqual(issued.serial, burnt[0]?.serial)
    await parts.store.close()
  })

  test('a key that gives a wrong signature releases nothing', async () => {
    const parts = await openFixture(place(), {
      keys: (real) => ({ ...real, sign: async (key, bytes) => (await real.sign(key, bytes)).fill(1, 20) }),
    })
    await assert.rejects(issueFor(parts, orderFor('auth', cardKey())), refused('signingUnavailable'))
    await parts.store.close()
  })

  test('rule 5 under contention: of eight renewals confirmed at once exactly one ends active, in one unbroken line', async () => {
    const parts = await openFixture(place())
    const cards = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const key = cardKey()
        return { key, issued: await issueFor(parts, orderFor('auth', key)) }
      }),
    )
    await Promise.all(cards.map(({ key, issued }) => confirmFor(parts, issued, key)))
    const states = await Promise.all(cards.map(({ issued }) => stateOf(parts, issued)))
    assert.equal(states.filter((state) => state === 'active').length, 1)
    assert.equal(states.filter((state) => state === 'revoked').length, 7)
    const ends = await Promise.all(cards.map(({ issued }) => newestOf(parts.store, issued.issuer, issued.serial)))
    assert.equal(new Set(ends.map(({ serial }) => serial)).size, 1)
    await parts.store.close()
  })

  test('the unique index itself refuses a second active certificate of one holder and kind', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    await activate(parts, orderFor('auth', key), key)
    const second = await issueFor(parts, orderFor('auth', cardKey()))
    await assert.rejects(
      parts.store.transaction((tx) => tx.run("UPDATE cert SET state = 'active' WHERE serial = ?", second.serial)),
      { name: 'UniqueViolation' },
    )
    await parts.store.close()
  })

  test('rule 8: the sweeper voids what was not proven, later reports of it are refused', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    const issued = await issueFor(parts, orderFor('auth', key))
    assert.equal(await sweep(parts), 0, 'not before the deadline')
    parts.clock.at += PROOF_DEADLINE_MS
    assert.equal(await sweep(parts), 1)
    await assert.rejects(confirmFor(parts, issued, key), refused('certificateVoid'))
    const row = await certBySerial(parts.store, issued.issuer, issued.serial)
    assert.deepEqual([row.state, row.reason], ['void', 0], 'unspecified: disposed before hand-over (facts 5.6)')
    await parts.store.close()
  })

  test('rule 8: a terminal that said "written" puts the voiding off, once', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    const issued = await issueFor(parts, orderFor('auth', key))
    await reportWrite(parts, issued.issuer, issued.serial, true)
    parts.clock.at += PROOF_DEADLINE_MS
    assert.equal(await sweep(parts), 0)
    parts.clock.at += GRACE_MS
    assert.equal(await sweep(parts), 1)
    await parts.store.close()
  })

  test('hold and revoke; the phone falls with the card; a hold is lifted for the phone alone (F34)', async () => {
    const parts = await openFixture(place())
    const [cardsKey, phonesKey] = [cardKey(), cardKey()]
    const card = await activate(parts, orderFor('auth', cardsKey), cardsKey)
    const phone = await activate(parts, orderFor('phoneAuth', phonesKey), phonesKey)
    let n = 0
    const to = (what: typeof card, ending: Parameters<typeof end>[1]['ending']) =>
      end(parts, {
        issuer: what.issuer,
        serial: what.serial,
        ending,
        by: TERMINAL,
        key: `e${++n}`,
        body: JSON.stringify([what.serial, ending]),
      })
    const states = async () => [await stateOf(parts, card), await stateOf(parts, phone)]

    await to(phone, { to: 'held' })
    assert.deepEqual(await states(), ['active', 'held'])
    await to(phone, { to: 'active' })
    assert.deepEqual(await states(), ['active', 'active'])
    await to(card, { to: 'held' })
    assert.deepEqual(await states(), ['held', 'held'])
    await assert.rejects(to(card, { to: 'active' }), refused('wrongState'))
    const heldAt = (await certBySerial(parts.store, card.issuer, card.serial)).ended_at
    parts.clock.at += 1000
    await to(card, { to: 'revoked', reason: 'cessationOfOperation' })
    assert.deepEqual(await states(), ['revoked', 'revoked'])
    const row = await certBySerial(parts.store, card.issuer, card.serial)
    assert.deepEqual([row.ended_at, row.reason], [heldAt, 5], 'not good since the hold')
    await to(card, { to: 'revoked', reason: 'keyCompromise' })
    assert.equal((await certBySerial(parts.store, card.issuer, card.serial)).reason, 5, 'repeating changes nothing')
    await parts.store.close()
  })

  test('P6: ending by card serial ends what is on that card and nothing else of the person', async () => {
    const parts = await openFixture(place())
    const [oldKey, newKey] = [cardKey(), cardKey()]
    const old = await activate(parts, orderFor('auth', oldKey, { card: 'lost card' }), oldKey)
    const now = await activate(parts, orderFor('auth', newKey, { card: 'new card' }), newKey)
    const ended = await parts.store.transaction((tx) =>
      endCertificatesOf(
        tx,
        'lost card',
        { to: 'revoked', reason: 'cessationOfOperation' },
        TERMINAL,
        parts.clock.now(),
      ),
    )
    assert.equal(ended, 0, 'the one on the lost card was superseded already')
    assert.deepEqual([await stateOf(parts, old), await stateOf(parts, now)], ['revoked', 'active'])
    await parts.store.close()
  })

  test('blocked keys: revoked where used, refused for ever', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    const issued = await activate(parts, orderFor('auth', key), key)
    assert.equal(await blockKey(parts, sha256(key.publicKey), TERMINAL), 1)
    assert.equal((await certBySerial(parts.store, issued.issuer, issued.serial)).reason, 1, 'keyCompromise')
    await assert.rejects(issueFor(parts, orderFor('auth', key)), refused('keyBlocked'))
    await parts.store.close()
  })

  test('a key is certified for one person once', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    await activate(parts, orderFor('auth', key), key)
    await assert.rejects(issueFor(parts, orderFor('auth', key)), refused('keyUsed'))
    await assert.rejects(issueFor(parts, orderFor('auth', key, { holder: 'taro' })), refused('keyUsed'))
    await parts.store.close()
  })

  test('bad keys, expired cards, phones without a card are refused and store nothing', async () => {
    const parts = await openFixture(place())
    await assert.rejects(
      issueFor(parts, orderFor('auth', { ...cardKey(), publicKey: Uint8Array.of(0x30, 0) })),
      refused('badKey'),
    )
    await assert.rejects(issueFor(parts, orderFor('auth', cardKey('rsa'))), refused('noIssuer'))
    await assert.rejects(
      issueFor(parts, orderFor('auth', cardKey(), { cardExpiry: '20261101' })),
      refused('expiredCard'),
    )
    await assert.rejects(issueFor(parts, orderFor('phoneSign', cardKey())), refused('notEntitled'))
    assert.deepEqual(await parts.store.all('SELECT id FROM cert'), [])
    await parts.store.close()
  })

  test('rule 15: a clock that steps back stops issuing until it has caught up', async () => {
    const parts = await openFixture(place())
    await issueFor(parts, orderFor('auth', cardKey()))
    parts.clock.at -= 2_001
    await assert.rejects(issueFor(parts, orderFor('auth', cardKey())), refused('issuingStopped'))
    parts.clock.at += 2_001
    await issueFor(parts, orderFor('auth', cardKey()))
    await parts.store.close()
  })

  test('facts 5.6: sign ends with auth, renewal in the window runs to the 6th birthday, phones take over the card', async () => {
    const parts = await openFixture(place())
    const endOf = async (kind: Parameters<typeof orderFor>[0], key = cardKey()) => {
      const parsed = parseCertificate((await activate(parts, orderFor(kind, key), key)).certificate)
      assert.ok(parsed.ok)
      return new Date(parsed.value.notAfter).toISOString()
    }
    assert.equal(await endOf('auth'), '2031-03-31T14:59:59.000Z', '5th birthday')
    assert.equal(await endOf('sign'), '2031-03-31T14:59:59.000Z')
    assert.equal(await endOf('phoneAuth'), '2031-03-31T14:59:59.000Z')
    parts.clock.at = Date.parse('2031-01-05T03:00:00Z')
    assert.equal(await endOf('sign'), '2031-03-31T14:59:59.000Z', 'bounded by the older auth certificate')
    assert.equal(await endOf('auth'), '2035-03-31T14:59:59.000Z', '6th birthday, bounded by the card')
    await parts.store.close()
  })
})
