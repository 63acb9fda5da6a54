/** Staff and their sessions (F58, P12), on both engines. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endCertificatesOf } from '../../src/backend/ca/revoke.ts'
import { people } from '../../src/backend/cards/people.ts'
import { disableOperator, enrolOperator, keyHashOf, operators } from '../../src/backend/operators/operators.ts'
import {
  CHALLENGE_MS,
  forgetChallenges,
  SIGNED_IN_MS,
  signedIn,
  signIn,
  signInChallenge,
  signOut,
} from '../../src/backend/operators/sign-in.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import type { Terminal } from '../../src/backend/terminals/terminals.ts'
import { sessionToken } from '../../src/wire/backend-endpoint.ts'
import { onBothEngines } from './engines.ts'
import { activate, type CardKey, cardKey, MASTER, openFixture, orderFor, TERMINAL } from './fixture.ts'

const KIYOSE = '132217'
const counter = (id: string, town = KIYOSE): Terminal => ({ id, role: 'town', town, fingerprint: '' })
const HERE = counter('counter-1')

let n = 0
const named = (key = `operator ${++n}`, body = '') => ({ actor: 'test', key, body })

async function office(place: StorePlace) {
  const parts = await openFixture(place)
  const sealing = operators(MASTER)
  const admin = { terminal: 'admin' }
  const enrol = (id: string, key: CardKey, changes: { town?: string; name?: string } = {}) =>
    enrolOperator(
      parts,
      sealing,
      { id, name: '窓口　一郎', town: KIYOSE, publicKey: key.publicKey, ...changes },
      admin,
      named(),
    )
  const challenge = async (key: CardKey, at = HERE) =>
    (await signInChallenge(parts, { keyHash: keyHashOf(key.publicKey) }, at, named())).challenge
  const answer = (text: string, key: CardKey, at = HERE, request = named()) =>
    signIn(parts, sealing, { challenge: text, signature: key.sign(Buffer.from(text, 'base64')) }, at, request)
  const enter = async (key: CardKey, at = HERE) => answer(await challenge(key, at), key, at)
  const who = (token: string, at = HERE) => signedIn(parts.store, token, at.id, parts.clock.now())
  return { parts, admin, enrol, challenge, answer, enter, who }
}

onBothEngines('operators', (place) => {
  test('P12: enrolled, challenged, signed in with the card’s key, signed out', async () => {
    const { parts, enrol, enter, who } = await office(place())
    const key = cardKey()
    assert.deepEqual(await enrol('op-1', key), { id: 'op-1', keyHash: keyHashOf(key.publicKey) })
    const { operator, name, session, expiresAt } = await enter(key)
    assert.deepEqual([operator, name, expiresAt], ['op-1', '窓口　一郎', parts.clock.at + SIGNED_IN_MS])
    assert.ok(sessionToken.safeParse(session).success)
    assert.equal(await who(session), 'op-1')
    await assert.rejects(who(session, counter('counter-2')), { code: 'operatorSignedOut' }, 'good at its terminal only')
    await signOut(parts, session, 'counter-2')
    assert.equal(await who(session), 'op-1', 'another terminal cannot sign somebody out here')
    await signOut(parts, session, HERE.id)
    await signOut(parts, session, HERE.id)
    await assert.rejects(who(session), { code: 'operatorSignedOut' })
    const audited = await parts.store.all<{ procedure_name: string; operator: string }>(
      "SELECT procedure_name, operator FROM audit WHERE object = 'operator op-1' ORDER BY id",
    )
    assert.deepEqual(
      audited.map(({ procedure_name, operator }) => [procedure_name, operator]),
      [
        ['operator.enrolled', ''],
        ['operator.signed in', 'op-1'],
        ['operator.signed out', 'op-1'],
      ],
    )
    await parts.store.close()
  })

  test('a challenge: this terminal, five minutes, one use, the right key; a repeated request gets its answer again', async () => {
    const { parts, enrol, challenge, answer, who } = await office(place())
    const [key, other] = [cardKey(), cardKey()]
    await enrol('op-1', key)
    await enrol('op-2', other, { name: '窓口　二葉' })
    await assert.rejects(answer(await challenge(key), other), { code: 'signInRefused' }, 'somebody else’s card')
    await assert.rejects(answer(await challenge(key), key, counter('counter-2')), { code: 'signInRefused' })
    await assert.rejects(answer(Buffer.from('made up').toString('base64'), key), { code: 'signInRefused' })
    const late = await challenge(key)
    parts.clock.at += CHALLENGE_MS
    await assert.rejects(answer(late, key), { code: 'signInRefused' })
    const once = await challenge(key)
    const request = named()
    const first = await answer(once, key, HERE, request)
    assert.deepEqual(await answer(once, key, HERE, request), first, 'the answer was lost on the way')
    await assert.rejects(answer(once, key, HERE, { ...request, body: 'another' }), { name: 'KeyReused' })
    await assert.rejects(answer(once, key), { code: 'signInRefused' }, 'used')
    assert.equal(await who(first.session), 'op-1')
    const refusals = await parts.store.all<{ object: string; result: string }>(
      "SELECT object, result FROM audit WHERE procedure_name = 'operator.refused' ORDER BY id",
    )
    assert.deepEqual(
      refusals.map(({ object, result }) => `${object} ${result}`),
      [1, 2, 1, 1, 1].map((at) => `terminal counter-${at} signInRefused`),
      'who was not let in is on record',
    )
    await parts.store.transaction((tx) => forgetChallenges(tx, parts.clock.now()))
    assert.equal(await parts.store.get('SELECT id FROM operator_challenge WHERE challenge = ?', late), undefined)
    await parts.store.close()
  })

  test('of ten answers to one challenge at once exactly one signs in', async () => {
    const { parts, enrol, challenge, answer } = await office(place())
    const key = cardKey()
    await enrol('op-1', key)
    const text = await challenge(key)
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => answer(text, key)))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    const sessions = await parts.store.all('SELECT id FROM operator_session')
    assert.equal(sessions.length, 1)
    await parts.store.close()
  })

  test('eight hours and not a moment longer; two may be signed in at one terminal', async () => {
    const { parts, enrol, enter, who } = await office(place())
    const [key, other] = [cardKey(), cardKey()]
    await enrol('op-1', key)
    await enrol('op-2', other)
    const [one, two] = [await enter(key), await enter(other)]
    assert.deepEqual([await who(one.session), await who(two.session)], ['op-1', 'op-2'])
    parts.clock.at += SIGNED_IN_MS - 1
    assert.equal(await who(one.session), 'op-1')
    parts.clock.at += 1
    await assert.rejects(who(one.session), { code: 'operatorSignedOut' })
    await parts.store.close()
  })

  test('shut out, or given another key: sessions end at once; a key belongs to one person', async () => {
    const { parts, admin, enrol, enter, challenge, who } = await office(place())
    const [key, fresh, other] = [cardKey(), cardKey(), cardKey()]
    await enrol('op-1', key)
    await enrol('op-2', other)
    await assert.rejects(enrol('op-2', key), { code: 'operatorTaken' })
    const { session } = await enter(key)
    await enrol('op-1', fresh)
    await assert.rejects(who(session), { code: 'operatorSignedOut' })
    await assert.rejects(challenge(key), { code: 'unknownOperator' })
    const again = await enter(fresh)
    const waiting = await challenge(fresh)
    await disableOperator(parts, 'op-1', admin, named())
    await assert.rejects(who(again.session), { code: 'operatorSignedOut' })
    await assert.rejects(challenge(fresh), { code: 'unknownOperator' })
    await assert.rejects(
      signIn(
        parts,
        operators(MASTER),
        { challenge: waiting, signature: fresh.sign(Buffer.from(waiting, 'base64')) },
        HERE,
        named(),
      ),
      { code: 'unknownOperator' },
      'also who had a challenge already',
    )
    await assert.rejects(disableOperator(parts, 'nobody', admin, named()), { code: 'unknownOperator' })
    await enrol('op-1', fresh)
    await enter(fresh)
    await parts.store.close()
  })

  test('staff of another town are refused; those of none serve anywhere, and every place of no town takes all', async () => {
    const { parts, enrol, challenge } = await office(place())
    const [own, free] = [cardKey(), cardKey()]
    await enrol('op-1', own)
    await enrol('op-2', free, { town: '' })
    const sapporo = counter('counter-9', '011011')
    await assert.rejects(challenge(own, sapporo), { code: 'operatorElsewhere' })
    await challenge(free, sapporo)
    await challenge(own, { ...counter('consulate-1', ''), role: 'consulate' })
    await assert.rejects(enrol('op-3', cardKey(), { town: '999999' }), { code: 'unknownMunicipality' })
    await assert.rejects(enrol('op-3', { ...cardKey(), publicKey: Uint8Array.of(1, 2, 3) }), { code: 'badKey' })
    await parts.store.close()
  })

  test('F34: a staff card whose certificate was suspended or has expired signs nobody in; shown as a certificate too', async () => {
    const { parts, enrol, enter, challenge } = await office(place())
    const registry = people(MASTER)
    const hanako = {
      name: '番号　花子',
      kana: 'バンゴウ',
      sex: '2',
      birth: '19890331',
      address: '東京都',
      abroad: false,
    } as const
    await parts.store.transaction(async (tx) => {
      await registry.add(tx, 'hanako', KIYOSE, hanako, 1)
      await tx.run(
        "INSERT INTO card (serial, holder, municipality, state, state_at, expires, face_auth, at) VALUES ('card-1', 'hanako', '132217', 'delivered', 1, '20350331', 0, 1)",
      )
    })
    const key = cardKey()
    await enrol('op-1', key)
    const { certificate } = await activate(parts, orderFor('auth', key), key)
    await signInChallenge(parts, { certificate }, HERE, named())
    await enter(key)
    const at = parts.clock.at
    parts.clock.at = Date.parse('2031-04-01T03:00:00Z')
    await assert.rejects(challenge(key), { code: 'staffCardEnded' })
    parts.clock.at = at
    await parts.store.transaction((tx) => endCertificatesOf(tx, 'card-1', { to: 'held' }, TERMINAL, at))
    await assert.rejects(challenge(key), { code: 'staffCardEnded' })
    await assert.rejects(signInChallenge(parts, { certificate: Uint8Array.of(0x30, 0) }, HERE, named()), {
      code: 'badInput',
    })
    await parts.store.close()
  })

  test('rule 17: neither name nor token can be read in the database', async () => {
    const { parts, enrol, enter } = await office(place())
    const key = cardKey()
    await enrol('op-1', key)
    const { session } = await enter(key)
    const texts: string[] = []
    for (const table of ['operator', 'operator_session', 'operator_challenge', 'idempotency', 'audit'])
      for (const row of await parts.store.all(`SELECT * FROM ${table}`))
        texts.push(
          ...Object.values(row).map((value) =>
            value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value),
          ),
        )
    assert.ok(texts.length > 20)
    for (const text of texts) assert.ok(!text.includes('窓口') && !text.includes(session))
    await parts.store.close()
  })
})
