import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateKind } from '../../src/backend/ca/kinds.ts'
import { cardBySerial } from '../../src/backend/cards/card-states.ts'
import { applyForCard, type CardOrder, moveCardOn } from '../../src/backend/cards/cards.ts'
import { type Attributes, type People, people } from '../../src/backend/cards/people.ts'
import { reconcileCard } from '../../src/backend/cards/reconcile.ts'
import { type RegistryEvent, registryEvent } from '../../src/backend/cards/registry-events.ts'
import { pickPerson, searchPeople } from '../../src/backend/cards/search.ts'
import { orderCertificate } from '../../src/backend/certificates.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { mustServe, setTown } from '../../src/backend/towns/gate.ts'
import { hex } from '../../src/base/hex.ts'
import type { BackendErrorCode } from '../../src/wire/backend-errors.ts'
import { onBothEngines } from './engines.ts'
import { cardKey, confirmFor, type Fixture, MASTER, openFixture, TERMINAL } from './fixture.ts'

export const HANAKO: Attributes = {
  name: '番号　花子',
  kana: 'バンゴウ　ハナコ',
  sex: '2',
  birth: '19890331',
  address: '東京都清瀬市中里５丁目８４２番地',
  abroad: false,
}
const GOOD = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }

const refused = (code: BackendErrorCode) => (error: unknown) => error instanceof Refusal && error.code === code

interface Desk extends Fixture {
  readonly people: People
  apply(serial: string, holder?: string, faceAuth?: boolean): Promise<unknown>
  to(serial: string, order: CardOrder): Promise<unknown>
  event(id: string, event: RegistryEvent, holder?: string): Promise<{ ended: number }>
  certify(card: string, kind: CertificateKind): Promise<{ issuer: string; serial: number }>
  states(): Promise<readonly string[]>
}

async function desk(place: StorePlace): Promise<Desk> {
  const parts = await openFixture(place)
  const registry = people(MASTER)
  await parts.store.transaction((tx) => registry.add(tx, 'hanako', '132217', HANAKO, parts.clock.now()))
  let n = 0
  const named = (body: string) => ({ actor: TERMINAL.terminal, key: `k${++n}`, body })
  return {
    ...parts,
    people: registry,
    apply: (serial, holder = 'hanako', faceAuth = false) =>
      applyForCard(parts, registry, { serial, holder, expires: '20350331', faceAuth }, TERMINAL, named(serial)),
    to: (serial, order) => moveCardOn(parts, registry, serial, order, TERMINAL, named(serial)),
    event: (id, event, holder = 'hanako') => registryEvent(parts, registry, { id, holder, event }, TERMINAL),
    async certify(card, kind) {
      const key = cardKey()
      const phone = kind.startsWith('phone') ? { phone: 'phone-1' } : {}
      const id = `c${++n}`
      const issued = await orderCertificate(parts, registry, {
        kind,
        card,
        ...phone,
        publicKey: key.publicKey,
        by: TERMINAL,
        key: id,
        body: id,
      })
      await confirmFor(parts, issued, key)
      return issued
    },
    states: async () =>
      (await parts.store.all<{ kind: string; state: string }>('SELECT kind, state FROM cert ORDER BY kind, state')).map(
        ({ kind, state }) => `${kind} ${state}`,
      ),
  }
}

const delivered: CardOrder = { to: 'delivered', selfTest: GOOD }

async function inHand(at: Desk, serial: string): Promise<void> {
  await at.apply(serial)
  await at.to(serial, { to: 'dispatched' })
  await at.to(serial, { to: 'setUp' })
  await at.certify(serial, 'auth')
  await at.certify(serial, 'sign')
  await at.to(serial, delivered)
}

onBothEngines('cards', (place) => {
  test('F04: applied → dispatched → set up → delivered, and no other way', async () => {
    const at = await desk(place())
    await at.apply('A1')
    await assert.rejects(at.to('A1', delivered), refused('cardState'))
    await assert.rejects(at.to('A1', { to: 'setUp' }), refused('cardState'))
    await assert.rejects(at.certify('A1', 'auth'), refused('cardState'))
    await at.to('A1', { to: 'dispatched' })
    await at.to('A1', { to: 'setUp' })
    await at.to('A1', delivered)
    assert.equal((await cardBySerial(at.store, 'A1')).state, 'delivered')
    await assert.rejects(at.apply('A1'), refused('cardExists'))
    await assert.rejects(at.to('A2', delivered), refused('unknownCard'))
    await at.store.close()
  })

  test('P7: no hand-over without a passed self-test, or with a certificate that is not proven', async () => {
    const at = await desk(place())
    await at.apply('A1')
    await at.to('A1', { to: 'dispatched' })
    await at.to('A1', { to: 'setUp' })
    for (const flaw of Object.keys(GOOD))
      await assert.rejects(
        at.to('A1', { to: 'delivered', selfTest: { ...GOOD, [flaw]: false } }),
        refused('selfTestFailed'),
      )
    const key = cardKey()
    await orderCertificate(at, at.people, {
      kind: 'auth',
      card: 'A1',
      publicKey: key.publicKey,
      by: TERMINAL,
      key: 'x',
      body: 'x',
    })
    await assert.rejects(at.to('A1', delivered), refused('selfTestFailed'))
    await at.store.close()
  })

  test('P5: who moves between set-up and hand-over gets no card that was set up for the old address', async () => {
    const at = await desk(place())
    await at.apply('A1')
    await at.to('A1', { to: 'dispatched' })
    await at.to('A1', { to: 'setUp' })
    await at.certify('A1', 'sign')
    await at.event('e1', { kind: 'moved', municipality: '011011', address: '北海道札幌市中央区北１条西２丁目' })
    await assert.rejects(at.to('A1', delivered), refused('cardElsewhere'))
    await at.event('e2', { kind: 'moved', municipality: '132217', address: '東京都清瀬市元町１丁目' })
    await assert.rejects(at.to('A1', delivered), refused('cardOutdated'))
    await at.to('A1', { to: 'setUp' })
    await at.to('A1', delivered)
    assert.deepEqual(await at.states(), ['sign revoked'])
    await at.store.close()
  })

  test('F40: a move or a new name ends the signature certificate alone, also one that is not proven yet', async () => {
    const at = await desk(place())
    await inHand(at, 'A1')
    assert.deepEqual(await at.event('e1', { kind: 'renamed', name: '仮名　花子', kana: 'カメイ　ハナコ' }), {
      ended: 1,
    })
    assert.deepEqual(await at.states(), ['auth active', 'sign revoked'])
    const key = cardKey()
    const issued = await orderCertificate(at, at.people, {
      kind: 'sign',
      card: 'A1',
      publicKey: key.publicKey,
      by: TERMINAL,
      key: 's',
      body: 's',
    })
    await at.event('e2', { kind: 'movedAbroad', remark: '国外転出　令和８年１２月１日' })
    await assert.rejects(confirmFor(at, issued, key), refused('certificateVoid'))
    assert.equal((await at.people.get(at.store, 'hanako')).address, '国外転出　令和８年１２月１日')
    await at.store.close()
  })

  test('P5: a move between looking up and reserving – the certificate with the old address is not made', async () => {
    const at = await desk(place())
    await at.apply('A1')
    await at.to('A1', { to: 'dispatched' })
    const transaction = at.store.transaction.bind(at.store)
    const move = { kind: 'moved', municipality: '011011', address: '北海道札幌市' } as const
    at.store.transaction = async (work) => {
      at.store.transaction = transaction
      await at.event('e1', move)
      return transaction(work)
    }
    await assert.rejects(at.certify('A1', 'sign'), refused('registerChanged'))
    assert.deepEqual(await at.states(), [])
    await at.certify('A1', 'sign')
    await at.store.close()
  })

  test('F40: death ends everything once, however often it is reported', async () => {
    const at = await desk(place())
    await inHand(at, 'A1')
    assert.deepEqual(await at.event('e9', { kind: 'died' }), { ended: 2 })
    assert.deepEqual(await at.event('e9', { kind: 'died' }), { ended: 0 })
    assert.deepEqual(await at.states(), ['auth revoked', 'sign revoked'])
    assert.equal((await cardBySerial(at.store, 'A1')).state, 'abolished')
    await assert.rejects(at.apply('A2'), refused('notEntitled'))
    await at.store.close()
  })

  test('P6: abolishing the old card by its serial leaves the new one of the same person alone', async () => {
    const at = await desk(place())
    await inHand(at, 'A1')
    await at.apply('A2')
    await at.to('A2', { to: 'dispatched' })
    await at.to('A2', { to: 'setUp' })
    await at.certify('A2', 'auth')
    await assert.rejects(at.to('A2', delivered), refused('otherCardDelivered'))
    await at.to('A1', { to: 'abolished' })
    await at.to('A2', delivered)
    assert.deepEqual(await at.states(), ['auth active', 'auth revoked', 'sign revoked'])
    await at.store.close()
  })

  test('F34: suspending the card holds its certificates, the phone with them; a hold is not lifted', async () => {
    const at = await desk(place())
    await inHand(at, 'A1')
    await at.certify('A1', 'phoneAuth')
    await at.to('A1', { to: 'suspended' })
    assert.deepEqual(await at.states(), ['auth held', 'phoneAuth held', 'sign held'])
    await at.to('A1', delivered)
    assert.deepEqual(await at.states(), ['auth held', 'phoneAuth held', 'sign held'])
    await at.certify('A1', 'auth')
    assert.deepEqual(await at.states(), ['auth active', 'auth revoked', 'phoneAuth revoked', 'sign held'])
    await at.store.close()
  })

  test('F13, facts 7.1: no signature certificate for a face-authentication card or a child', async () => {
    const at = await desk(place())
    await at.store.transaction((tx) =>
      at.people.add(
        tx,
        'jiro',
        '132217',
        { ...HANAKO, name: '番号　次郎', kana: 'バンゴウ　ジロウ', birth: '20150401' },
        1,
      ),
    )
    await at.apply('F1', 'hanako', true)
    await at.apply('C1', 'jiro')
    for (const serial of ['F1', 'C1']) {
      await at.to(serial, { to: 'dispatched' })
      await assert.rejects(at.certify(serial, 'sign'), refused('notEntitled'))
      await at.certify(serial, 'auth')
    }
    await at.store.close()
  })

  test('rule 9: whoever sees a card learns what to do about each certificate, and a mismatch is on record', async () => {
    const at = await desk(place())
    await at.apply('A1')
    await at.to('A1', { to: 'dispatched' })
    const see = async (...certificates: readonly (Uint8Array | undefined)[]) => {
      const seen = certificates.map((certificate, i) => {
        const kind = i === 0 ? ('auth' as const) : ('sign' as const)
        return certificate === undefined ? { kind } : { kind, certificate }
      })
      return (await reconcileCard(at, 'A1', seen, TERMINAL)).map(({ verdict }) => verdict)
    }
    assert.deepEqual(await see(undefined, undefined), ['agreed', 'agreed'], 'nothing there, nothing expected')
    const key = cardKey()
    const order = { kind: 'auth' as const, card: 'A1', publicKey: key.publicKey, by: TERMINAL, key: 'o', body: 'o' }
    const issued = await orderCertificate(at, at.people, order)
    const [unproven] = await reconcileCard(at, 'A1', [{ kind: 'auth', certificate: issued.certificate }], TERMINAL)
    assert.deepEqual(
      [unproven?.verdict, unproven?.challenge && hex(unproven.challenge)],
      ['unproven', hex(issued.challenge)],
      'enough to go on and prove it',
    )
    await confirmFor(at, issued, key)
    assert.deepEqual(await see(issued.certificate, Uint8Array.of(1, 2)), ['agreed', 'foreign'])
    assert.deepEqual(await see(undefined), ['missing'])
    await at.certify('A1', 'auth')
    assert.deepEqual(await see(issued.certificate), ['ended'], 'the new one was proven, the chip still shows the old')
    const flagged = await at.store.all("SELECT id FROM audit WHERE procedure_name = 'card.mismatch'")
    assert.equal(flagged.length, 3)
    await at.store.close()
  })

  test('F58: search never picks by itself', async () => {
    const at = await desk(place())
    const search = (query: object) =>
      searchPeople(at, at.people, { kana: 'ばんごう はなこ', birth: '19890331', ...query }, TERMINAL)
    await assert.rejects(search({}), refused('searchTooWeak'))
    assert.equal((await search({ sex: '1' })).kind, 'nobody')
    assert.equal((await search({ sex: '2' })).kind, 'one')
    const { name, birth, sex, address } = HANAKO
    const compared = { name, birth, sex, address }
    assert.equal((await pickPerson(at, at.people, { holder: 'hanako', compared, by: TERMINAL })).id, 'hanako')
    const wrong = { ...compared, address: '東京都' }
    await assert.rejects(
      pickPerson(at, at.people, { holder: 'hanako', compared: wrong, by: TERMINAL }),
      refused('pickMismatch'),
    )

    await at.store.transaction((tx) => at.people.add(tx, 'twin', '011011', { ...HANAKO, address: '北海道札幌市' }, 1))
    assert.equal((await search({ address })).kind, 'secondLook', 'one fits, but somebody is alike')
    const pick = (second?: string) =>
      pickPerson(at, at.people, {
        holder: 'hanako',
        compared,
        by: TERMINAL,
        ...(second === undefined ? {} : { secondOperator: second }),
      })
    await assert.rejects(pick(), refused('secondLookNeeded'))
    await assert.rejects(pick(TERMINAL.operator), refused('secondLookNeeded'))
    await pick('operator-2')
    const audited = await at.store.all(
      "SELECT id FROM audit WHERE procedure_name IN ('person.picked', 'person.searched')",
    )
    assert.equal(audited.length, 8, 'every search that ran and every pick, refused ones too')
    await at.store.close()
  })

  test('rule 17: no readable personal data in the database', async () => {
    const at = await desk(place())
    const row = await at.store.get<{ sealed: Uint8Array; search: Uint8Array }>('SELECT sealed, search FROM person')
    assert.doesNotMatch(Buffer.from(row?.sealed ?? []).toString('utf8'), /花子|19890331|清瀬/)
    await at.store.close()
  })

  test('P19, F54: a town that is down is refused alone; a kiosk serves only towns with a passed check sheet', async () => {
    const at = await desk(place())
    await at.apply('A1')
    await at.to('A1', { to: 'dispatched' })
    await setTown(at, '132217', { down: true }, TERMINAL)
    await assert.rejects(at.certify('A1', 'auth'), refused('townDown'))
    await mustServe(at.store, '011011', 'counter')
    await assert.rejects(mustServe(at.store, '011011', 'kiosk'), refused('townNotOpen'))
    await setTown(at, '011002', { checkSheet: true }, TERMINAL)
    await mustServe(at.store, '011011', 'kiosk')
    await setTown(at, '011002', { down: true }, TERMINAL)
    await assert.rejects(mustServe(at.store, '011011', 'counter'), refused('townDown'))
    await assert.rejects(setTown(at, '999999', { down: true }, TERMINAL), refused('unknownMunicipality'))
    await at.store.close()
  })
})
