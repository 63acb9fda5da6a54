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
import {
  everyTryLeft,
  noTrySpent,
  noTrySpentButByPower,
  openEntries,
  type PinAt,
  PLACES,
  triesOf,
} from '../procedures/card-state.ts'
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

interface Measured {
  readonly commands: number
  readonly writes: number
  readonly requests: number
  readonly lines: number
}

/** Plans something that is to happen after the start button. Returns whether it has. */
type Plan = (at: TestCounter) => () => boolean

/** Runs of one procedure at one counter, whose journal outlives it: a new card each time for 交付前設定, else one card through all of them. */
class Sweep {
  readonly procedure: Name
  readonly pin: Resettable
  readonly journal = memoryJournalStore()
  issued: Issued

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

  /** Fails where what was planned did not come to pass. */
  async run(options: Partial<CounterOptions> = {}, plan: Plan = () => () => true): Promise<string> {
    await using at = this.counter(options)
    await this.prepare(at)
    const reached = plan(at)
    const told = await through(at, this.procedure)
    assert.ok(reached(), `never reached, told ${told}`)
    return told
  }

  /** What happens to somebody; then everything is good again and they come back. */
  async cut(where: string, happens: () => Promise<string>, spent = noTrySpent): Promise<string> {
    const { procedure } = this
    if (procedure === 'preDelivery') this.issued = await town.person()
    if (procedure === 'delivery') await town.takeBack(this.issued)
    const { issued } = this
    const before = triesOf(issued.card)
    const told = await happens().catch((error: Error) => assert.fail(`${where}: ${error.message}`))
    spent(issued.card, before, `${where}, told ${told}`)
    const isThere = (await town.stateOf(issued)) === LEADS_TO[procedure]
    // Where the last answer was lost, the card has gone all the way and nobody was told.
    const again = told !== 'done' && !(procedure === 'delivery' && isThere)
    if (again) assert.equal(await this.run(), 'done', `${where}, told ${told}: coming back`)
    assert.equal(await town.stateOf(issued), LEADS_TO[procedure], where)
    if (procedure !== 'preDelivery') mustHavePins(issued.card, PLACES, where)
    assert.deepEqual(await openEntries(this.journal), [], `${where}: nothing is open`)
    assert.deepEqual(await town.openWrites(issued), [], `${where}: nor at the backend`)
    assert.deepEqual(await town.openScripts(issued), [], `${where}: no script is waited for`)
    return told
  }

  /** How much an undisturbed run takes. The second one: the first may find a card that no reset has seen. */
  async measure(): Promise<Measured> {
    await this.cut('undisturbed', () => this.run())
    const line = new Line(town.line())
    let [lines, commands, writes, requests] = [0, 0, 0, 0]
    const count = () => {
      lines++
    }
    await this.cut('undisturbed', async () => {
      const journal = new Mortal().journal(this.journal, count, count)
      await using at = this.counter({ journal, backend: line.port })
      await this.prepare(at)
      const { memory } = this.issued.card
      const begun = { requests: line.requests, writes: memory.writes }
      lines = 0
      at.residentReader.faults.add({ kind: 'pull', command: FAR })
      const usual = at.residentRobot
      at.residentRobot = (view) => {
        if (view.kind === 'done') {
          requests = line.requests - begun.requests
          writes = memory.writes - begun.writes
          commands = FAR - (at.residentReader.faults.list()[0]?.command ?? 0)
        }
        return usual(view)
      }
      return await through(at, this.procedure)
    })
    return { commands, writes, requests, lines }
  }
}

function mustHavePins(card: SimulatedCard, chosen: readonly PinAt[], where: string): void {
  for (const place of chosen)
    assert.ok(takes(card, place, CHOSEN[place === 'common' ? 'juki' : place]), `${where}: ${place}`)
  everyTryLeft(card, where)
}

const FAR = 1_000_000

const planned =
  (fault: Fault): Plan =>
  ({ residentReader }) => {
    residentReader.addFault(fault)
    return () => residentReader.faults.size === 0
  }

for (const swept of SWEPT) {
  const { procedure, pin } = swept
  const name = pin === undefined ? procedure : `${procedure} of ${pin}`

  test(`${name}: the card pulled before and after every command`, async () => {
    const sweep = await Sweep.of(swept)
    const { commands } = await sweep.measure()
    assert.ok(commands > 20, `${commands} commands`)
    for (const when of ['before', 'after'] as const)
      for (const command of places(commands, 4))
        await sweep.cut(`pulled ${when} command ${command} of ${commands}`, () =>
          sweep.run({}, planned({ kind: 'pull', command, when })),
        )
  })

  test(`${name}: power cut before, inside and after every write`, async () => {
    const sweep = await Sweep.of(swept)
    const { writes } = await sweep.measure()
    assert.ok(writes > 4, `${writes} writes`)
    for (const at of ['before', 'inside', 'after'] as const)
      for (const write of places(writes, 4)) {
        const cut: Plan = (counter) => {
          const { memory } = sweep.issued.card
          const reached = planned({ kind: 'powerCut', command: 1, write, at })(counter)
          return () => reached() && memory.plannedCut === undefined
        }
        const where = `power cut ${at} write ${write} of ${writes}`
        await sweep.cut(where, () => sweep.run({}, cut), noTrySpentButByPower)
      }
  })

  test(`${name}: each answer lost once: the same order is asked again and nobody notices`, async () => {
    const sweep = await Sweep.of(swept)
    const { requests } = await sweep.measure()
    for (const where of ['before', 'after'] as const)
      for (const request of places(requests, 3)) {
        const line = new Line(town.line())
        const loses = lost(line, (number, at) => number === request && at === where)
        const what = `answer lost ${where} request ${request} of ${requests}`
        assert.equal(await sweep.cut(what, () => sweep.run({ backend: line.port }, loses)), 'done', what)
      }
  })

  test(`${name}: the backend gone from every call on: it is named, and coming back goes on (P16)`, async () => {
    const sweep = await Sweep.of(swept)
    const { requests } = await sweep.measure()
    for (const where of ['before', 'after'] as const)
      for (const request of places(requests, 3)) {
        const line = new Line(town.line())
        const loses = lost(line, (number, at) => number > request || (number === request && at === where))
        const what = `gone ${where} request ${request} of ${requests}`
        const told = await sweep.cut(what, () => sweep.run({ backend: line.port }, loses))
        if (told !== 'done') assert.equal(told, 'backendUnreachable', what)
      }
  })

  test(`${name}: the host killed at its commands, its calls and the lines of its journal`, async () => {
    const sweep = await Sweep.of(swept)
    const { commands, requests, lines } = await sweep.measure()
    for (const command of places(commands, 3))
      await sweep.cut(`killed at command ${command} of ${commands}`, () =>
        killed(sweep, (mortal, _, { residentReader }, over) => {
          residentReader.faults.add({ kind: 'hang', command })
          void mortal.dieWhen(() => residentReader.faults.size === 0, over)
        }),
      )
    for (const request of places(requests, 3))
      for (const where of ['before', 'after'] as const)
        await sweep.cut(`killed ${where} request ${request} of ${requests}`, () =>
          killed(sweep, (mortal, line) => {
            const from = line.requests
            line.loses = (number, at) => {
              if (number === from + request && at === where) mortal.die()
              return mortal.dead
            }
          }),
        )
    for (const line of places(lines, 4))
      await sweep.cut(`killed at line ${line} of ${lines} of the journal`, () => killed(sweep, () => {}, line))
  })
}

/** Which requests from now on are lost, and that one was. */
const lost =
  (line: Line, which: Line['loses']): Plan =>
  () => {
    const from = line.requests
    let reached = false
    line.loses = (number, at) => {
      const gone = which(number - from, at)
      reached ||= gone
      return gone
    }
    return () => reached
  }

type Arm = (mortal: Mortal, line: Line, at: TestCounter, over: AbortSignal) => void

/** Each line of the journal counts twice: before and after it is on the disk. */
async function killed(sweep: Sweep, arm: Arm, lineOfJournal = 0): Promise<string> {
  const mortal = new Mortal()
  const line = new Line(town.line())
  const over = new AbortController()
  let left = 0
  const die = () => {
    if (--left === 0) mortal.die()
  }
  const journal = mortal.journal(sweep.journal, die, die)
  const at = sweep.counter({ journal, backend: mortal.port(line.port), timers: mortal.timers })
  await sweep.prepare(at)
  left = lineOfJournal
  arm(mortal, line, at, over.signal)
  const told = await Promise.race([through(at, sweep.procedure).catch(() => 'dead'), mortal.death])
  over.abort()
  // The process is gone, and with it its hold on the card.
  at.residentReader.remove()
  at.staffReader.remove()
  line.loses = () => mortal.dead
  at.abandon()
  assert.ok(mortal.dead, `never reached, told ${told}`)
  return told
}
