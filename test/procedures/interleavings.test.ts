/**
 * P5 over random interleavings of {apply, abolish, re-apply, make, dispatch, set up, move out, move in, deliver, set PIN}, wards of designated
 * cities included, at an unattended delivery site: what the register's rules alone would say against backend, procedures and chips. 2018: 14
 * cards were handed over with a dead function after an abolition, a second application or a move to another ward.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { applyForCard, moveCardOn } from '../../src/backend/cards/cards.ts'
import { registryEvent } from '../../src/backend/cards/registry-events.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import type { ProcedureName, View } from '../../src/wire/view.ts'
import { deliveredCard, type World } from '../host/delivered-card.ts'
import { ending, kiosk } from '../host/kiosk.ts'
import { changer, takes } from './terminal.ts'

const BY = { terminal: 'demo-registry' }
/** 清瀬市, two wards of 川崎市, one of 横浜市. */
const TOWNS = ['132217', '141313', '141330', '141011'] as const
const PINS = { sign: 'NEU456X', auth: '8024', text: '9135', juki: '7046' } as const

interface ModelCard {
  readonly serial: string
  readonly chip: SimulatedCard
  state: 'applied' | 'dispatched' | 'setUp' | 'delivered' | 'abolished'
  /** Version and municipality of the register's entry that it was set up for. */
  setUpFor?: { version: number; town: string }
  auth: string
}

/** One person and their cards, as the rules have it. */
class Model {
  version = 1
  town: string = TOWNS[0]
  readonly cards: ModelCard[] = []
  /** Whose certificates count: a holder has one of each kind (rule 5). */
  holds: ModelCard | undefined

  mayBeSetUp({ state }: ModelCard): boolean {
    return state === 'dispatched' || state === 'setUp'
  }

  mayBeDelivered(card: ModelCard): boolean {
    const { state, setUpFor } = card
    const current = setUpFor?.version === this.version && setUpFor.town === this.town
    return state === 'setUp' && current && this.holds === card && !this.cards.some((one) => one.state === 'delivered')
  }
}

type Step =
  | { readonly kind: 'apply' }
  | { readonly kind: 'move'; readonly town: number }
  | { readonly kind: 'abolish' | 'dispatch' | 'setUp' | 'deliver' | 'setPin'; readonly card: number }

const which = fc.nat({ max: 2 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'apply' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), town: fc.nat({ max: TOWNS.length - 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abolish' as const), card: which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dispatch' as const), card: which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('setUp' as const), card: which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), card: which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('setPin' as const), card: which }) },
)

let world: World
let people = 0
let made = 0

before(async () => {
  world = await deliveredCard()
})
after(() => world[Symbol.asyncDispose]())

/** A chip fresh from the factory, with a serial and an identification of its own. */
async function freshChip(serial: string): Promise<SimulatedCard> {
  const image = await makeCardImage('factory', { serial })
  const isd = { ...image.cells['isd'], '00CF': `CF0A0000${serial}0` }
  return SimulatedCard.fromImage({ ...image, cells: { ...image.cells, isd } })
}

async function at(
  card: ModelCard,
  role: 'deliverySite' | 'postOffice',
  procedure: ProcedureName,
  typed: readonly string[],
) {
  await using terminal = kiosk({ ...world, port: world.port } as World, { role })
  terminal.insert(card.chip)
  const person = changer(terminal, 'auth', typed)
  const seen = await terminal.run(procedure, (view: View, all) =>
    view.kind === 'samePin' ? { answer: { same: false } } : person(view, all),
  )
  return ending(seen)
}

const CHOSEN = [PINS.sign, PINS.sign, PINS.auth, PINS.auth, PINS.text, PINS.text, PINS.juki, PINS.juki]

async function stateOf({ serial }: ModelCard): Promise<string> {
  const row = await world.backend.parts.store.get<{ state: string }>('SELECT state FROM card WHERE serial = ?', serial)
  return row?.state ?? 'none'
}

async function order(model: Model, holder: string, step: Step): Promise<void> {
  const { parts, people: registry } = world.backend
  const named = () => ({ actor: 'test', key: crypto.randomUUID(), body: step.kind })
  if (step.kind === 'apply') {
    if (model.cards.length === 3) return
    const serial = `8800001${String(++made).padStart(8, '0')}`
    const card: ModelCard = { serial, chip: await freshChip(serial), state: 'applied', auth: '' }
    await applyForCard(parts, registry, { serial, holder, expires: '20350331', faceAuth: false }, BY, named())
    model.cards.push(card)
    return
  }
  if (step.kind === 'move') {
    const town = TOWNS[step.town] ?? TOWNS[0]
    const event = { kind: 'moved', municipality: town, address: `見本町${made}番地${model.version}` } as const
    await registryEvent(parts, registry, { id: crypto.randomUUID(), holder, event }, BY)
    model.version++
    model.town = town
    return
  }
  const card = model.cards[step.card]
  if (card === undefined) return
  switch (step.kind) {
    case 'abolish':
    case 'dispatch': {
      const to = step.kind === 'abolish' ? 'abolished' : 'dispatched'
      const may = to === 'abolished' ? card.state !== 'abolished' : card.state === 'applied'
      const moved = await moveCardOn(parts, registry, card.serial, { to }, BY, named()).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof Refusal, String(error))
          return false
        },
      )
      assert.equal(moved, may, `${step.kind} from ${card.state}`)
      if (!may) return
      card.state = to
      if (to === 'abolished' && model.holds === card) model.holds = undefined
      return
    }
    case 'setUp': {
      const may = model.mayBeSetUp(card)
      const told = await at(card, 'deliverySite', 'preDelivery', [])
      assert.equal(told === 'done', may, `set up from ${card.state}: ${told}`)
      if (!may) return
      card.state = 'setUp'
      card.setUpFor = { version: model.version, town: model.town }
      model.holds = card
      return
    }
    case 'deliver': {
      const may = model.mayBeDelivered(card)
      const told = await at(card, 'deliverySite', 'delivery', CHOSEN)
      assert.equal(told === 'done', may, `deliver from ${card.state}: ${told}`)
      if (!may) return
      card.state = 'delivered'
      card.auth = PINS.auth
      await isWhole(card)
      return
    }
    case 'setPin': {
      if (card.state !== 'delivered') return
      const next = card.auth === '8024' ? '5813' : '8024'
      assert.equal(await at(card, 'postOffice', 'pinChange', [card.auth, next, next]), 'done')
      card.auth = next
    }
  }
}

/** P5: every application selects, every PIN verifies, every certificate is good – asked of the chip and of the backend, not of the self-test. */
async function isWhole(card: ModelCard): Promise<void> {
  const chip = card.chip.fork()
  chip.powerOn('contact')
  for (const aid of [
    'D392F000260100000001',
    'D3921000310001010408',
    'D3921000310001010401',
    'D3921000310001010402',
    'D3921000310001010100',
  ]) {
    const [sw1] = chip.transmit(Buffer.from(`00A4040C0A${aid}`, 'hex'))
    assert.equal(sw1, 0x90, aid)
  }
  for (const [pin, value] of [...Object.entries(PINS), ['common', PINS.juki]] as const)
    assert.ok(takes(card.chip, pin as 'sign', value), `${card.serial}: ${pin}`)
  const { certificates } = await world.ask('demo-kiosk', `/v1/cards/${card.serial}`)
  for (const kind of ['auth', 'sign']) {
    const active = certificates.filter(
      (one: { kind: string; state: string }) => one.kind === kind && one.state === 'active',
    )
    assert.equal(active.length, 1, `${card.serial}: ${kind}`)
    const { issuer, serial } = active[0]
    const { status } = await world.ask('demo-verifier', '/v1/validity', { issuer, serial, by: 'live' })
    assert.equal(status, 'good', `${card.serial}: ${kind}`)
  }
}

test('P5: over every interleaving a card that was handed over is whole, and none else is handed over', {
  timeout: 170_000,
}, async () => {
  const runs = Number(process.env['MADOGUCHI_RUNS'] ?? 12)
  let delivered = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 6, maxLength: 18 }), async (steps) => {
      const { parts, people: registry } = world.backend
      const holder = `p5-${++people}`
      const attributes = {
        name: '番号　桜',
        kana: 'バンゴウ　サクラ',
        sex: '2',
        birth: '19890331',
        abroad: false,
      } as const
      const address = `見本町${people}番地`
      await parts.store.transaction((tx) =>
        registry.add(tx, holder, TOWNS[0], { ...attributes, address }, parts.clock.now()),
      )
      const model = new Model()
      // A beginning that most lives have, so that few steps reach the end.
      for (const step of [{ kind: 'apply' }, { kind: 'dispatch', card: 0 }, ...steps] as Step[]) {
        await order(model, holder, step)
        for (const card of model.cards) assert.equal(await stateOf(card), card.state, `${step.kind}: ${card.serial}`)
      }
      delivered += model.cards.filter(({ auth }) => auth !== '').length
    }),
    { numRuns: runs, seed: 20181, endOnFailure: true },
  )
  assert.ok(delivered > 0, 'some card was handed over')
})
