/** Every place where a PIN change can be interrupted: the card pulled at each command, the power cut at each write (P10). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { type JournalStore, memoryJournalStore } from '../../src/host/journal-store.ts'
import type { PinName, View } from '../../src/wire/view.ts'
import { Line, Mortal, SHORT_PAUSES } from '../host/broken-line.ts'
import { deliveredCard, SERIAL } from '../host/delivered-card.ts'
import { ending, kiosk } from '../host/kiosk.ts'
import { everyTryLeft, oneTryAtMost, openEntries } from './card-state.ts'
import { changer, specimen, TestTerminal, takes } from './terminal.ts'

const CHANGES: readonly {
  pin: PinName
  from: string
  to: string
  places: readonly ('sign' | 'auth' | 'text' | 'juki' | 'common')[]
}[] = [
  { pin: 'sign', from: 'ABC123', to: 'NEU456X', places: ['sign'] },
  { pin: 'auth', from: '1234', to: '8024', places: ['auth'] },
  { pin: 'text', from: '1234', to: '8024', places: ['text'] },
  { pin: 'juki', from: '1234', to: '8024', places: ['common', 'juki'] },
]

type Change = (typeof CHANGES)[number]

/** One PIN change with one fault. Returns whether the fault was reached, after looking at what became of the card. */
async function changeWith(change: Change, fault: Fault): Promise<boolean> {
  const journal = memoryJournalStore()
  await using terminal = new TestTerminal(undefined, { journal })
  const card = await specimen()
  terminal.insert(card)
  let armed = false
  const person = changer(terminal, change.pin, [change.from, change.to, change.to])
  const seen = await terminal.run('pinChange', (view, all) => {
    // From here on every command belongs to the change itself.
    if (view.kind === 'enterPin' && view.purpose === 'again') {
      terminal.reader.faults.add(fault)
      armed = true
    }
    return person(view, all)
  })
  assert.ok(armed)
  const where = `${change.pin}, ${JSON.stringify(fault)}`
  const reached = terminal.reader.faults.size === 0 && card.memory.plannedCut === undefined
  card.memory.planCut(undefined)
  if (fault.kind === 'powerCut') oneTryAtMost(card, change.places, where)
  else everyTryLeft(card, where)
  for (const place of change.places)
    assert.ok(takes(card, place, change.from) !== takes(card, place, change.to), `${where}: ${place} is old or new`)
  const done = seen.some(({ kind }) => kind === 'done')
  if (done) for (const place of change.places) assert.ok(takes(card, place, change.to), `${where}: done means changed`)
  assert.equal(done || seen.some(({ kind }) => kind === 'failed'), true, `${where}: the person is told`)
  if (change.places.length === 1) await startAgain(card, change, where)
  else await comeBack(card, change, journal, where)
  everyTryLeft(card, `${where}: afterwards`)
  return reached
}

/**
 * The 住民基本台帳用 PIN at the terminal that was cut: where its places may differ, each is asked for its own PIN, and what the holder enters
 * for one is never tried on the other.
 */
async function comeBack(
  card: Awaited<ReturnType<typeof specimen>>,
  change: Change,
  journal: JournalStore,
  where: string,
) {
  const now = (place: 'juki' | 'common') => (takes(card, place, change.to) ? change.to : change.from)
  await using terminal = new TestTerminal(undefined, { journal })
  terminal.insert(card)
  const [older, newer] = [now('common'), now('juki')]
  const seen = await terminal.run('pinChange', (view, all) => {
    if (view.kind !== 'enterPin') return changer(terminal, change.pin, [])(view, all)
    const typed = view.purpose !== 'current' ? '9182' : view.which === 'older' ? older : newer
    return { answer: { entered: true }, pin: typed }
  })
  assert.ok(
    seen.some(({ kind }) => kind === 'done'),
    `${where}: coming back, ${failureOf(seen)}`,
  )
  assert.ok(!seen.some((view) => view.kind === 'enterPin' && view.problem === 'wrong'), `${where}: no try is spent`)
  for (const place of ['juki', 'common'] as const) assert.ok(takes(card, place, '9182'), `${where}: ${place} is mended`)
  const halfKnown = seen.some((view) => view.kind === 'enterPin' && view.which !== undefined)
  assert.ok(halfKnown || older === newer, `${where}: the places differ and the journal knows`)
}

const failureOf = (views: readonly View[]) => views.find((view) => view.kind === 'failed')?.failure

/** With the PIN it has now, the procedure works from the beginning. */
async function startAgain(card: Awaited<ReturnType<typeof specimen>>, change: Change, where: string): Promise<void> {
  await using terminal = new TestTerminal()
  const now = takes(card, change.places[0] ?? 'auth', change.to) ? change.to : change.from
  const other = now === change.to ? change.from : change.to
  terminal.insert(card)
  await terminal.run('pinChange', changer(terminal, change.pin, [now, other, other]))
  assert.ok(takes(card, change.places[0] ?? 'auth', other), `${where}: starting again works`)
}

for (const change of CHANGES) {
  test(`${change.pin}: the card pulled before and after every command`, async () => {
    for (const when of ['before', 'after'] as const) {
      let command = 1
      while (await changeWith(change, { kind: 'pull', command, when })) command++
      assert.ok(command > 4, `the sweep went through ${command - 1} commands`)
    }
  })

  test(`${change.pin}: power cut before, inside and after every write`, async () => {
    for (const at of ['before', 'inside', 'after'] as const) {
      let write = 1
      while (await changeWith(change, { kind: 'powerCut', command: 1, write, at })) write++
      // In each place VERIFY counts a try and gives it back, the change counts one, writes, and gives it back.
      assert.ok(write > 5 * change.places.length, `the sweep went through ${write - 1} writes`)
    }
  })
}

for (const change of CHANGES)
  test(`${change.pin}: the host killed at every line of its journal`, async () => {
    // Each place has its write announced and settled; each of both is killed before and after it is on the disk.
    const lines = change.places.length * 4
    for (let line = 1; line <= lines; line++) await killed(change, `killed at line ${line} of the journal`, { line })
  })

for (const change of CHANGES)
  test(`${change.pin}: the host killed at every command`, async () => {
    let command = 1
    while (await killed(change, `killed at command ${command}`, { command })) command++
    assert.ok(command > 4, `the sweep went through ${command - 1} commands`)
  })

for (const change of CHANGES)
  test(`${change.pin}: the backend lost at every call hinders no change, and knows of every write in the end`, async () => {
    await using world = await deliveredCard()
    const journal = memoryJournalStore()
    let { from, to } = change
    const changing = async (line: Line, over: () => Promise<boolean>) => {
      await using terminal = kiosk(world, { role: 'postOffice', journal, backend: [line.port], timers: SHORT_PAUSES })
      terminal.insert(world.card)
      const seen = await terminal.run('pinChange', changer(terminal, change.pin, [from, to, to]))
      assert.equal(ending(seen), 'done')
      ;[from, to] = [to, from]
      await until(over, `${change.pin}: told`, line)
    }
    const calls = 1 + 2 * change.places.length
    for (const at of ['before', 'after'] as const)
      for (let call = 1; call <= calls; call++) {
        const line = new Line(world.port)
        line.loses = (number, where) => number > call || (number === call && where === at)
        await changing(line, async () => line.requests >= call)
      }
    await changing(new Line(world.port), async () => (await openEntries(journal)).length === 0)
    const { writes } = await world.ask('demo-town', `/v1/cards/${SERIAL}/writes`)
    assert.deepEqual(writes, [], `${change.pin}: nothing is open at the backend`)
    everyTryLeft(world.card, change.pin)
  })

/** Where the host dies: at a line of its journal, counted from the change, or at a command of the change. */
interface Death {
  readonly line?: number
  readonly command?: number
}

/** Whether it died. */
async function killed(change: Change, what: string, { line = 0, command }: Death): Promise<boolean> {
  const where = `${change.pin}, ${what}`
  const journal = memoryJournalStore()
  const mortal = new Mortal()
  let left = 0
  const maybe = () => {
    if (--left === 0) mortal.die()
  }
  const card = await specimen()
  const terminal = new TestTerminal(undefined, {
    ...{ journal: mortal.journal(journal, maybe, maybe), timers: mortal.timers },
  })
  terminal.insert(card)
  const over = new AbortController()
  const person = changer(terminal, change.pin, [change.from, change.to, change.to])
  let told = false
  const run = terminal.run('pinChange', (view, all) => {
    if (mortal.dead) return 'nothing'
    told ||= view.kind === 'done'
    if (view.kind === 'enterPin' && view.purpose === 'again') {
      left = line
      if (command !== undefined) {
        terminal.reader.faults.add({ kind: 'hang', command })
        void mortal.dieWhen(() => terminal.reader.faults.size === 0, over.signal)
      }
    }
    return person(view, all)
  })
  const died = (await Promise.race([run, mortal.death])) === 'dead'
  over.abort()
  if (line > 0) assert.ok(died, `${where}: it came to that line`)
  terminal.remove()
  everyTryLeft(card, where)
  for (const place of change.places)
    assert.ok(takes(card, place, change.from) !== takes(card, place, change.to), `${where}: ${place} is old or new`)
  if (told) for (const place of change.places) assert.ok(takes(card, place, change.to), `${where}: done means changed`)
  if (change.places.length === 1) await startAgain(card, change, where)
  else await comeBack(card, change, journal, where)
  return died
}

async function until(condition: () => Promise<boolean>, what: string, line: Line): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.fail(`${what}: not after three seconds and ${line.requests} requests`)
}
