/** Looking at the state of the PINs, cut at every command: it writes nothing and asks nobody, so nothing is left of it (P10). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import { Line, Mortal } from '../host/broken-line.ts'
import { deliveredCard } from '../host/delivered-card.ts'
import { ending, kiosk } from '../host/kiosk.ts'
import { everyTryLeft } from './card-state.ts'
import { changer, specimen, TestTerminal } from './terminal.ts'

const FAR = 1_000_000

async function look(fault: Fault) {
  const card = await specimen()
  const before = card.toImage()
  const journal = memoryJournalStore()
  await using terminal = new TestTerminal(undefined, { journal })
  terminal.reader.faults.add(fault)
  terminal.insert(card)
  const person = changer(terminal, 'none', [])
  const seen = await terminal.run('pinStatus', (view, all) => {
    // Pulled while it was being recognised: laid down again.
    if (view.kind === 'insertCard' && terminal.reader.card === undefined) return () => terminal.insert(card)
    return person(view, all)
  })
  const where = JSON.stringify(fault)
  everyTryLeft(card, where)
  assert.deepEqual(card.toImage().cells, before.cells, `${where}: nothing is written`)
  assert.deepEqual(await journal.read(), [], `${where}: nothing is kept`)
  const told = seen.some(({ kind }) => kind === 'pinStatus') ? 'seen' : ending(seen)
  if (told !== 'seen') {
    await using again = new TestTerminal()
    again.insert(card)
    const views = await again.run('pinStatus', changer(again, 'none', []))
    const status = views.find((view) => view.kind === 'pinStatus')
    assert.deepEqual(
      status?.pins.map(({ triesLeft }) => triesLeft),
      [5, 3, 3, 3],
      `${where}: again`,
    )
  }
  return { told, left: terminal.reader.faults.list()[0]?.command }
}

const commands = async () => FAR - ((await look({ kind: 'pull', command: FAR })).left ?? 0)

test('pinStatus: the card pulled before and after every command', async () => {
  const count = await commands()
  assert.ok(count > 8, `${count} commands`)
  const endings = new Set<string>()
  for (const when of ['before', 'after'] as const)
    for (let command = 1; command <= count; command++) {
      const { told, left } = await look({ kind: 'pull', command, when })
      assert.equal(left, undefined, `pulled ${when} command ${command} of ${count}`)
      endings.add(told)
    }
  assert.ok(endings.has('cardGone'), [...endings].join())
})

test('pinStatus: no command of it writes, so that no power cut ever meets a write', async () => {
  const count = await commands()
  for (let command = 1; command <= count; command++) {
    const { told } = await look({ kind: 'powerCut', command, write: 1, at: 'before' })
    assert.equal(told, 'seen', `command ${command} of ${count}`)
  }
})

test('pinStatus: the backend is not asked, and a line that is down hinders nobody', async () => {
  await using world = await deliveredCard()
  const line = new Line(world.port)
  line.loses = () => true
  await using terminal = kiosk(world, { backend: [line.port] })
  terminal.insert(world.card)
  const seen = await terminal.run('pinStatus', changer(terminal, 'none', []))
  assert.ok(seen.some(({ kind }) => kind === 'pinStatus'))
  assert.equal(line.requests, 0)
})

test('pinStatus: the host killed at every command', async () => {
  const count = await commands()
  let kills = 0
  for (let command = 1; command <= count; command++) {
    const card = await specimen()
    const mortal = new Mortal()
    const journal = memoryJournalStore()
    const terminal = new TestTerminal(undefined, { journal: mortal.journal(journal), timers: mortal.timers })
    terminal.reader.faults.add({ kind: 'hang', command })
    terminal.insert(card)
    const over = new AbortController()
    const reached = mortal.dieWhen(() => terminal.reader.faults.size === 0, over.signal)
    const person = changer(terminal, 'none', [])
    const run = terminal.run('pinStatus', (view, all) => (mortal.dead ? 'nothing' : person(view, all)))
    if ((await Promise.race([run, mortal.death])) === 'dead') kills++
    over.abort()
    await reached
    terminal.remove()
    everyTryLeft(card, `killed at command ${command} of ${count}`)
    await using again = new TestTerminal(undefined, { journal })
    again.insert(card)
    const views = await again.run('pinStatus', changer(again, 'none', []))
    assert.ok(
      views.some(({ kind }) => kind === 'pinStatus'),
      `killed at command ${command} of ${count}: again`,
    )
  }
  assert.equal(kills, count)
})
