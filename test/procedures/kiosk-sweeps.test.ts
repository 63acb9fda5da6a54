/**
 * Every place where a reset at a kiosk can be cut (P10): the card pulled at each command, the power cut at each write, the line lost at each
 * call, the host killed at each. After each: told or dead, no try spent, and the same person at the same kiosk comes to the end.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import type { View } from '../../src/wire/view.ts'
import { Line, Mortal, SHORT_PAUSES } from '../host/broken-line.ts'
import { deliveredCard, SERIAL, type World } from '../host/delivered-card.ts'
import { ending, kiosk, typing } from '../host/kiosk.ts'
import { reserve } from '../host/reservation.ts'
import { everyTryLeft, noTrySpent, noTrySpentButByPower, openEntries, triesOf } from './card-state.ts'
import { places } from './sweep-budget.ts'
import { type TestTerminal, takes } from './terminal.ts'

const RESETS = {
  sign: { procedure: 'signPinReset', proof: 'auth' },
  auth: { procedure: 'authPinReset', proof: 'sign' },
} as const
type Reset = keyof typeof RESETS

const worlds: World[] = []
after(async () => {
  for (const world of worlds) await world[Symbol.asyncDispose]()
})

/** One card through many resets: what each is left with is the beginning of the next. */
class Sweep {
  readonly world: World
  readonly reset: Reset
  readonly journal = memoryJournalStore()
  readonly pins: { auth: string; sign: string }
  #count = 0

  private constructor(world: World, reset: Reset) {
    this.world = world
    this.reset = reset
    this.pins = { auth: '1234', sign: 'ABC123' }
  }

  static async of(reset: Reset): Promise<Sweep> {
    const world = await deliveredCard()
    worlds.push(world)
    return new Sweep(world, reset)
  }

  get proof(): string {
    return this.pins[RESETS[this.reset].proof]
  }

  /** Another PIN each time, so that an old one cannot pass for it. */
  next(): string {
    const number = String(2003 + 7 * ++this.#count)
    return this.reset === 'sign' ? `PIN${number}` : number
  }

  /** Somebody with a reservation, and what happens to them. Then the line is good again and they come back. */
  async cut(where: string, person: (chosen: string) => Promise<string>, spent = noTrySpent): Promise<void> {
    const { world, reset } = this
    await reserve(world, reset)
    const before = triesOf(world.card)
    const told = await person(this.next())
    spent(world.card, before, `${where}, told ${told}`)
    if (told !== 'done') {
      const chosen = this.next()
      await using terminal = kiosk(world, { journal: this.journal })
      const seen = await typing(terminal, world, RESETS[reset].procedure, [this.proof, chosen, chosen])
      assert.equal(ending(seen), 'done', `${where}, told ${told}: coming back`)
      // Whose last command had been carried out is not asked again.
      const asked = seen.some(({ kind }) => kind === 'enterPin')
      if (asked) assert.ok(takes(world.card, reset, chosen), `${where}: the PIN chosen when they came back`)
    }
    everyTryLeft(world.card, where)
    assert.ok(takes(world.card, RESETS[reset].proof, this.proof), `${where}: the other PIN is as it was`)
    assert.deepEqual(await openEntries(this.journal), [], `${where}: nothing is open`)
    const { scripts, writes } = await world.ask('demo-kiosk', `/v1/cards/${SERIAL}`)
    assert.deepEqual({ scripts, writes }, { scripts: [], writes: [] }, `${where}: nor at the backend`)
  }
}

interface Measured {
  readonly commands: number
  readonly writes: number
  readonly requests: number
  /** Of the journal, each twice: before and after it is on the disk. */
  readonly lines: number
}

/** How much an undisturbed reset takes. */
async function measure(sweep: Sweep): Promise<Measured> {
  const { world, reset } = sweep
  const line = new Line(world.port)
  let [commands, writes, lines] = [0, 0, 0]
  const count = () => {
    lines++
  }
  await sweep.cut('undisturbed', async (chosen) => {
    const journal = new Mortal().journal(sweep.journal, count, count)
    await using terminal = kiosk(world, { journal, backend: [line.port] })
    const before = world.card.memory.writes
    terminal.reader.faults.add({ kind: 'pull', command: 1_000_000 })
    const seen = await typing(terminal, world, RESETS[reset].procedure, [sweep.proof, chosen, chosen])
    commands = 1_000_000 - (terminal.reader.faults.list()[0]?.command ?? 0)
    writes = world.card.memory.writes - before
    return ending(seen)
  })
  return { commands, writes, requests: line.requests, lines }
}

const withFault = (sweep: Sweep, fault: Fault, where: string) => async (chosen: string) => {
  await using terminal: TestTerminal = kiosk(sweep.world, { journal: sweep.journal })
  terminal.reader.faults.add(fault)
  const seen = await typing(terminal, sweep.world, RESETS[sweep.reset].procedure, [sweep.proof, chosen, chosen])
  const reached = terminal.reader.faults.size === 0 && sweep.world.card.memory.plannedCut === undefined
  assert.ok(reached, `${where}: never reached, told ${ending(seen)}`)
  return ending(seen)
}

for (const reset of ['sign', 'auth'] as const) {
  test(`${reset}: the card pulled before and after every command`, async () => {
    const sweep = await Sweep.of(reset)
    const { commands } = await measure(sweep)
    assert.ok(commands > 20, `${commands} commands`)
    for (const when of ['before', 'after'] as const)
      for (const command of places(commands, 24)) {
        const where = `pulled ${when} command ${command} of ${commands}`
        await sweep.cut(where, withFault(sweep, { kind: 'pull', command, when }, where))
      }
  })

  test(`${reset}: power cut before, inside and after every write`, async () => {
    const sweep = await Sweep.of(reset)
    const { writes } = await measure(sweep)
    assert.ok(writes > 4, `${writes} writes`)
    for (const at of ['before', 'inside', 'after'] as const)
      for (const write of places(writes, 24)) {
        const where = `power cut ${at} write ${write} of ${writes}`
        await sweep.cut(
          where,
          withFault(sweep, { kind: 'powerCut', command: 1, write, at }, where),
          noTrySpentButByPower,
        )
      }
  })

  test(`${reset}: each answer lost once: the same order is asked again and nobody notices`, async () => {
    const sweep = await Sweep.of(reset)
    const { requests } = await measure(sweep)
    for (const at of ['before', 'after'] as const)
      for (const request of places(requests, 12))
        await sweep.cut(`answer lost ${at} request ${request} of ${requests}`, async (chosen) => {
          const line = new Line(sweep.world.port)
          line.loses = (number, where) => number === request && where === at
          await using terminal = kiosk(sweep.world, {
            journal: sweep.journal,
            backend: [line.port],
            timers: SHORT_PAUSES,
          })
          const seen = await typing(terminal, sweep.world, RESETS[reset].procedure, [sweep.proof, chosen, chosen])
          assert.ok(line.requests > request, `request ${request} was made, and made again`)
          assert.equal(ending(seen), 'done', `request ${request} lost ${at}`)
          return 'done'
        })
  })

  test(`${reset}: the backend gone from every call on: it is named, and coming back goes on (P16)`, async () => {
    const sweep = await Sweep.of(reset)
    const { requests } = await measure(sweep)
    for (const at of ['before', 'after'] as const)
      for (const request of places(requests, 6))
        await sweep.cut(`gone ${at} request ${request} of ${requests}`, async (chosen) => {
          const line = new Line(sweep.world.port)
          line.loses = (number, where) => number > request || (number === request && where === at)
          await using terminal = kiosk(sweep.world, {
            journal: sweep.journal,
            backend: [line.port],
            timers: SHORT_PAUSES,
          })
          const seen = await typing(terminal, sweep.world, RESETS[reset].procedure, [sweep.proof, chosen, chosen])
          const told = ending(seen)
          assert.ok(line.requests >= request, `request ${request} was made`)
          if (request < requests || at === 'before')
            assert.equal(told, 'backendUnreachable', `request ${request}, ${at}`)
          return told
        })
  })

  test(`${reset}: the host killed at every command, call and line of its journal`, async () => {
    const sweep = await Sweep.of(reset)
    const { commands, requests, lines } = await measure(sweep)
    type Arm = (mortal: Mortal, line: Line, terminal: TestTerminal, over: AbortSignal) => void
    const killed = (where: string, arm: Arm, lineOfJournal = 0) =>
      sweep.cut(where, async (chosen) => {
        const mortal = new Mortal()
        const line = new Line(sweep.world.port)
        let left = lineOfJournal
        const die = () => {
          if (--left === 0) mortal.die()
        }
        const journal = mortal.journal(sweep.journal, die, die)
        const terminal = kiosk(sweep.world, { journal, backend: [mortal.port(line.port)], timers: mortal.timers })
        const over = new AbortController()
        arm(mortal, line, terminal, over.signal)
        const typed = [sweep.proof, chosen, chosen]
        let last: View | undefined
        const run = typing(terminal, sweep.world, RESETS[reset].procedure, typed, (view) => {
          last = mortal.dead ? last : view
          return !mortal.dead
        })
        const told = await Promise.race([run.then(ending), mortal.death])
        over.abort()
        assert.ok(mortal.dead, `${where}: never reached, told ${told}`)
        // The process is gone, and with it its hold on the card.
        terminal.remove()
        return last?.kind === 'done' || last?.kind === 'takeCard' ? 'done' : told
      })
    for (const request of places(requests, 8))
      for (const at of ['before', 'after'] as const)
        await killed(`killed ${at} request ${request} of ${requests}`, (mortal, line) => {
          line.loses = (number, where) => {
            if (number === request && where === at) mortal.die()
            return mortal.dead
          }
        })
    for (const command of places(commands, 12))
      await killed(`killed at command ${command} of ${commands}`, (mortal, _, terminal, over) => {
        terminal.reader.faults.add({ kind: 'hang', command })
        void mortal.dieWhen(() => terminal.reader.faults.size === 0, over)
      })
    for (const line of places(lines, 14))
      await killed(`killed at line ${line} of ${lines} of the journal`, () => {}, line)
  })
}
