/**
 * The terminal's own flows on readers nobody here wrote: one Debian pcscd with vpcd, through the `smartcard` binding, against backends
 * over HTTP. After each, whoever can verifies the new PINs through the same daemon, before the card is lifted. OpenSC knows the JPKI
 * application alone: it verifies the 署名用 and the 利用者証明用 PIN. The PINs of the 券面事項入力補助, 住基 and 共通カード applications and
 * 照合番号B are behind AIDs that OpenSC has no driver for, so our reading library asks for those, of the card as it was lifted. vpcd has two
 * slots: the resident's reader is one; the other is the staff reader, or the phone's.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { FaceCheck } from '../../src/procedures/face-check.ts'
import type { TerminalRole } from '../../src/wire/backend-roles.ts'
import type { PinName, ProcedureName } from '../../src/wire/view.ts'
import { deliveredCard, type World } from '../host/delivered-card.ts'
import { ending } from '../host/kiosk.ts'
import { changer, specimen, TestTerminal } from '../procedures/terminal.ts'
import { TestCounter } from '../staff/counter.ts'
import { CHOSEN, clerk, resident, through } from '../staff/people.ts'
import { HANAKO, type Issued, TestTown } from '../staff/town.ts'
import { libraryTakes, PcscdReaders } from './pcscd-readers.ts'
import { SECOND_VPCD_READER, VPCD_READER } from './real-pcscd.ts'

let readers: PcscdReaders
before(async () => {
  readers = await PcscdReaders.open()
})
after(() => readers[Symbol.asyncDispose]())

const MATCHING: FaceCheck = {
  how: 'simulatedEngine',
  compare: async () => ({ method: 'simulatedEngine', matched: true }),
}

interface Visit {
  readonly card: SimulatedCard
  readonly procedure: ProcedureName
  readonly pin?: PinName
  readonly typed?: readonly string[]
  readonly role?: TerminalRole
  readonly world?: World
  readonly reader?: string
  /** While the card still lies there. */
  readonly check: () => Promise<void>
}

/** One person at a terminal without staff. Returns the card they take with them. */
async function visit({ card, procedure, reader = VPCD_READER, ...visit }: Visit): Promise<SimulatedCard> {
  const { pin = 'none', typed = [], role = 'postOffice', world, check } = visit
  await using terminal = new TestTerminal(undefined, {
    readers: readers.service,
    settings: { terminal: `demo-${role}`, role, place: 'test', keypad: 'telephone', reader },
    ...(world && { backend: [world.port] }),
    ...(role === 'resetApp' && { face: MATCHING }),
  })
  const laid = await readers.lay(card, reader)
  const person = changer(terminal, pin, typed)
  let lifted: SimulatedCard | undefined
  const seen = await terminal.run(procedure, (view, all) => {
    if (view.kind !== 'takeCard') return person(view, all)
    return async () => {
      if (lifted !== undefined) return
      await check()
      lifted = await laid.lift()
    }
  })
  assert.ok(seen.some(({ kind }) => kind === 'done' || kind === 'pinStatus') && lifted, `${procedure}: ${ending(seen)}`)
  return lifted
}

test('PIN status, and a change of each of the four PINs: only the new ones verify', async () => {
  let card = await specimen()
  card = await visit({
    ...{ card, procedure: 'pinStatus' },
    check: async () => assert.ok(await readers.openScTakes('auth', '1234'), 'OpenSC takes the PIN it had'),
  })
  for (const pin of ['sign', 'auth', 'text', 'juki'] as const) {
    const [from, to] = [pin === 'sign' ? 'ABC123' : '1234', CHOSEN[pin]]
    const check = async () => {
      if (pin === 'sign' || pin === 'auth')
        assert.ok(await readers.openScTakes(pin, to), `OpenSC takes the new ${pin} PIN`)
    }
    card = await visit({ card, procedure: 'pinChange', pin, typed: [from, to, to], check })
    const places = pin === 'juki' ? (['juki', 'common'] as const) : [pin]
    const all = (value: string) => Object.fromEntries(places.map((place) => [place, value]))
    assert.deepEqual(await libraryTakes(card, all(from)), all('wrongPin'))
    assert.deepEqual(await libraryTakes(card, all(to)), {})
  }
})

test('F21 to F24: reserved by the phone, reset at the kiosk; OpenSC verifies both new PINs', async () => {
  await using world = await deliveredCard()
  const check = async () => {}
  const phone = { role: 'resetApp', reader: SECOND_VPCD_READER, check } as const
  const portrait = 'a picture of the live face'
  const { sign, auth } = CHOSEN
  let { card } = world
  card = await visit({ world, card, ...phone, procedure: 'reserveSignReset', typed: ['1234', world.printed, portrait] })
  assert.deepEqual(await libraryTakes(card, { sign: 'ABC123', auth: '1234' }), {}, 'a reservation writes nothing')
  card = await visit({
    ...{ world, card, role: 'kiosk', procedure: 'signPinReset', typed: ['1234', sign, sign] },
    check: async () => assert.ok(await readers.openScTakes('sign', sign), 'OpenSC takes the new signature PIN'),
  })
  card = await visit({ world, card, ...phone, procedure: 'reserveAuthReset', typed: [sign, world.printed, portrait] })
  card = await visit({
    ...{ world, card, role: 'kiosk', procedure: 'authPinReset', typed: [sign, auth, auth] },
    check: async () => assert.ok(await readers.openScTakes('auth', auth), 'OpenSC takes the new authentication PIN'),
  })
  assert.deepEqual(await libraryTakes(card, { sign: 'ABC123', auth: '1234' }), { sign: 'wrongPin', auth: 'wrongPin' })
})

/** A counter on both readers, somebody signed in, and one card after another. */
class PcscdCounter {
  readonly town: TestTown
  readonly at: TestCounter
  pin: PinName | 'codeB' = 'auth'
  chosen = CHOSEN
  person: Issued | undefined
  #lift: (() => Promise<void>) | undefined

  constructor(town: TestTown) {
    this.town = town
    const hands = resident(() => this.at)
    this.at = new TestCounter({
      backend: town.line(),
      on: { readers: readers.service, reader: VPCD_READER, staffReader: SECOND_VPCD_READER },
      staff: (view) => clerk({ pin: this.pin, ...(this.person && { person: this.person }) })(view),
      resident: (view) => {
        if (view.kind === 'takeCard') return () => this.#lift?.()
        return view.kind === 'enterPin' ? { answer: { entered: true }, pin: this.chosen[view.pin] } : hands(view)
      },
    })
  }

  async done(card: SimulatedCard, procedure: ProcedureName, check = async () => {}): Promise<SimulatedCard> {
    const { at } = this
    const laid = await readers.lay(card)
    const lifted = Promise.withResolvers<SimulatedCard>()
    this.#lift = async () => {
      this.#lift = undefined
      try {
        await check()
      } catch (error) {
        lifted.reject(error)
      }
      const card = await laid.lift()
      lifted.resolve(card)
    }
    await at.sees('counter', (view) => view.card?.backend === 'good')
    if (procedure === 'delivery') {
      await at.asks('search')
      await at.sees('counter', (view) => view.person !== undefined && view.card !== undefined)
    }
    assert.equal(await through(at, procedure), 'done', procedure)
    return await lifted.promise
  }
}

test('交付前設定, 交付 with its self-test, every reset at a counter: a factory card to one whose PINs verify', async () => {
  await using town = await TestTown.open()
  const desk = new PcscdCounter(town)
  await using at = desk.at
  const staffCard = await readers.lay(await town.staffCard(), SECOND_VPCD_READER)
  await at.sees('counter')
  const issued = await town.person(HANAKO, 'factory', { overrides: { tries: { codeB: 0 } } })
  desk.person = issued
  let card = issued.card
  const codeB = Buffer.from(card.toImage().cells['visual']?.['0012.pin'] ?? '', 'hex').toString()

  card = await desk.done(card, 'preDelivery')
  assert.equal(await town.stateOf(issued), 'setUp')
  assert.deepEqual(await libraryTakes(card, { 'codeB in text': codeB }), { 'codeB in text': 'blocked' })

  const { sign, auth, text, juki } = CHOSEN
  card = await desk.done(card, 'delivery', async () => {
    assert.ok(await readers.openScTakes('sign', sign), 'OpenSC takes the signature PIN')
    assert.ok(await readers.openScTakes('auth', auth), 'OpenSC takes the authentication PIN')
  })
  assert.deepEqual(await libraryTakes(card, { text, juki, common: juki }), {})
  assert.equal(await town.stateOf(issued), 'delivered')
  const tested = at.staffSaw.find((view) => view.kind === 'selfTest')
  assert.ok(tested !== undefined && tested.items.length === 3 && tested.items.every(({ passed }) => passed), 'P7')

  desk.chosen = { sign: 'ANEW789', auth: '2580', text: '9137', juki: '4826' }
  for (const pin of ['sign', 'auth', 'text', 'juki'] as const) {
    desk.pin = pin
    const value = desk.chosen[pin]
    card = await desk.done(card, 'counterPinReset', async () => {
      if (pin === 'sign' || pin === 'auth')
        assert.ok(await readers.openScTakes(pin, value), `OpenSC takes the new ${pin} PIN`)
    })
    assert.deepEqual(await libraryTakes(card, pin === 'juki' ? { juki: value, common: value } : { [pin]: value }), {})
  }
  desk.pin = 'codeB'
  card = await desk.done(card, 'counterPinReset')
  assert.deepEqual(await libraryTakes(card, { 'codeB in text': codeB, 'codeB in visual': codeB }), {})
  await staffCard.lift()
})
