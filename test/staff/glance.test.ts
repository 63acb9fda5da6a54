/** The card at a glance: no try is spent, nothing is hidden by what is broken; and why each procedure cannot be begun now. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startables } from '../../src/host/staff/startable.ts'
import type { Glance } from '../../src/wire/staff-view.ts'
import { TestCounter } from './counter.ts'
import { clerk, ready, resident, through } from './people.ts'
import { HANAKO, type Issued, type LineFault, TestTown } from './town.ts'

let town: TestTown
before(async () => {
  town = await TestTown.open()
})
after(() => town.close())

async function glanceAt(issued: Issued, fault?: LineFault): Promise<Glance | undefined> {
  await using at = new TestCounter({ backend: town.line(fault) })
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
  const before = issued.card.memory.writes
  at.layCard(issued.card)
  const { card } = await at.sees('counter', (view) => view.card !== undefined)
  assert.equal(issued.card.memory.writes, before, 'looking writes nothing')
  return card
}

test('applications, tries of the four PINs and 照合番号B, certificates and state, without spending a try', async () => {
  const tries = { auth: 2, sign: 1, text: 0, codeB: 4 }
  const issued = await town.person(HANAKO, 'resident', { overrides: { tries } })
  const glance = await glanceAt(issued)
  assert.equal(glance?.serial, issued.serial)
  assert.equal(glance?.state, 'dispatched')
  assert.deepEqual(glance?.pins, [
    { pin: 'sign', state: 'good', triesLeft: 1 },
    { pin: 'auth', state: 'good', triesLeft: 2 },
    { pin: 'text', state: 'blocked', triesLeft: 0 },
    { pin: 'juki', state: 'good', triesLeft: 3 },
  ])
  assert.equal(glance?.codeB, 4)
  const missing = glance?.applications.filter(({ there }) => !there).map(({ name }) => name)
  assert.deepEqual(missing, ['licence'])
})

test('the certificates in use with their expiry, as the backend has them', async () => {
  const issued = await town.person()
  await using at: TestCounter = new TestCounter({
    ...{ backend: town.line(), staff: clerk(), resident: resident(() => at) },
  })
  await ready(at, town, issued)
  assert.equal(await through(at, 'preDelivery'), 'done')
  const glance = await glanceAt(issued)
  const held = new Map((await town.certificatesOf(issued)).map(({ kind, not_after }) => [kind, not_after]))
  assert.deepEqual(glance?.certificates.map(({ kind, notAfter, state }) => [kind, notAfter, state]).sort(), [
    ['auth', held.get('auth'), 'active'],
    ['sign', held.get('sign'), 'active'],
  ])
})

test('the backend away, or a card it does not know: the chip is shown all the same, and what needs the backend says so', async () => {
  const issued = await town.person(HANAKO, 'resident')
  const away = await glanceAt(issued, (path) => (path === '/v1/cards/find' ? 'before' : undefined))
  assert.equal(away?.backend, 'away')
  assert.equal(away?.pins.length, 4)
  assert.deepEqual(away?.certificates.map(({ kind }) => kind).sort(), ['auth', 'sign'])
  const stranger = { ...issued, card: await town.strangersCard() }
  assert.equal((await glanceAt(stranger))?.backend, 'unknownCard')
})

test('a locked application hides nothing of the others', async () => {
  const issued = await town.person(HANAKO, 'resident', { overrides: { cells: { text: { '.life': '8F' } } } })
  const glance = await glanceAt(issued)
  assert.deepEqual(glance?.pins.find(({ pin }) => pin === 'auth')?.triesLeft, 3)
  assert.equal(glance?.codeB, 10)
})

const GLANCE: Glance = {
  ...{ serial: 's', state: 'delivered', faceAuth: false, applications: [], pins: [], certificates: [] },
  ...{ unfinished: 0, backend: 'good' },
}

test('what stands in the way, the first thing first', () => {
  const of = (procedure: string, glance: Partial<Glance> | undefined, at = {}) =>
    startables({
      ...{ role: 'town', personPicked: false, glance: glance && { ...GLANCE, ...glance } },
      ...at,
    }).find((one) => one.procedure === procedure)?.hindrance
  assert.equal(of('delivery', { state: 'setUp' }, { role: 'postOffice' }), 'notForThisPlace')
  assert.equal(of('counterPinReset', {}, { role: 'consulate' }), 'notForThisPlace')
  assert.equal(of('pinStatus', undefined), 'noCard')
  assert.equal(of('pinChange', { faceAuth: true }), 'faceAuthCard')
  assert.equal(of('pinStatus', { faceAuth: true }), undefined)
  assert.equal(of('counterPinReset', { backend: 'away' }), 'backendAway')
  assert.equal(of('pinChange', { backend: 'away' }), undefined, 'needs no backend')
  assert.equal(of('preDelivery', { backend: 'unknownCard' }), 'unknownCard')
  assert.equal(of('preDelivery', { state: 'delivered' }), 'cardState')
  assert.equal(of('preDelivery', { state: 'setUp' }), undefined, 'set up again when the register changed')
  assert.equal(of('delivery', { state: 'setUp' }), 'noPerson')
  assert.equal(of('delivery', { state: 'setUp' }, { personPicked: true }), undefined)
  assert.equal(of('counterPinReset', { state: 'suspended' }), 'cardState')
})
