/**
 * Every place where a procedure of a counter can be cut (P10): the card pulled at each command, the power cut at each write, the line lost at
 * each call, the host killed at each. After each: told or dead, no try spent, and at the same counter it is begun again and comes to its end.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import type { Resettable } from '../../src/wire/card-script.ts'
import { Line, Mortal } from '../host/broken-line.ts'
import { everyTryLeft, noTrySpent, openEntries, type PinAt, PLACES, triesOf } from '../procedures/card-state.ts'
import { places } from '../procedures/sweep-budget.ts'
import { takes } from '../procedures/terminal.ts'
import { type CounterOptions, TestCounter } from './counter.ts'
import { CHOSEN, clerk, ready, resident, through } from './people.ts'
import { type Issued, TestTown } from './town.ts'

let town: TestTown
before(async () => {
  town = await TestTown.open()
})
after(() => town.close())

const PROCEDURES = ['preDelivery', 'delivery', 'counterPinReset'] as const
type Name = (typeof PROCEDURES)[number]
interface Swept {
  readonly procedure: Name
  readonly pin?: Resettable
}
const SWEPT: readonly Swept[] = [
  { procedure: 'preDelivery' },
  { procedure: 'delivery' },
  ...(['sign', 'auth', 'text', 'juki', 'codeB'] as const).map((pin) => ({
    procedure: 'counterPinReset' as const,
    pin,
  })),
]
const LEADS_TO: Readonly<Record<Name, string>> = {
  preDelivery: 'setUp',
  delivery: 'delivered',
  counterPinReset: 'delivered',
}

/** One card through many runs of one procedure at one counter, whose journal outlives it. */
class Sweep {
  readonly procedure: Name
  readonly issued: Issued
  readonly pin: Resettable
  readonly journal = memoryJournalStore()

  private constructor(procedure: Name, issued: Issued, pin: Resettable) {
    this.procedure = procedure
    this.issued = issued
    this.pin = pin
  }

  static async of({ procedure, pin = 'juki' }: Swept): Promise<Sweep> {
    const issued = await town.person()
    for (const earlier of PROCEDURES.slice(0, PROCEDURES.indexOf(procedure)))
      assert.equal(await new Sweep(earlier, issued, pin).run(), 'done')
    return new Sweep(procedure, issued, pin)
  }

  counter(options: Partial<CounterOptions> = {}): TestCounter {
    const staff = clerk({ person: this.issued, pin: this.pin })
    const at: TestCounter = new TestCounter({
      ...{ backend: town.line(), journal: this.journal, staff, resident: resident(() => at) },
      ...options,
    })
    return at
  }

  /** Everything up to the start button; what a fault counts begins after it. */
  async prepare(at: TestCounter): Promise<void> {
    await ready(at, town, this.issued)
    if (this.procedure !== 'delivery') return
    await at.asks('search')
    await at.sees('counter', (view) => view.person !== undefined && view.card !== undefined)
  }

  async run(options: Partial<CounterOptions> = {}, arm: (at: TestCounter) => void = () => {}): Promise<string> {
    await using at = this.counter(options)
    await this.prepare(at)
    arm(at)
    return await through(at, this.procedure)
  }

  /** What happens to somebody; then everything is good again and they come back. */
  async cut(where: string, happens: () => Promise<string>): Promise<void> {
    const { issued, procedure } = this
    await town.rewind(issued, procedure)
    const before = triesOf(issued.card)
    const told = await happens()
    noTrySpent(issued.card, before, `${where}, told ${told}`)
    const isThere = (await town.stateOf(issued)) === LEADS_TO[procedure]
    // Where the last answer was lost, the card has gone all the way and nobody was told.
    const again = told !== 'done' && !(procedure === 'delivery' && isThere)
    if (again) assert.equal(await this.run(), 'done', `${where}, told ${told}: coming back`)
    assert.equal(await town.stateOf(issued), LEADS_TO[procedure], where)
    if (procedure !== 'preDelivery') mustHavePins(issued.card, PLACES, where)
    assert.deepEqual(await openEntries(this.journal), [], `${where}: nothing is open`)
    assert.deepEqual(await town.openWrites(issued), [], `${where}: nor at the backend`)
    assert.deepEqual(await town.openScripts(issued), [], `${where}: no script is waited for`)
  }
}

function mustHavePins(card: SimulatedCard, chosen: readonly PinAt[], where: string): void {
  for (const place of chosen)
    assert.ok(takes(card, place, CHOSEN[place === 'common' ? 'juki' : place]), `${where}: ${place}`)
  everyTryLeft(card, where)
}

const FAR = 1_000_000

/** How many commands and requests an undisturbed run takes. */
async function measure(sweep: Sweep): Promise<{ commands: number; requests: number }> {
  const line = new Line(town.line())
  let [commands, begun, requests] = [0, 0, 0]
  await sweep.cut('undisturbed', async () => {
    await using at = sweep.counter({ backend: line.port })
    await sweep.prepare(at)
    begun = line.requests
    at.residentReader.faults.add({ kind: 'pull', command: FAR })
    const usual = at.residentRobot
    at.residentRobot = (view) => {
      if (view.kind === 'done') requests = line.requests - begun
      if (view.kind === 'done') commands = FAR - (at.residentReader.faults.list()[0]?.command ?? 0)
      return usual(view)
    }
    return await through(at, sweep.procedure)
  })
  return { commands, requests }
}

for (const swept of SWEPT) {
  const { procedure, pin } = swept
  const name = pin === undefined ? procedure : `${procedure} of ${pin}`

  test(`${name}: the card pulled before and after every command`, async () => {
    const sweep = await Sweep.of(swept)
    const { commands } = await measure(sweep)
    assert.ok(commands > 20, `${commands} commands`)
    for (const when of ['before', 'after'] as const)
      for (const command of places(commands, 4))
        await sweep.cut(`pulled ${when} command ${command} of ${commands}`, () =>
          sweep.run({}, (at) => at.residentReader.faults.add({ kind: 'pull', command, when })),
        )
  })

  test(`${name}: power cut before and inside the writes of every command`, async () => {
    const sweep = await Sweep.of(swept)
    const { commands } = await measure(sweep)
    let cuts = 0
    for (const at of ['before', 'inside'] as const)
      for (const command of places(commands, 6)) {
        const fault: Fault = { kind: 'powerCut', command, write: 1, at }
        await sweep.cut(`power cut ${at} a write of command ${command} of ${commands}`, async () => {
          let reached = () => false
          const told = await sweep.run({}, ({ residentReader }) => {
            residentReader.addFault(fault)
            reached = () => residentReader.faults.size === 0
          })
          if (reached()) cuts++
          return told
        })
      }
    assert.ok(cuts >= 8, `${cuts} cuts`)
  })

  test(`${name}: each answer lost once: the same order is asked again and nobody notices`, async () => {
    const sweep = await Sweep.of(swept)
    const { requests } = await measure(sweep)
    for (const where of ['before', 'after'] as const)
      for (const request of places(requests, 3))
        await sweep.cut(`answer lost ${where} request ${request} of ${requests}`, async () => {
          const line = new Line(town.line())
          const told = await sweep.run({ backend: line.port }, () => {
            const from = line.requests
            line.loses = (number, at) => number === from + request && at === where
          })
          assert.equal(told, 'done', `request ${request} lost ${where}`)
          return told
        })
  })

  test(`${name}: the backend gone from every call on: it is named, and coming back goes on (P16)`, async () => {
    const sweep = await Sweep.of(swept)
    const { requests } = await measure(sweep)
    for (const where of ['before', 'after'] as const)
      for (const request of places(requests, 3))
        await sweep.cut(`gone ${where} request ${request} of ${requests}`, async () => {
          const line = new Line(town.line())
          const told = await sweep.run({ backend: line.port }, () => {
            const from = line.requests
            line.loses = (number, at) => number > from + request || (number === from + request && at === where)
          })
          if (told !== 'done') assert.equal(told, 'backendUnreachable', `request ${request}, ${where}`)
          return told
        })
  })

  test(`${name}: the host killed at its calls and at the lines of its journal`, async () => {
    const sweep = await Sweep.of(swept)
    const { requests } = await measure(sweep)
    const killed = (where: string, arm: (mortal: Mortal, line: Line) => void, lines = 0) =>
      sweep.cut(where, async () => {
        const mortal = new Mortal()
        const line = new Line(town.line())
        let armed = false
        let left = lines
        const die = () => {
          if (armed && lines > 0 && --left === 0) mortal.die()
        }
        const journal = mortal.journal(sweep.journal, die, die)
        const at = sweep.counter({ journal, backend: mortal.port(line.port), timers: mortal.timers })
        await sweep.prepare(at)
        armed = true
        arm(mortal, line)
        const told = await Promise.race([through(at, procedure).catch(() => 'dead'), mortal.death])
        // The process is gone, and with it its hold on the card.
        at.residentReader.remove()
        at.staffReader.remove()
        // Whoever came to the end alive is not killed while they tidy up.
        armed = false
        line.loses = () => mortal.dead
        if (mortal.dead) at.abandon()
        else await at[Symbol.asyncDispose]()
        mortal.die()
        return told
      })
    for (const request of places(requests, 3))
      for (const where of ['before', 'after'] as const)
        await killed(`killed ${where} request ${request} of ${requests}`, (mortal, line) => {
          const from = line.requests
          line.loses = (number, at) => {
            if (number === from + request && at === where) mortal.die()
            return mortal.dead
          }
        })
    for (const line of places(procedure === 'delivery' ? 24 : 10, 4))
      await killed(`killed at line ${line} of the journal`, () => {}, line)
  })
}
