/**
 * A backend over HTTP and a card of 番号 花子 in use, with the certificates that this backend issued onto it. Made once a process;
 * every test gets a copy of the database and of the card.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { plainHttpPort } from '../../apps/testkit/http-port.ts'
import { moveCardOn } from '../../src/backend/cards/cards.ts'
import { scriptKey } from '../../src/backend/scripts/script-key.ts'
import type { HttpPort } from '../../src/host/http-port.ts'
import { HIERARCHY, MASTER, NO_HURRY, TERMINAL, TestClock } from '../backend/fixture.ts'
import { opener } from '../backend/script-fixture.ts'
import { Relay, runToEnd } from '../backend/script-relay.ts'

export const SERIAL = 'card-hanako'
export const PINS = { auth: '1234', sign: 'ABC123', text: '1234', juki: '1234' }

export class World implements AsyncDisposable {
  readonly folder: string
  readonly clock: TestClock
  readonly card: SimulatedCard
  /** 照合番号B, as it can be read off the face. */
  readonly printed: string
  #running: Running

  constructor({ folder, card, printed }: Mould, clock: TestClock, running: Running) {
    this.folder = folder
    this.clock = clock
    this.card = card
    this.printed = printed
    this.#running = running
  }

  get backend() {
    return this.#running.backend
  }

  /** Another one each time: over the backend that runs then. */
  get port(): HttpPort {
    return (request, signal) => plainHttpPort(this.#running.address)(request, signal)
  }

  /** As one who comes back after the machine was switched off. */
  async restart(): Promise<void> {
    await this.#running.stop()
    this.#running = await run(this.folder, this.clock)
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of several endpoints
  async ask(terminal: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(this.#running.address + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'Madoguchi-Terminal': terminal,
        ...(body === undefined ? {} : { 'Idempotency-Key': crypto.randomUUID(), 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return response.json()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function run(folder: string, clock: TestClock): Promise<Running> {
  const authorities = HIERARCHY.both.authorities.filter(({ algorithm }) => algorithm === 'rsa2048-sha256')
  return runBackend({
    ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: { authorities }, clock },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', prepare: prepareDemo, simulation: true },
    ...{ log: () => {}, limits: NO_HURRY },
  })
}

interface Mould {
  readonly folder: string
  readonly card: SimulatedCard
  readonly printed: string
}
let mould: Promise<Mould> | undefined

async function make(): Promise<Mould> {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-mould-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const running = await run(folder, new TestClock())
  const { parts, people, scripts } = running.backend
  const move = (order: Parameters<typeof moveCardOn>[3]) =>
    moveCardOn(parts, people, SERIAL, order, TERMINAL, { actor: 'test', key: crypto.randomUUID(), body: order.to })
  await move({ to: 'dispatched' })
  const image = await makeCardImage('resident')
  const card = SimulatedCard.fromImage(image)
  card.powerOn('contact')
  const { publicKey } = await scriptKey(parts)
  for (const kind of ['auth', 'sign'] as const) {
    const first = await scripts.open(SERIAL, { procedure: 'certificate', kind }, opener(TERMINAL, 'town'))
    const relay = new Relay(card, { pins: { ...PINS } }, publicKey, first)
    const end = await runToEnd(relay, first, (report) => scripts.next(first.session, report, TERMINAL))
    if (end.kind !== 'finished') throw new Error(`no ${kind} certificate: ${end.code}`)
  }
  await move({ to: 'setUp' })
  const selfTest = { applicationsSelect: true, pinsVerify: true, certificatesGood: true }
  await move({ to: 'delivered', selfTest })
  card.powerOff()
  await running.stop()
  const printed = Buffer.from(image.cells['visual']?.['0012.pin'] ?? '', 'hex').toString()
  return { folder, card, printed }
}

export async function deliveredCard(): Promise<World> {
  mould ??= make()
  const { folder: from, card, printed } = await mould
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-host-'))
  cpSync(from, folder, { recursive: true })
  const clock = new TestClock()
  return new World({ folder, card: card.fork(), printed }, clock, await run(folder, clock))
}
