/**
 * What a procedure costs: commands to the card, calls to the backend, and the time of its commands on a modelled Type B link with write
 * times (`type-b-link.ts`); people and the network are not in it. And whether a kiosk that is left running grows.
 */
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import type { ProcedureName } from '../../src/wire/view.ts'
import { Line } from '../host/broken-line.ts'
import { deliveredCard, type World } from '../host/delivered-card.ts'
import { ending, kiosk } from '../host/kiosk.ts'
import { reserve } from '../host/reservation.ts'
import { changer, specimen, TestTerminal } from '../procedures/terminal.ts'
import type { BenchLine } from './bench-line.ts'
import { type Exchange, linkMs } from './type-b-link.ts'

interface Case {
  readonly procedure: ProcedureName
  readonly role: 'kiosk' | 'postOffice'
  readonly pin: string
  readonly typed: readonly string[]
  readonly prepare?: (world: World) => Promise<unknown>
  readonly title: string
  /** Seconds at the card that a person should not have to wait longer than. */
  readonly aim: number
}

const CASES: readonly Case[] = [
  { title: 'PIN status', procedure: 'pinStatus', role: 'kiosk', pin: 'auth', typed: [], aim: 1 },
  {
    title: 'PIN change, 署名用',
    procedure: 'pinChange',
    role: 'postOffice',
    pin: 'sign',
    typed: ['ABC123', 'NEU456X', 'NEU456X'],
    aim: 1,
  },
  {
    title: 'PIN change, 住民基本台帳用',
    procedure: 'pinChange',
    role: 'postOffice',
    pin: 'juki',
    typed: ['1234', '8024', '8024'],
    aim: 1,
  },
  {
    ...{ title: 'kiosk reset, 署名用', procedure: 'signPinReset', role: 'kiosk', pin: 'none' },
    ...{ typed: ['1234', 'NEU456X', 'NEU456X'], prepare: (world) => reserve(world, 'sign'), aim: 2 },
  },
  {
    ...{ title: 'kiosk reset, 利用者証明用', procedure: 'authPinReset', role: 'kiosk', pin: 'none' },
    ...{ typed: ['ABC123', '8024', '8024'], prepare: (world) => reserve(world, 'auth'), aim: 2 },
  },
]

/** The card with a witness. */
function witnessed(card: SimulatedCard, exchanges: Exchange[]) {
  const virtual = asVirtualCard(card, 'bench')
  const chip = {
    ...{ powerOn: virtual.chip.powerOn.bind(virtual.chip), powerOff: virtual.chip.powerOff.bind(virtual.chip) },
    warmReset: virtual.chip.warmReset.bind(virtual.chip),
    transmit(apdu: Uint8Array): Uint8Array {
      const before = card.memory.writes
      const answer = virtual.chip.transmit(apdu)
      const writes = card.memory.writes - before
      exchanges.push({ ins: apdu[1] ?? 0, sent: apdu.length, received: answer.length, writes })
      return answer
    },
  }
  return { ...virtual, chip }
}

async function measure({ procedure, role, pin, typed, prepare, title, aim }: Case): Promise<readonly BenchLine[]> {
  await using world = await deliveredCard()
  await prepare?.(world)
  const line = new Line(world.port)
  const exchanges: Exchange[] = []
  await using terminal = kiosk(world, { role, backend: [line.port] })
  terminal.reader.insert(witnessed(world.card, exchanges))
  const seen = await terminal.run(procedure, changer(terminal, pin, typed))
  assert.ok(procedure === 'pinStatus' || ending(seen) === 'done', `${title}: ${ending(seen)}`)
  const seconds = exchanges.reduce((sum, exchange) => sum + linkMs(exchange), 0) / 1000
  const writes = exchanges.reduce((sum, exchange) => sum + exchange.writes, 0)
  return [
    { name: `${title}: commands`, value: exchanges.length, unit: 'commands' },
    { name: `${title}: writes to the chip`, value: writes, unit: 'writes' },
    { name: `${title}: calls to the backend`, value: line.requests, unit: 'calls' },
    { name: `${title}: time at the card on a modelled Type B link`, value: seconds, unit: 's', aim: { atMost: aim } },
  ]
}

const SESSIONS = 1_000
const WARM_UP = 200

/** Sessions of one kiosk process: three in four looked at their PINs, one left in the middle. */
async function memory(): Promise<BenchLine> {
  await using terminal = new TestTerminal()
  const card = await specimen()
  const session = async (i: number) => {
    terminal.insert(card)
    const person = changer(terminal, 'auth', [])
    await terminal.run('pinStatus', (view, all) =>
      i % 4 === 0 && view.kind === 'pinStatus' ? () => void terminal.client.call('cancel', {}) : person(view, all),
    )
  }
  for (let i = 0; i < WARM_UP; i++) await session(i)
  const before = await heap()
  for (let i = 0; i < SESSIONS; i++) await session(i)
  const after = await heap()
  return {
    ...{ name: `memory of a kiosk after ${SESSIONS} sessions`, value: after / 2 ** 20, unit: 'MiB' },
    ...{ ratio: after / before, against: 'the same kiosk before them', aim: { atMost: 1.03 } },
  }
}

async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await setImmediate()
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

export async function* bench(): AsyncGenerator<BenchLine> {
  for (const one of CASES) yield* await measure(one)
  yield await memory()
}
