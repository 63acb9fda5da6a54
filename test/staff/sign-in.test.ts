/** Staff sign-in: a card and its PIN (P12), out with the card; nobody who would be refused spends a try. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import { takes } from '../procedures/terminal.ts'
import { type StaffRobot, TestCounter } from './counter.ts'
import { TestTown } from './town.ts'

let town: TestTown
before(async () => {
  town = await TestTown.open()
})
after(() => town.close())

const typing = (...pins: string[]): StaffRobot => {
  const left = [...pins]
  return (view) => {
    if (view.kind === 'confirmLastTry') return { answer: { goOn: true } }
    return view.kind === 'staffPin' ? { answer: { entered: true }, pin: left.shift() ?? '' } : undefined
  }
}

test('card and PIN sign in, the counter is shown with what stands in the way; the card out signs out at once', async () => {
  await using at = new TestCounter({ backend: town.line() })
  at.layStaffCard(await town.staffCard())
  const counter = await at.sees('counter')
  assert.equal(counter.operator, '窓口　一郎')
  assert.ok(counter.procedures.length > 0)
  assert.ok(counter.procedures.every(({ hindrance }) => hindrance === 'noCard'))
  at.staffReader.remove()
  await at.sees('signIn')
  await assert.rejects(at.staff.call('start', { procedure: 'pinStatus' }), { code: 'staffSignedOut' })
  await assert.rejects(at.staff.call('diagnostics', {}), { code: 'staffSignedOut' })
})

test('a wrong PIN is told with the tries left, the last one needs a yes; right after all, all tries are back', async () => {
  await using at = new TestCounter({ backend: town.line(), staff: typing('9999', '9998', '1234') })
  const card = await town.staffCard()
  at.layStaffCard(card)
  await at.sees('counter')
  const asked = at.staffSaw.flatMap((view) => {
    if (view.kind === 'staffPin') return [`${view.triesLeft} ${view.problem}`]
    return view.kind === 'confirmLastTry' ? ['last'] : []
  })
  assert.deepEqual(asked, ['3 undefined', '2 wrong', 'last', '1 wrong'])
  assert.ok(takes(card, 'auth', '1234'))
})

test('a no to the last try spends nothing; an entry that can be no PIN neither', async () => {
  const typed = typing('99', '9999', '9998')
  await using at = new TestCounter({
    backend: town.line(),
    staff: (view) => (view.kind === 'confirmLastTry' ? { answer: { goOn: false } } : typed(view)),
  })
  const card = await town.staffCard()
  at.layStaffCard(card)
  await at.sees('confirmLastTry')
  await at.sees('signIn')
  assert.deepEqual(
    at.staffSaw.flatMap((view) => (view.kind === 'staffPin' ? [[view.triesLeft, view.problem]] : [])),
    [
      [3, undefined],
      [3, 'notAllowed'],
      [2, 'wrong'],
    ],
  )
  assert.ok(takes(card, 'auth', '1234'), 'the last try is still there')
})

test('a third wrong PIN blocks the staff card, and the screen says so', async () => {
  await using at = new TestCounter({ backend: town.line(), staff: typing('9999', '9998', '9997') })
  at.layStaffCard(await town.staffCard())
  await at.sees('signIn', ({ problem }) => problem === 'pinBlocked')
})

test('a stranger’s card is refused before its PIN is asked; a card put in again is looked at again', async () => {
  await using at = new TestCounter({ backend: town.line() })
  at.layStaffCard(await town.strangersCard())
  await at.sees('signIn', ({ problem }) => problem === 'staffUnknown')
  assert.ok(!at.staffSaw.some(({ kind }) => kind === 'staffPin'))
  at.staffReader.remove()
  await at.sees('signIn', ({ problem }) => problem === undefined)
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
})

test('the card pulled while the PIN is asked for, or a cancel: back to the beginning, nothing spent', async () => {
  for (const what of ['pull', 'cancel'] as const) {
    await using at = new TestCounter({ backend: town.line(), staff: () => undefined })
    const card = await town.staffCard()
    at.layStaffCard(card)
    await at.sees('staffPin')
    if (what === 'pull') at.staffReader.remove()
    else await at.asks('cancel')
    await at.sees('signIn')
    assert.ok(takes(card, 'auth', '1234'))
    assert.deepEqual(
      at.staffSaw.filter(({ kind }) => kind === 'counter'),
      [],
    )
  }
})

test('the backend away at each step of the sign-in: told, and the same card signs in when it is put in again', async () => {
  for (const path of ['/v1/operator-challenges', '/v1/operator-sessions'])
    for (const when of ['before', 'after'] as const) {
      let broken = true
      const fault = (asked: string) => (broken && asked === path ? when : undefined)
      await using at = new TestCounter({ backend: town.line(fault) })
      at.layStaffCard(await town.staffCard())
      await at.sees('signIn', ({ problem }) => problem === 'backendUnreachable')
      broken = false
      at.staffReader.remove()
      at.layStaffCard(await town.staffCard())
      await at.sees('counter')
    }
})

test('at a reader with a keypad the PIN is typed there: the screen asks for nothing (P12)', async () => {
  await using at = new TestCounter({
    backend: town.line(),
    staffReader: { pinPad: async () => new TextEncoder().encode('1234') },
    staff: () => undefined,
  })
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
  const shown = at.staffSaw.filter((view) => view.kind === 'staffPin')
  assert.deepEqual(
    shown.map(({ entry }) => entry),
    ['reader'],
  )
})

test('a session that the backend ended is over here at the next call', async () => {
  await using at = new TestCounter({ backend: town.line() })
  at.layStaffCard(await town.staffCard(1))
  await at.sees('counter')
  await town.shutOut(1)
  at.layCard((await town.person()).card)
  await at.sees('signIn', ({ problem }) => problem === 'staffSignedOut')
  await town.letIn(1)
})

test('a sign-out ends the session at the backend too', { timeout: 10_000 }, async () => {
  const before = await town.openSessions()
  await using at = new TestCounter({ backend: town.line() })
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
  await at.asks('signOut')
  await at.sees('signIn')
  // Told after the screen, so that nobody waits for it.
  while ((await town.openSessions()) > before) await new Promise((resolve) => setTimeout(resolve, 10))
})

test('a PIN on the staff channel that nobody asked for changes nothing', async () => {
  await using at = new TestCounter({ backend: town.line() })
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
  await assert.rejects(at.staff.call('answer', { prompt: 99, answer: { entered: true } }, Uint8Array.of(1)), {
    code: 'stalePrompt',
  })
  await assert.rejects(at.staff.call('start', { procedure: 'pinStatus' }), { code: 'notOffered' })
  await assert.rejects(at.resident.call('start', { procedure: 'pinStatus' }), { code: 'notOffered' })
})

test('a counter whose journal cannot be read serves nobody, and says so', async () => {
  const journal = { ...memoryJournalStore(), read: async () => Promise.reject(new Error('disk')) }
  await using at = new TestCounter({ backend: town.line(), journal })
  await at.sees('signIn', ({ problem }) => problem === 'internal')
  at.layStaffCard(await town.staffCard())
  await assert.rejects(at.staff.call('search', {}), { code: 'staffSignedOut' })
  assert.ok(!at.staffSaw.some(({ kind }) => kind === 'staffPin'))
})
