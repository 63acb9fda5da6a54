/**
 * Every place where a reservation in the phone app can be cut: the card pulled at each command, the power cut at each write, the line lost
 * at each call, the host killed at each.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { FaceCheck } from '../../src/procedures/face-check.ts'
import { Line, Mortal, SHORT_PAUSES } from '../host/broken-line.ts'
import { deliveredCard, type World } from '../host/delivered-card.ts'
import { ending, kiosk, typing } from '../host/kiosk.ts'
import { everyTryLeft, LIMIT, oneTryAtMost, triesOf } from './card-state.ts'
import { places } from './sweep-budget.ts'
import { type TestTerminal, takes } from './terminal.ts'

const RESERVATIONS = {
  sign: { procedure: 'reserveSignReset', proof: '1234' },
  auth: { procedure: 'reserveAuthReset', proof: 'ABC123' },
} as const

const worlds: World[] = []
after(async () => {
  for (const world of worlds) await world[Symbol.asyncDispose]()
})

const PORTRAIT = 'a picture of the live face'
const MATCHING: FaceCheck = {
  how: 'simulatedEngine',
  compare: async () => ({ method: 'simulatedEngine', matched: true }),
}

const app = (world: World, line = new Line(world.port)) =>
  kiosk(world, { role: 'resetApp', face: MATCHING, backend: [line.port], timers: SHORT_PAUSES })

/**
 * Nothing but tries is written to the card, none is spent – or, where power failed inside VERIFY, one of the PIN that proves the person
 * (decision 0196) –, and starting again works and leaves every try. Returns whether one was spent.
 */
async function again(world: World, reset: 'sign' | 'auth', where: string, byPower = false): Promise<boolean> {
  const proving = reset === 'sign' ? 'auth' : 'sign'
  if (byPower) oneTryAtMost(world.card, [proving], where)
  else everyTryLeft(world.card, where)
  const left = triesOf(world.card)[proving]
  assert.ok(takes(world.card, 'auth', '1234') && takes(world.card, 'sign', 'ABC123'), `${where}: PINs`)
  await using terminal = app(world)
  const { procedure, proof } = RESERVATIONS[reset]
  const seen = await typing(terminal, world, procedure, [proof, world.printed, PORTRAIT])
  assert.equal(ending(seen), 'done', `${where}: again`)
  const asked = seen.find((view) => view.kind === 'enterPin')
  assert.equal(asked?.triesLeft, left, `${where}: tries`)
  everyTryLeft(world.card, `${where}: again`)
  return left < LIMIT[proving]
}

for (const reset of ['sign', 'auth'] as const) {
  const { procedure, proof } = RESERVATIONS[reset]

  test(`reservation for ${reset}: the card pulled before and after every command`, async () => {
    const world = await deliveredCard()
    worlds.push(world)
    await using first = app(world)
    first.reader.faults.add({ kind: 'pull', command: 1_000_000 })
    assert.equal(ending(await typing(first, world, procedure, [proof, world.printed, PORTRAIT])), 'done')
    const commands = 1_000_000 - (first.reader.faults.list()[0]?.command ?? 0)
    for (const when of ['before', 'after'] as const)
      for (const command of places(commands, 14)) {
        const where = `pulled ${when} command ${command} of ${commands}`
        await using terminal = app(world)
        terminal.reader.faults.add({ kind: 'pull', command, when })
        const told = ending(await typing(terminal, world, procedure, [proof, world.printed, PORTRAIT]))
        assert.equal(terminal.reader.faults.size, 0, `${where}: it came to that`)
        assert.ok(['cardGone', 'done'].includes(told), `${where}: ${told}`)
        await again(world, reset, where)
      }
  })

  test(`reservation for ${reset}: power cut before, inside and after every write`, async () => {
    const world = await deliveredCard()
    worlds.push(world)
    const { memory } = world.card
    const before = memory.writes
    await using first = app(world)
    assert.equal(ending(await typing(first, world, procedure, [proof, world.printed, PORTRAIT])), 'done')
    const writes = memory.writes - before
    assert.ok(writes >= 2, `${writes} writes`)
    let spent = 0
    for (const at of ['before', 'inside', 'after'] as const)
      for (const write of places(writes, 14)) {
        const where = `power cut ${at} write ${write} of ${writes}`
        await using terminal = app(world)
        terminal.reader.faults.add({ kind: 'powerCut', command: 1, write, at })
        const told = ending(await typing(terminal, world, procedure, [proof, world.printed, PORTRAIT]))
        assert.ok(terminal.reader.faults.size === 0 && memory.plannedCut === undefined, `${where}: it came to that`)
        assert.ok(told !== 'nothing', `${where}: the person is told`)
        if (await again(world, reset, where, true)) spent++
      }
    // Between the two writes of VERIFY: after the first, before and inside the second.
    assert.ok(spent > 0, 'a cut met the middle of VERIFY')
  })

  test(`reservation for ${reset}: the host killed at every command and call`, async () => {
    const world = await deliveredCard()
    worlds.push(world)
    const counted = new Line(world.port)
    await using first = app(world, counted)
    first.reader.faults.add({ kind: 'pull', command: 1_000_000 })
    assert.equal(ending(await typing(first, world, procedure, [proof, world.printed, PORTRAIT])), 'done')
    const commands = 1_000_000 - (first.reader.faults.list()[0]?.command ?? 0)
    const killed = async (
      where: string,
      arm: (mortal: Mortal, line: Line, at: TestTerminal, over: AbortSignal) => void,
    ) => {
      const mortal = new Mortal()
      const line = new Line(world.port)
      const terminal = kiosk(world, {
        ...{ role: 'resetApp', face: MATCHING, backend: [mortal.port(line.port)], timers: mortal.timers },
      })
      const over = new AbortController()
      arm(mortal, line, terminal, over.signal)
      const run = typing(terminal, world, procedure, [proof, world.printed, PORTRAIT], () => !mortal.dead)
      assert.equal(await Promise.race([run, mortal.death]), 'dead', `${where}: it came to that`)
      over.abort()
      terminal.remove()
      await again(world, reset, where)
    }
    for (const command of places(commands, 6))
      await killed(`killed at command ${command} of ${commands}`, (mortal, _, { reader }, over) => {
        reader.faults.add({ kind: 'hang', command })
        void mortal.dieWhen(() => reader.faults.size === 0, over)
      })
    for (const request of places(counted.requests, 4))
      for (const at of ['before', 'after'] as const)
        await killed(`killed ${at} request ${request} of ${counted.requests}`, (mortal, line) => {
          line.loses = (number, place) => {
            if (number === request && place === at) mortal.die()
            return mortal.dead
          }
        })
  })

  test(`reservation for ${reset}: the backend gone from every call on, and each answer lost once`, async () => {
    const world = await deliveredCard()
    worlds.push(world)
    const counted = new Line(world.port)
    await using first = app(world, counted)
    assert.equal(ending(await typing(first, world, procedure, [proof, world.printed, PORTRAIT])), 'done')
    for (const at of ['before', 'after'] as const)
      for (const request of places(counted.requests, 4)) {
        const where = `${at} request ${request} of ${counted.requests}`
        const once = new Line(world.port)
        once.loses = (number, place) => number === request && place === at
        await using lost = app(world, once)
        assert.equal(
          ending(await typing(lost, world, procedure, [proof, world.printed, PORTRAIT])),
          'done',
          `lost once ${where}`,
        )
        assert.ok(once.requests > request, `lost once ${where}: it came to that`)
        const gone = new Line(world.port)
        gone.loses = (number, place) => number > request || (number === request && place === at)
        await using terminal = app(world, gone)
        const told = ending(await typing(terminal, world, procedure, [proof, world.printed, PORTRAIT]))
        assert.ok(gone.requests >= request, `gone ${where}: it came to that`)
        const last = at === 'after' && request === counted.requests
        if (!last) assert.equal(told, 'backendUnreachable', `gone ${where}`)
        await again(world, reset, where)
      }
  })
}
